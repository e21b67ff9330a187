"""Every test runs in one half of the suite at least, and in both where the database could matter."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import pytest

from joinedup.accounts.models import User
from tests.demo.installation import Installation
from tests.halves import COLLECTED, HALVES, JOURNEYS, POSTGRESQL, SQLITE, halves_of

HERE = Path(__file__).resolve().parent


def a_test(where: Path, *fixtures: str, marks: tuple[str, ...] = (), **known: Any) -> pytest.Item:
    module = ModuleType("some_test")
    vars(module).update(known)
    made = SimpleNamespace(
        path=where,
        fixturenames=fixtures,
        module=module,
        get_closest_marker=lambda name: name if name in marks else None,
    )
    return cast(pytest.Item, made)


@pytest.mark.parametrize(
    ("item", "halves"),
    [
        (a_test(HERE / "web" / "test_a.py"), {POSTGRESQL}),
        (a_test(HERE / "web" / "test_a.py", "tmp_path", "settings"), {POSTGRESQL}),
        (a_test(HERE / "web" / "test_a.py", "as_", "world", "db"), set(HALVES)),
        (a_test(HERE / "web" / "test_a.py", "transactional_db"), set(HALVES)),
        (a_test(HERE / "web" / "test_a.py", marks=("django_db",)), set(HALVES)),
        (a_test(HERE / "cli" / "test_a.py", Installation=Installation), set(HALVES)),
        (a_test(HERE / "cli" / "test_a.py", "demo"), set(HALVES)),
        (a_test(HERE / "cli" / "test_a.py", "demo", marks=("once",)), {POSTGRESQL}),
        (a_test(JOURNEYS / "test_a.py", "walked"), {SQLITE}),
        (a_test(JOURNEYS / "test_a.py", "live_server", "db"), {SQLITE}),
    ],
)
def test_where_a_test_runs(item: pytest.Item, halves: set[str]) -> None:
    assert halves_of(item) == halves


def test_none_of_all_that_are_here_is_left_out(request: pytest.FixtureRequest) -> None:
    every = request.config.stash[COLLECTED]
    assert request.node in every
    for item in every:
        halves = halves_of(item)
        assert halves, item.nodeid
        assert halves <= set(HALVES)
        if "db" in getattr(item, "fixturenames", ()) and JOURNEYS not in item.path.parents:
            assert halves == set(HALVES), item.nodeid
        if item.get_closest_marker("browser"):
            assert halves == {SQLITE}, item.nodeid


def test_who_asks_for_no_database_gets_none() -> None:
    """The rule leans on this."""
    with pytest.raises(RuntimeError, match="Database access not allowed"):
        User.objects.count()
