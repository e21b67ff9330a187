import datetime

import pytest

from joinedup.agreements.agreement_state import last_told
from joinedup.engines.days import BANK_HOLIDAYS, is_bank_holiday, months_after, working_days_after

DAY = datetime.date


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (DAY(2026, 10, 8), 3, DAY(2027, 1, 8)),
        (DAY(2026, 11, 30), 3, DAY(2027, 2, 28)),
        (DAY(2027, 11, 30), 3, DAY(2028, 2, 29)),
        (DAY(2026, 12, 31), 12, DAY(2027, 12, 31)),
    ],
)
def test_months_after(day, months, then):
    assert months_after(day, months) == then


def test_working_days_leave_out_weekends():
    friday = DAY(2026, 11, 20)
    assert working_days_after(friday, 1) == DAY(2026, 11, 23)
    assert working_days_after(friday, 10) == DAY(2026, 12, 4)


def test_working_days_leave_out_bank_holidays():
    assert working_days_after(DAY(2026, 12, 24), 1) == DAY(2026, 12, 29), (
        "Christmas Day, a weekend, a substitute"
    )
    assert working_days_after(DAY(2028, 4, 13), 1) == DAY(2028, 4, 18), "Easter"
    assert working_days_after(DAY(2022, 9, 16), 1) == DAY(2022, 9, 20)


def test_bank_holidays_are_on_working_days_and_follow_their_rules():
    for year, days in BANK_HOLIDAYS.items():
        found = [DAY(year, int(each[:2]), int(each[2:])) for each in days.split()]
        assert all(each.weekday() < 5 for each in found), year
        assert found == sorted(found)
        assert len(found) >= 8, year
        # The last Monday of August; Good Friday and Easter Monday three days apart.
        assert any(each.month == 8 and each.day >= 25 and each.weekday() == 0 for each in found), year
        assert any(
            is_bank_holiday(each + datetime.timedelta(days=3)) and each.weekday() == 4 for each in found
        )
    assert not is_bank_holiday(DAY(2040, 12, 25)), "years that are not held have none"


def test_the_filter_and_the_page_agree_over_christmas():
    for n in range(30):
        on = DAY(2026, 12, 15) + datetime.timedelta(days=n)
        for back in range(25):
            reported = on - datetime.timedelta(days=back)
            assert (on < working_days_after(reported, 10)) == (reported >= last_told(on)), (on, reported)


def test_the_filter_and_the_page_agree_on_what_is_told():
    for n in range(30):
        on = DAY(2026, 11, 1) + datetime.timedelta(days=n)
        for back in range(25):
            reported = on - datetime.timedelta(days=back)
            silent = on < working_days_after(reported, 10)
            assert silent == (reported >= last_told(on)), (on, reported)
