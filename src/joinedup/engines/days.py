"""Date arithmetic for agreements and answers: months, working days and bank holidays."""

from __future__ import annotations

import calendar
import datetime

# Bank holidays of England and Wales, as published at https://www.gov.uk/bank-holidays (Open Government
# Licence v3.0), substitute days included; month and day for each year. Years not listed have none.
BANK_HOLIDAYS: dict[int, str] = {
    2018: "0101 0330 0402 0507 0528 0827 1225 1226",
    2019: "0101 0419 0422 0506 0527 0826 1225 1226",
    2020: "0101 0410 0413 0508 0525 0831 1225 1228",
    2021: "0101 0402 0405 0503 0531 0830 1227 1228",
    2022: "0103 0415 0418 0502 0602 0603 0829 0919 1226 1227",
    2023: "0102 0407 0410 0501 0508 0529 0828 1225 1226",
    2024: "0101 0329 0401 0506 0527 0826 1225 1226",
    2025: "0101 0418 0421 0505 0526 0825 1225 1226",
    2026: "0101 0403 0406 0504 0525 0831 1225 1228",
    2027: "0101 0326 0329 0503 0531 0830 1227 1228",
    2028: "0103 0414 0417 0501 0529 0828 1225 1226",
}


def is_bank_holiday(day: datetime.date) -> bool:
    """Whether it is one in England and Wales; False for a year that is not listed here."""
    return f"{day:%m%d}" in BANK_HOLIDAYS.get(day.year, "").split()


def months_after(day: datetime.date, months: int) -> datetime.date:
    """The same day of the month some months later, or that month's last day if it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def working_days_after(day: datetime.date, days: int) -> datetime.date:
    """The date `days` working days later: without weekends and the bank holidays of England and Wales from
    2018 to 2028; in later years it may be a day or two early."""
    while days:
        day += datetime.timedelta(days=1)
        days -= day.weekday() < 5 and not is_bank_holiday(day)
    return day
