"""What the machine lacks is said in one sentence, on a page and by the command."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from typing import Any, NamedTuple

import pytest
from django.db import OperationalError
from django.test import Client

from joinedup.cli.console import NO_ROOM, Failed, _answered
from joinedup.mail.worker_mark import forget_worker, note_worker
from joinedup.opportunities import touching
from joinedup.opportunities.models import Run
from joinedup.site.home_health import home_findings
from joinedup.web import errors
from tests.world import World

SENTENCE = "There is no room left on the disk of this site"
FULL = [
    OSError(errno.ENOSPC, "No space left on device"),
    OperationalError("database or disk is full"),
    sqlite3.OperationalError("database or disk is full"),
    OperationalError('could not extend file "base/1": No space left on device'),
]


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def said(error: Exception, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    def broken(_request: object) -> None:
        raise error

    monkeypatch.setattr(errors, "_has_no_room", lambda: False)
    client = Client(raise_request_exception=False)
    monkeypatch.setattr(
        "django.core.handlers.base.BaseHandler._get_response", lambda _self, _request: broken(_request)
    )
    answer = client.get("/")
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize("error", FULL, ids=["system", "sqlite", "sqlite itself", "postgresql"])
def test_a_full_disk_is_said(db: None, error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    status, page = said(error, monkeypatch)
    assert status == 503
    assert SENTENCE in page
    with pytest.raises(Failed, match=NO_ROOM):
        _answered(_raising, error)


def _raising(error: Exception) -> None:
    raise error


def test_what_sqlite_says_of_any_trouble_is_a_full_disk_only_where_there_is_no_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    error = OperationalError("disk I/O error")
    for free, is_full in ((1 << 12, True), (1 << 30, False)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _path, free=free: Usage(1 << 40, 0, free))
        assert errors.is_full(error) is is_full
    assert not errors.is_full(ValueError("is full"))


def test_another_error_says_what_it_said_before(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    status, page = said(RuntimeError("anything"), monkeypatch)
    assert (status, SENTENCE in page) == (500, False)


def test_check_warns_before_there_is_none(
    settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HOME = tmp_path
    for free, warned in ((1 << 20, ["room"]), (1 << 40, [])):
        monkeypatch.setattr(shutil, "disk_usage", lambda _path, free=free: Usage(1 << 41, 0, free))
        assert [each.what for each in home_findings() if each.what == "room"] == warned


@pytest.mark.parametrize(
    ("found", "worker", "left"),
    [(touching.LONG, True, True), (touching.LONG, False, False), (touching.LONG - 1, True, False)],
)
def test_a_long_list_is_left_to_a_worker_that_is_there(
    world: World, found: int, worker: bool, left: bool
) -> None:
    Run.objects.create(footprint=world.north, audience="partnership", as_of="2026-11-01", found=found)
    if worker:
        note_worker()
    else:
        forget_worker()
    assert touching._takes_long(world.north.pk) is left
