"""Whether a sheet lists individual people: such sheets are refused, and nothing in them is stored.

The rules are those of `privacy.case_lists`, the same for every import. A contact's name, role and work
address do not make a sheet one.
"""

from __future__ import annotations

from joinedup.privacy.case_lists import find_people
from joinedup.spreadsheets.parse import Spreadsheet, Unreadable


class SinglePeople(Unreadable):
    """The sheet lists individual people; the message names headings and never a value."""


def refuse_people(sheet: Spreadsheet) -> None:
    """Raise `SinglePeople`, with the columns and the reason, if the sheet looks like case records."""
    found = find_people(sheet.header, sheet.rows)
    if found:
        raise SinglePeople(found.sentence)
