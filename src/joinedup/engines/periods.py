"""Days, months and years: their order, their lengths, and their wording."""

from __future__ import annotations

import calendar
import re
from datetime import date

from joinedup.engines import words

YEAR, MONTH, DAY = "year", "month", "day"
PERIOD = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
# The single period of files without a period column.
ALL = "all"


def number(label: str) -> tuple[str, int]:
    """The kind of a period, and its number: consecutive periods of a kind are one apart. Raises
    `ValueError`."""
    found = PERIOD.fullmatch(label)
    if not found:
        raise ValueError(label)
    year, month, day = (int(part) if part else 0 for part in found.groups())
    if found[3]:
        return DAY, date(year, month, day).toordinal()
    first = date(year, month if found[2] else 1, 1)
    return (MONTH, first.year * 12 + first.month - 1) if found[2] else (YEAR, year)


def first_day(kind: str, at: int) -> date:
    if kind == DAY:
        return date.fromordinal(at)
    return date(at, 1, 1) if kind == YEAR else date(at // 12, at % 12 + 1, 1)


def label(kind: str, at: int) -> str:
    return first_day(kind, at).isoformat()[: {YEAR: 4, MONTH: 7, DAY: 10}[kind]]


def days(kind: str, at: int) -> int:
    first = first_day(kind, at)
    if kind == DAY:
        return 1
    if kind == YEAR:
        return 365 + calendar.isleap(first.year)
    return calendar.monthrange(first.year, first.month)[1]


def in_words(period: str) -> str:
    """“8 October 2018”, “October 2018”, “2018”."""
    if period == ALL:
        return ""
    kind, at = number(period)
    first = first_day(kind, at)
    if kind == DAY:
        return words.day(first)
    return words.month(first) if kind == MONTH else period


def between(first: str, last: str) -> str:
    """“in October 2018”, “from October 2018 to March 2019”, or "" if there is no time."""
    if first == ALL:
        return ""
    if first == last:
        on = "on" if PERIOD.fullmatch(first).group(3) else "in"  # type: ignore[union-attr]
        return f"{on} {in_words(first)}"
    return f"from {in_words(first)} to {in_words(last)}"
