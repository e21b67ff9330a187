"""Whether a sheet lists single people: those are refused, and nothing of them is kept.

The rules are those of `privacy.case_lists`, the same for every way in. A contact's name, role and work address are
no such record.
"""

from __future__ import annotations

from joinedup.privacy.case_lists import find_people
from joinedup.spreadsheets.parse import Spreadsheet, Unreadable


class SinglePeople(Unreadable):
    """The sheet lists single people; the message names headings and never a value."""


def refuse_people(sheet: Spreadsheet) -> None:
    """Raise `SinglePeople`, saying which columns and why, where the sheet looks like case records."""
    found = find_people(sheet.header, sheet.rows)
    if found:
        raise SinglePeople(found.sentence)
