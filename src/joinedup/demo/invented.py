"""The tables in `invented_data`: what was invented for the demonstration, beside the registers.

People are called by their role, and nothing is attributed to a real organisation or person. Dates are relative to the
day the demonstration is made, so that it never goes out of date.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterator
from pathlib import Path

TABLES = Path(__file__).parent / "invented_data"
QUESTION = "What would make the way home from school feel safe?"
# What becomes a topic of the day, after the first answer that is shown.
ASKED_FOR = "Nobody stands on the canal bridge in Camden after four: who could, and on which afternoons?"


def rows(table: str) -> Iterator[dict[str, str]]:
    """The rows of one of the tables."""
    with (TABLES / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def words(cell: str) -> list[str]:
    return [word.strip() for word in cell.split(";") if word.strip()]


def on_weekday(day: datetime.date, weekday: int) -> datetime.date:
    """The first day from `day` on that is this day of the week (0 is Monday)."""
    return day + datetime.timedelta(days=(weekday - day.weekday()) % 7)


def in_no_holiday(day: datetime.date) -> datetime.date:
    """The first day from `day` on, the same day of the week, for which people would come: not Christmas, not August."""
    while (day.month, day.day) >= (12, 17) or (day.month, day.day) <= (1, 7) or day.month == 8:
        day += datetime.timedelta(days=7)
    return day
