"""Which tests run beside which database.

`make test` runs every test once. Beside SQLite, as an installation begins: all but the walks over every address, which
run beside PostgreSQL, as it refuses more of what is typed. Beside PostgreSQL also, a second time, what touches its own
behaviour: what really commits (locks, two at once), the files of OWN_BEHAVIOUR, and what is marked `postgresql`.
`make test-all` runs all that touches records beside both.
"""

from __future__ import annotations

from pathlib import Path

import pytest

SQLITE, POSTGRESQL = DATABASES = ("sqlite", "postgresql")
# Fixtures by which a test comes at records: those of its own process, or those of an installation.
RECORDS = {"db", "transactional_db", "live_server", "demo", "copied"}
COMMITS = {"transactional_db", "live_server"}
INSTALLATIONS = "tests.demo.installation"
COLLECTED = pytest.StashKey[list[pytest.Item]]()
HERE = Path(__file__).resolve().parent
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
# Upserts, constraints, search, and between them nearly every statement that locks rows.
OWN_BEHAVIOUR = {
    "accounts": ("audit", "pages"),
    "clusters": ("actions", "alert_mail", "scan_runs"),
    "agreements": ("named_bodies", "reminders"),
    "events": ("drafts", "event", "loading"),
    "opportunities": ("actions", "public", "spotting", "storing", "weighing"),
    "places": ("loading",),
    "registration": ("companions", "reminders", "survey"),
    "results": ("responses", "right_of_reply"),
    "site": ("health", "worker"),
    "spreadsheets": ("actions", "pages"),
    "strategy": ("loading",),
    "support": ("loading",),
    "tables": ("votes",),
    "voice": ("actions", "pages"),
    "web": ("digest", "search"),
}  # fmt: skip
# What takes longest begins first, so that no process is left with it at the end.
LONGEST = [
    "the demonstration",
    "journeys/test_pages_as_before.py",
    "trust/test_hostile_input.py",
    "journeys/test_opportunities.py",
    "trust/test_changes.py",
    "trust/test_two_worlds.py",
    "journeys/test_chain.py",
    "trust/test_personal.py",
    "evidence/test_actions.py",
]
OWN_FILES = {HERE / room / f"test_{name}.py" for room, names in OWN_BEHAVIOUR.items() for name in names}
JOURNEYS, TRUST = HERE / "journeys", HERE / "trust"


def touches_records(item: pytest.Item) -> bool:
    """Whether it asks for the database, or its module works with installations, which have a database each.

    pytest-django lets nobody near the database who has not asked for it, so what asks for none touches none.
    """
    if RECORDS & set(getattr(item, "fixturenames", ())) or item.get_closest_marker("django_db"):
        return True
    known = vars(getattr(item, "module", None) or object).values()
    return any(getattr(each, "__module__", "") == INSTALLATIONS for each in known)


def commits(item: pytest.Item) -> bool:
    """Whether what it writes is really committed, so that others at the same time see it."""
    mark = item.get_closest_marker("django_db")
    return bool(COMMITS & set(getattr(item, "fixturenames", ()))) or bool(
        mark and mark.kwargs.get("transaction")
    )


def databases_of(item: pytest.Item, *, everything: bool = False) -> set[str]:
    """The databases beside which a test runs: one at least. `everything`: all that touches records beside both."""
    if JOURNEYS in item.path.parents or item.get_closest_marker("once") or not touches_records(item):
        return {SQLITE}
    if TRUST in item.path.parents and not everything:
        return {POSTGRESQL}
    is_own = item.get_closest_marker("postgresql") or item.path in OWN_FILES or commits(item)
    return set(DATABASES) if everything or is_own else {SQLITE}


def together(nodeid: str) -> str:
    """With which others a test stays in one process: those of its file, so that what a file makes is made once, and all
    that look at the demonstration, which takes a minute to make."""
    path = nodeid.partition("::")[0].removeprefix("tests/")
    return "the demonstration" if path in OF_THE_DEMONSTRATION else path


def turn(nodeid: str) -> int:
    """When it is its turn: the smaller, the sooner."""
    group = together(nodeid)
    return LONGEST.index(group) if group in LONGEST else len(LONGEST)
