"""The worker does what is due, says so, and lets nothing that goes wrong end it."""

from __future__ import annotations

import datetime
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from joinedup.accounts.models import Session
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.models import Run, Touched
from joinedup.registration.actions.registration import register
from joinedup.registration.models import Attendee
from joinedup.site import environment, worker
from joinedup.spreadsheets.models import Upload
from tests.opportunities.making import make_need
from tests.spreadsheets.making import ready
from tests.world import World, published_event


@pytest.fixture(autouse=True)
def _connections_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own transaction would go with its connection."""
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)


@pytest.fixture
def by_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "work_out_the_night", lambda: [])


def work_once() -> list[str]:
    said: list[str] = []
    worker.work(once=True, say=said.append)
    return said


def test_nothing_due_says_nothing(world: World, by_day: None) -> None:
    assert work_once() == []


def test_it_follows_what_waits(world: World, by_day: None) -> None:
    make_need(world.northton, "trusted-adult", 0.9)
    refresh(by=world.person("alice"), footprint=world.north)
    Touched.objects.create(footprint=world.north, what="test")
    assert work_once() == ["Followed the changes of 1 partnership."]
    assert not Touched.objects.exists()


def test_it_says_what_the_night_worked_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [Run(footprint=world.north, audience=audience) for audience in Run.Audience.values]
    monkeypatch.setattr(worker, "work_out_the_night", lambda: runs)
    assert work_once() == ["Worked out the lists of 1 partnership."]


def test_once_tells_what_went_wrong(world: World, by_day: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "follow_waiting", _broken)
    with pytest.raises(RuntimeError):
        work_once()


def test_a_standing_worker_goes_on_after_something_went_wrong(
    world: World, by_day: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looks = iter([_broken, lambda: 1])
    stopped: dict[int, Any] = {}
    monkeypatch.setattr(signal, "signal", lambda number, handler: stopped.update({number: handler}))
    monkeypatch.setattr(worker, "PAUSE", 0.0)

    def follow() -> int:
        look = next(looks, None)
        if look is None:
            stopped[signal.SIGTERM](signal.SIGTERM, None)
            return 0
        return look()

    monkeypatch.setattr(worker, "follow_waiting", follow)
    said: list[str] = []
    # Here and now: it ends with the signal that the third look sends, however long that takes.
    worker.work(once=False, say=said.append)
    assert said == ["Working (stop with Ctrl-C).", "Followed the changes of 1 partnership."]
    assert "it is tried again" in caplog.text


def test_people_are_written_to_once_in_the_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    called: list[str] = []
    doing = {"thank_attendees": 2, "chase_agreements": 1, "ask_young_people": 0, "remind_of_checks": 1}
    doing["send_digests"] = 3
    for name, number in doing.items():
        monkeypatch.setattr(worker, name, lambda _now, n=name, k=number: called.append(n) or k)
    said: list[str] = []
    morning = datetime.datetime(2026, 11, 24, 7, 0)
    worker._write_to_people(said.append, morning.replace(hour=6))
    assert called == ["thank_attendees"]
    for _ in range(2):
        worker._write_to_people(said.append, morning)
    assert called == list(doing)
    assert said == [
        "Told 2 guests of their page after the day.",
        "Asked about 1 agreement.",
        "Sent 1 reminder to check support.",
        "Sent 3 digests of what waits.",
    ]
    monkeypatch.setattr(worker, "chase_agreements", lambda _now: _broken())
    for _ in range(2):
        with pytest.raises(RuntimeError):
            worker._write_to_people(said.append, morning + datetime.timedelta(days=1))


def _broken() -> int:
    raise RuntimeError("no engine today")


def test_it_lets_go_of_what_nobody_confirmed(world: World, by_day: None) -> None:
    alice, today = world.person("alice"), timezone.localdate()
    event = published_event(
        by=alice, footprint=world.north, name="North meets", date=today + datetime.timedelta(days=30)
    )
    who = register(
        by=world.person("nobody"), event=event, partner=world.lantern, role="Worker", email="ro@example.org"
    )
    assert work_once() == []
    Attendee.objects.update(held_until=timezone.now() - datetime.timedelta(minutes=1))
    assert work_once() == ["Let go of 1 place that nobody confirmed."]
    who.refresh_from_db()
    assert who.standing == "lapsed"


def test_spreadsheets_that_nobody_accepted_are_deleted(world: World, by_day: None) -> None:
    upload = ready(world, "Org,E-mail\nRiverside Homes,a@r.example\n")
    assert work_once() == []
    Upload.objects.update(at=timezone.now() - datetime.timedelta(days=6))
    assert work_once() == ["Deleted 1 spreadsheet that nobody accepted."]
    assert not Upload.objects.filter(pk=upload.pk).exists()
    assert work_once() == []


def test_sessions_that_ended_are_cleared_once_a_day(world: World, by_day: None) -> None:
    cache.clear()
    now = timezone.now()
    for key, ends in (
        ("old", now - datetime.timedelta(days=1)),
        ("current", now + datetime.timedelta(days=1)),
    ):
        Session.objects.create(session_key=key, session_data="", expire_date=ends)
    assert work_once() == []
    assert [each.session_key for each in Session.objects.all()] == ["current"]


def test_what_is_deleted_leaves_the_file_of_the_database(tmp_path: Path) -> None:
    options: Any = environment.database("", tmp_path)
    with closing(sqlite3.connect(tmp_path / "records.sqlite3")) as records:
        records.executescript(options["OPTIONS"]["init_command"])
        records.execute("CREATE TABLE rows (cell TEXT)")
        records.executemany("INSERT INTO rows VALUES (?)", [("Unmistakable " * 50,)] * 200)
        records.commit()
        records.execute("DELETE FROM rows")
        records.commit()
        records.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"Unmistakable" not in b"".join(each.read_bytes() for each in tmp_path.iterdir())
