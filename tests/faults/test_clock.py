"""A clock that jumps deletes nothing early, and nothing for ever."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from joinedup.site import clock, worker
from joinedup.site.clock import IN_DOUBT, Clocks
from joinedup.site.health import findings

DAY = 86_400.0
BEFORE = Clocks(calendar=1000 * DAY, running=50.0, boot="a")


@pytest.mark.parametrize(
    ("calendar", "running", "boot", "doubt"),
    [
        (10, 10, "a", 0),  # the next look
        (3 * DAY, 3 * DAY, "a", 0),  # nobody called it for three days
        (-200, 10, "a", 0),  # put right by minutes
        (3600 + 10, 10, "a", IN_DOUBT),
        (-3600, 10, "a", IN_DOUBT),
        (365 * DAY, 10, "a", IN_DOUBT),
        (2 * DAY, -40, "b", 0),  # started anew after a weekend
        (365 * DAY, -40, "b", IN_DOUBT),
        (-DAY, -40, "b", IN_DOUBT),
    ],
)
def test_a_jump_is_told_from_time_that_passed(
    calendar: float, running: float, boot: str, doubt: float
) -> None:
    now = Clocks(BEFORE.calendar + calendar, BEFORE.running + running, boot)
    assert now.after(BEFORE).doubt == doubt


def test_the_doubt_ends_after_a_day_in_which_nothing_jumped() -> None:
    seen = Clocks(BEFORE.calendar + 400 * DAY, BEFORE.running + 10, "a").after(BEFORE)
    for _hour in range(24):
        assert seen.doubt
        seen = Clocks(seen.calendar + 3600, seen.running + 3600, "a").after(seen)
    assert not seen.doubt


def test_the_worker_deletes_nothing_while_it_doubts(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(worker, "_what_cannot_be_undone", lambda _say: done.append("deleted"))
    said: list[str] = []
    worker._work(said.append)
    assert done == ["deleted"]
    year = datetime.timedelta(days=365)
    assert not clock.look_at_clock(timezone.now() + year)
    worker._work(said.append)  # back again: also a jump
    assert done == ["deleted"]
    assert [each.what for each in findings() if each.what == "clock"] == ["clock"]
