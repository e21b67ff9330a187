"""The demonstration hangs together whatever the day it is made on."""

import datetime

from joinedup.demo.events import AGO, AHEAD, WEDNESDAY
from joinedup.demo.invented import in_no_holiday, on_weekday, rows


def test_what_was_reported_is_over_and_what_is_to_come_is_to_come() -> None:
    for n in range(366):
        today = datetime.date(2026, 11, 30) + datetime.timedelta(days=n)
        then, soon = on_weekday(today - AGO, WEDNESDAY), in_no_holiday(on_weekday(today + AHEAD, WEDNESDAY))
        since = (today - then).days
        assert then.weekday() == soon.weekday() == WEDNESDAY
        assert soon > today
        assert soon.month != 8
        for row in rows("agreements"):
            is_open = row["stands"] in ("on_the_way", "waiting")
            assert int(row["reported"]) <= since, (today, row["goal"])
            assert (int(row["due"]) > since) if is_open else True, (today, row["goal"])
            assert (int(row["due"]) < since) if row["stands"] == "late" else True, (today, row["goal"])
