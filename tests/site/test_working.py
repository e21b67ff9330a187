"""The worker does what is due, says so, and lets nothing that goes wrong end it."""

from __future__ import annotations

import datetime
import signal
import threading
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from joinedup.events import actions as events
from joinedup.events.models import Attendee
from joinedup.opportunities import actions
from joinedup.opportunities.models import Run, Touched
from joinedup.site import working
from tests.opportunities.making import make_need
from tests.world import World


@pytest.fixture(autouse=True)
def _connections_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own transaction would go with its connection."""
    monkeypatch.setattr(working, "close_old_connections", lambda: None)


@pytest.fixture
def by_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "work_out_the_night", lambda: [])


def work_once() -> list[str]:
    said: list[str] = []
    working.work(once=True, say=said.append)
    return said


def test_nothing_due_says_nothing(world: World, by_day: None) -> None:
    assert work_once() == []


def test_it_follows_what_waits(world: World, by_day: None) -> None:
    make_need(world.northton, "trusted-adult", 0.9)
    actions.refresh(by=world.person("alice"), footprint=world.north)
    Touched.objects.create(footprint=world.north, what="test")
    assert work_once() == ["Followed the changes of 1 partnership."]
    assert not Touched.objects.exists()


def test_it_says_what_the_night_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(footprint=world.north, audience="partnership", differences=["a", "b"])
    monkeypatch.setattr(
        working, "work_out_the_night", lambda: [run, Run(footprint=world.north, audience="public")]
    )
    assert work_once() == [
        "Worked out the lists of 1 partnership.",
        "Following had missed 2 things: see “joinedup check”.",
    ]


def test_once_tells_what_went_wrong(world: World, by_day: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "follow_waiting", _broken)
    with pytest.raises(RuntimeError):
        work_once()


def test_a_standing_worker_goes_on_after_something_went_wrong(
    world: World, by_day: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looks = iter([_broken, lambda: 1])
    # The worker's own connection would wait for the test's transaction.
    others = ["look_where_and_when", "remind", "delete_due_personal", "forget_drafts", "_write_to_people"]
    for name in [*others, "let_go_of_held", "look_after_young"]:
        monkeypatch.setattr(working, name, lambda *_: 0)
    stopped: dict[int, Any] = {}
    monkeypatch.setattr(signal, "signal", lambda number, handler: stopped.update({number: handler}))
    monkeypatch.setattr(working, "PAUSE", 0.0)

    def follow() -> int:
        look = next(looks, None)
        if look is None:
            stopped[signal.SIGTERM](signal.SIGTERM, None)
            return 0
        return look()

    monkeypatch.setattr(working, "follow_waiting", follow)
    said: list[str] = []
    worker = threading.Thread(target=working.work, kwargs={"once": False, "say": said.append})
    worker.start()
    worker.join(20)
    assert not worker.is_alive()
    assert said == ["Working (stop with Ctrl-C).", "Followed the changes of 1 partnership."]
    assert "it is tried again" in caplog.text


def test_people_are_written_to_once_in_the_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    called: list[str] = []
    doing = {"thank_attendees": 2, "chase_agreements": 1, "ask_young_people": 0, "send_digests": 3}
    for name, number in doing.items():
        monkeypatch.setattr(working, name, lambda _now, n=name, k=number: called.append(n) or k)
    said: list[str] = []
    morning = datetime.datetime(2026, 11, 24, 7, 0)
    working._write_to_people(said.append, morning.replace(hour=6))
    assert called == ["thank_attendees"]
    for _ in range(2):
        working._write_to_people(said.append, morning)
    assert called == list(doing)
    assert said == [
        "Told 2 guests of their page after the day.",
        "Asked about 1 agreement.",
        "Sent 3 digests of what waits.",
    ]
    monkeypatch.setattr(working, "chase_agreements", lambda _now: _broken())
    for _ in range(2):
        with pytest.raises(RuntimeError):
            working._write_to_people(said.append, morning + datetime.timedelta(days=1))


def _broken() -> int:
    raise RuntimeError("no engine today")


def test_it_lets_go_of_what_nobody_confirmed(world: World, by_day: None) -> None:
    alice, today = world.person("alice"), timezone.localdate()
    event = events.add_event(
        by=alice, footprint=world.north, name="North meets", date=today + datetime.timedelta(days=30)
    )
    who = events.register(
        by=world.person("nobody"), event=event, partner=world.lantern, role="Worker", email="ro@example.org"
    )
    assert work_once() == []
    Attendee.objects.update(held_until=timezone.now() - datetime.timedelta(minutes=1))
    assert work_once() == ["Let go of 1 place that nobody confirmed."]
    who.refresh_from_db()
    assert who.standing == "lapsed"
