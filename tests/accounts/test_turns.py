"""Writers in crowds take turns on SQLite, and do not wait for themselves."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from joinedup.accounts.turns import in_turn


def test_one_goes_in_when_the_one_before_is_out(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HOME = tmp_path
    monkeypatch.setattr(type(connection), "vendor", "sqlite")
    seen: list[str] = []
    inside = threading.Event()

    def second() -> None:
        inside.wait(10)
        with in_turn():
            seen.append("second")

    waiting = threading.Thread(target=second)
    waiting.start()
    with in_turn():
        inside.set()
        waiting.join(0.2)
        seen.append("first")
    waiting.join(10)
    assert seen == ["first", "second"]


def test_who_writes_already_does_not_wait(settings: Any, tmp_path: Path, db: None) -> None:
    settings.HOME = tmp_path
    with transaction.atomic(), in_turn(), in_turn():
        assert not (tmp_path / "turns.lock").exists()
