"""Dates in figures that can be read in two ways: 04/05/2026 is 4 May, or 5 April where the month stands first.

They are read the British way unless a cell of the sheet can only be read the other way (03/25/2027): then somebody is
asked once for the whole sheet, and until they answer no such date is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from joinedup.engines.reading import cells

DAY_FIRST, MONTH_FIRST = "day", "month"
FIELDS = frozenset({"starts", "ends", "opens", "closes"})
SHOWN = 8
_FIGURES = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})(?:[T ]+\d{1,2}:\d{2}.*)?")


@dataclass(frozen=True)
class BothWays:
    """A cell and what it is either way, as year-month-day; "" where it is no date that way."""

    given: str
    day_first: str
    month_first: str


@dataclass(frozen=True)
class DateDoubt:
    """Why the order is doubtful: the cells, first those that can only be read one way. `more`: how many others."""

    cells: tuple[BothWays, ...]
    more: int = 0


def doubt(rows: Iterable[Mapping[str, str]]) -> DateDoubt | None:
    """Whether any date of these rows (field -> cell) can only have its month first."""
    given = (cell.strip() for row in rows for field, cell in row.items() if field in FIELDS)
    each = [both_ways(cell) for cell in dict.fromkeys(given) if _FIGURES.fullmatch(cell)]
    # A cell that is one day either way says nothing.
    differ = [one for one in each if one.day_first != one.month_first]
    if not any(one.month_first and not one.day_first for one in differ):
        return None
    differ.sort(key=lambda one: bool(one.day_first) + 2 * bool(one.month_first and one.day_first))
    return DateDoubt(tuple(differ[:SHOWN]), max(0, len(differ) - SHOWN))


def both_ways(cell: str) -> BothWays:
    return BothWays(cell, _read(cell, MONTH_FIRST, swapped=False), _read(cell, MONTH_FIRST, swapped=True))


def in_order(cell: str, order: str) -> str:
    """The cell as `engines.reading` is to have it, when dates of the sheet are doubtful: the day as it is read in this
    order, words that are no date if it is none in it, nothing while nobody has said which order it is."""
    text = cell.strip()
    if not _FIGURES.fullmatch(text):
        return cell
    read = _read(text, order, swapped=order == MONTH_FIRST) if order else ""
    words = {MONTH_FIRST: "month first", DAY_FIRST: "day first"}
    return read or (f"{text}, {words[order]}" if order else "")


def _read(cell: str, order: str, *, swapped: bool) -> str:
    match = _FIGURES.fullmatch(cell)
    if match is None:
        return ""
    first, second = (match[3], match[1]) if swapped else (match[1], match[3])
    found = cells.day(f"{first}/{second}/{match[4]}")
    return found.day.isoformat() if found else ""
