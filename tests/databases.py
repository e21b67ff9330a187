"""Which tests run on which database.

`make test` runs every test once. On SQLite, the default of an installation: all but the walk that types
invalid input into every form, which runs on PostgreSQL, as that refuses more of it. A second time on
PostgreSQL: tests that depend on its own behaviour, which are those that really commit (locks, concurrency),
the files of OWN_BEHAVIOUR, and those marked `postgresql`. `make test-all` runs all tests that use the database on both.
"""

from __future__ import annotations

from pathlib import Path

import pytest

SQLITE, POSTGRESQL = DATABASES = ("sqlite", "postgresql")
# Fixtures that give a test access to a database: that of its own process, or of an installation.
RECORDS = {"db", "transactional_db", "live_server", "demo", "copied"}
COMMITS = {"transactional_db", "live_server"}
INSTALLATIONS = "tests.demo.installation"
COLLECTED = pytest.StashKey[list[pytest.Item]]()
HERE = Path(__file__).resolve().parent
OF_THE_WALKS = {"trust/test_changes.py", "trust/test_personal.py", "trust/test_two_worlds.py"}
OF_THE_DEMONSTRATION = {
    "cli/test_init.py",
    "cli/test_interrupted.py",
    "cli/test_json.py",
    "cli/test_publishers.py",
    "cli/test_serve.py",
    "demo/test_build.py",
    "journeys/test_demonstration.py",
    "journeys/test_demonstration_browser.py",
}
# Upserts, constraints, search, and together nearly every statement that locks rows.
OWN_BEHAVIOUR = {
    "accounts": ("audit", "pages"),
    "clusters": ("actions", "alert_mail", "scan_runs"),
    "agreements": ("named_bodies", "reminders"),
    "events": ("drafts", "event", "loading"),
    "opportunities": ("actions", "public", "spotting", "stored_list", "weighing"),
    "partners": ("addressees",),
    "places": ("loading",),
    "registration": ("companions", "reminders", "survey"),
    "results": ("responses", "right_of_reply"),
    "site": ("backup", "health", "two_workers", "worker"),
    "spreadsheets": ("actions", "pages"),
    "strategy": ("loading",),
    "support": ("loading",),
    "tables": ("votes",),
    "voice": ("actions", "pages"),
    "web": ("digest", "search"),
}  # fmt: skip
# The longest start first, so that no process is left with one at the end.
LONGEST = [
    "the demonstration",
    "the walks",
    "journeys/test_opportunities.py",
    "trust/test_hostile_input.py",
    "journeys/test_chain.py",
    "evidence/test_actions.py",
]
OWN_FILES = {HERE / room / f"test_{name}.py" for room, names in OWN_BEHAVIOUR.items() for name in names}
TELL_TALE = ("transactional_db", "live_server", "transaction=True", "mark.postgresql")
JOURNEYS, HOSTILE = HERE / "journeys", HERE / "trust" / "test_hostile_input.py"


def touches_records(item: pytest.Item) -> bool:
    """Whether it asks for the database, or its module uses installations, each of which has a database.

    pytest-django blocks database access for tests that do not ask for it.
    """
    if RECORDS & set(getattr(item, "fixturenames", ())) or item.get_closest_marker("django_db"):
        return True
    known = vars(getattr(item, "module", None) or object).values()
    return any(getattr(each, "__module__", "") == INSTALLATIONS for each in known)


def commits(item: pytest.Item) -> bool:
    """Whether its writes are really committed and so visible to concurrent connections."""
    mark = item.get_closest_marker("django_db")
    return bool(COMMITS & set(getattr(item, "fixturenames", ()))) or bool(
        mark and mark.kwargs.get("transaction")
    )


def databases_of(item: pytest.Item, *, everything: bool = False) -> set[str]:
    """The databases that a test runs on: at least one. `everything`: run all that use the database on
    both."""
    if JOURNEYS in item.path.parents or item.get_closest_marker("once") or not touches_records(item):
        return {SQLITE}
    if item.path == HOSTILE and not everything:
        return {POSTGRESQL}
    is_own = item.get_closest_marker("postgresql") or item.path in OWN_FILES or commits(item)
    return set(DATABASES) if everything or is_own else {SQLITE}


def may_run_on_postgresql(path: Path) -> bool:
    """Whether a file may have a test that runs there a second time: judged by its words, so that the others are not
    even read. `test_databases.py` compares it with what `databases_of` says of every test."""
    if path in OWN_FILES or path == HOSTILE:
        return True
    words = path.read_text(encoding="utf-8")
    return JOURNEYS not in path.parents and any(word in words for word in TELL_TALE)


def together(nodeid: str) -> str:
    """The group of tests that run in one process: those of a file, so that what a file creates is created
    once, all that use the demonstration, which takes a minute to make, and three files that look at the same pages."""
    path = nodeid.partition("::")[0].removeprefix("tests/")
    if path in OF_THE_DEMONSTRATION:
        return "the demonstration"
    return "the walks" if path in OF_THE_WALKS else path


def turn(nodeid: str) -> int:
    """The position of a test's group: lower runs earlier."""
    group = together(nodeid)
    return LONGEST.index(group) if group in LONGEST else len(LONGEST)
