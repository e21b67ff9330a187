"""Lists, days and plurals in British English.

For code without Django, and for names that may have a comma themselves. Other rooms use Django's `get_text_list`,
`date_format` and `ngettext`.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence


def listing(names: Sequence[str], last: str = "and") -> str:
    """ "A", "A and B", "A, B and C"; "A, a; B; and C" where one has a comma itself; empty for none."""
    if len(names) < 2:
        return "".join(names)
    if any("," in name for name in names):
        return f"{'; '.join(names[:-1])}; {last} {names[-1]}"
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def day(value: datetime.date) -> str:
    """8 October 2018."""
    return f"{value.day} {value:%B %Y}"


def month(value: datetime.date) -> str:
    """October 2018."""
    return f"{value:%B %Y}"


def plural(number: int, one: str, many: str = "") -> str:
    """`one` for 1, otherwise `many`, or `one` with an s."""
    return one if number == 1 else many or f"{one}s"


def counted(number: int, one: str, many: str = "") -> str:
    """ "1 table", "2 tables"; without thousands separators."""
    return f"{number} {plural(number, one, many)}"
