"""Every test runs on at least one database, and on both if the database could matter."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import pytest

from joinedup.accounts.models import User
from tests.databases import (
    COLLECTED,
    DATABASES,
    HOSTILE,
    JOURNEYS,
    POSTGRESQL,
    SQLITE,
    databases_of,
    may_run_on_postgresql,
    together,
)
from tests.demo.installation import Installation

HERE = Path(__file__).resolve().parent


def a_test(where: Path, *fixtures: str, marks: tuple[str, ...] = (), **known: Any) -> pytest.Item:
    module = ModuleType("some_test")
    vars(module).update(known)
    held = {name: SimpleNamespace(kwargs={"transaction": True}) for name in marks}
    made = SimpleNamespace(path=where, fixturenames=fixtures, module=module, get_closest_marker=held.get)
    return cast(pytest.Item, made)


IN_A_ROOM, BY_COMMAND = HERE / "web" / "test_a.py", HERE / "cli" / "test_a.py"


@pytest.mark.parametrize(
    ("item", "everyday", "everything"),
    [
        (a_test(IN_A_ROOM), {SQLITE}, {SQLITE}),
        (a_test(IN_A_ROOM, "tmp_path", "settings"), {SQLITE}, {SQLITE}),
        (a_test(IN_A_ROOM, "as_", "world", "db"), {SQLITE}, set(DATABASES)),
        (a_test(IN_A_ROOM, "db", marks=("postgresql",)), set(DATABASES), set(DATABASES)),
        (a_test(IN_A_ROOM, "transactional_db"), set(DATABASES), set(DATABASES)),
        (a_test(IN_A_ROOM, marks=("django_db",)), set(DATABASES), set(DATABASES)),
        (a_test(HOSTILE, "db"), {POSTGRESQL}, set(DATABASES)),
        (a_test(BY_COMMAND, Installation=Installation), {SQLITE}, set(DATABASES)),
        (a_test(BY_COMMAND, "demo"), {SQLITE}, set(DATABASES)),
        (a_test(BY_COMMAND, "demo", marks=("once",)), {SQLITE}, {SQLITE}),
        (a_test(JOURNEYS / "test_a.py", "walked"), {SQLITE}, {SQLITE}),
        (a_test(JOURNEYS / "test_a.py", "live_server", "db"), {SQLITE}, {SQLITE}),
    ],
)
def test_where_a_test_runs(item: pytest.Item, everyday: set[str], everything: set[str]) -> None:
    assert databases_of(item) == everyday
    assert databases_of(item, everything=True) == everything


def test_none_of_all_that_are_here_is_left_out(request: pytest.FixtureRequest) -> None:
    every = request.config.stash[COLLECTED]
    assert request.node in every
    for item in every:
        everyday, everything = databases_of(item), databases_of(item, everything=True)
        assert everyday, item.nodeid
        assert everyday <= everything <= set(DATABASES)
        if "db" in getattr(item, "fixturenames", ()) and JOURNEYS not in item.path.parents:
            assert everything == set(DATABASES), item.nodeid
        if POSTGRESQL in everyday:
            assert may_run_on_postgresql(item.path), item.nodeid
        if item.get_closest_marker("browser"):
            assert everything == {SQLITE}, item.nodeid


def test_all_that_look_at_the_demonstration_are_in_one_process(request: pytest.FixtureRequest) -> None:
    """Otherwise it would be made twice."""
    every = request.config.stash[COLLECTED]
    found = {together(item.nodeid) for item in every if "demo" in getattr(item, "fixturenames", ())}
    assert found <= {"the demonstration"}


def test_who_asks_for_no_database_gets_none() -> None:
    """The rule relies on this."""
    with pytest.raises(RuntimeError, match="Database access not allowed"):
        User.objects.count()
