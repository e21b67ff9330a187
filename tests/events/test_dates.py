import datetime

import pytest

from joinedup.events.dates import months_after, working_days_after
from joinedup.events.standing import last_told

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


def test_the_filter_and_the_page_agree_on_what_is_told():
    for n in range(30):
        on = DAY(2026, 11, 1) + datetime.timedelta(days=n)
        for back in range(25):
            reported = on - datetime.timedelta(days=back)
            silent = on < working_days_after(reported, 10)
            assert silent == (reported >= last_told(on)), (on, reported)
