"""Days that agreements and answers are counted by."""

from __future__ import annotations

import calendar
import datetime


def months_after(day: datetime.date, months: int) -> datetime.date:
    """The same day of the month some months later, or the last day of that month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def working_days_after(day: datetime.date, days: int) -> datetime.date:
    """So many working days later. Bank holidays are not known here, so it may come a day or two early."""
    while days:
        day += datetime.timedelta(days=1)
        days -= day.weekday() < 5
    return day
