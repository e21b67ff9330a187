"""What machines ask: whether a process answers, and whether it could answer a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from joinedup.site import probes


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    # Whoever asks by the machine's own number, without encryption, is answered too.
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["prevent.example.org"], True


def asked(path: str) -> tuple[int, str]:
    answer = Client(headers={"host": "10.0.0.7:8000"}).get(path)
    assert not answer.cookies
    assert answer["Cache-Control"] == "no-store"
    return answer.status_code, answer.content.decode()


def test_a_process_that_answers_asks_nothing() -> None:
    """This test asks for no database: a query would fail it."""
    assert asked("/healthz") == (200, "alive\n")


def test_ready_costs_one_query(db: None, django_assert_num_queries: Any, tmp_path: Path) -> None:
    with django_assert_num_queries(1):
        assert asked("/readyz") == (200, "ready\n")
    assert list(tmp_path.iterdir()) == []


def test_migrations_that_wait(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    applied = frozenset(MigrationRecorder(connection).migration_qs.values_list("app", "name"))
    monkeypatch.setattr(probes, "_shipped", lambda: applied)
    assert asked("/readyz") == (200, "ready\n")
    MigrationRecorder(connection).migration_qs.filter(app="spreadsheets").delete()
    assert asked("/readyz") == (503, "not ready: migrations\n")


def test_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        def __init__(self, _: object) -> None:
            raise OperationalError("could not connect to server: password=hunter2")

    monkeypatch.setattr(probes, "MigrationRecorder", Away)
    assert asked("/readyz") == (503, "not ready: database\n")


def test_a_store_that_cannot_be_written(db: None, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.HOME = tmp_path / "file" / "home"
    assert asked("/readyz") == (503, "not ready: store\n")


def test_only_asking_is_answered(db: None, settings: Any) -> None:
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["*"], False
    assert Client().head("/healthz").status_code == 200
    assert Client().post("/healthz").status_code == 404
