"""Writers in crowds take turns on SQLite, and do not wait for themselves."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from joinedup.mail.turns import in_turn
from tests.waiting import HANGS


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has a queue of its own")
def test_one_goes_in_when_the_one_before_is_out(settings: Any, tmp_path: Path, db: None) -> None:
    """In threads, each with a connection of its own that is in no transaction."""
    settings.HOME = tmp_path
    seen: list[str] = []
    inside = threading.Event()

    def first() -> None:
        with in_turn():
            inside.set()
            after.join(0.2)
            seen.append("first")

    def second() -> None:
        inside.wait(HANGS)
        with in_turn():
            seen.append("second")

    before, after = threading.Thread(target=first), threading.Thread(target=second)
    after.start()
    before.start()
    before.join()
    after.join()
    assert seen == ["first", "second"]


def test_who_writes_already_does_not_wait(settings: Any, tmp_path: Path, db: None) -> None:
    settings.HOME = tmp_path
    with transaction.atomic(), in_turn(), in_turn():
        assert not (tmp_path / "turns.lock").exists()
