"""Which tests run beside which database: all that touch records beside both, and the rest once."""

from __future__ import annotations

from pathlib import Path

import pytest

SQLITE, POSTGRESQL = HALVES = ("sqlite", "postgresql")
# Fixtures by which a test comes at records: those of its own process, or those of an installation.
RECORDS = {"db", "transactional_db", "live_server", "demo", "copied"}
INSTALLATIONS = "tests.demo.installation"
COLLECTED = pytest.StashKey[list[pytest.Item]]()
JOURNEYS = Path(__file__).resolve().parent / "journeys"


def touches_records(item: pytest.Item) -> bool:
    """Whether it asks for the database, or its module works with installations, which have a database each.

    pytest-django lets nobody near the database who has not asked for it, so what asks for none touches none.
    """
    if RECORDS & set(getattr(item, "fixturenames", ())) or item.get_closest_marker("django_db"):
        return True
    known = vars(getattr(item, "module", None) or object).values()
    return any(getattr(each, "__module__", "") == INSTALLATIONS for each in known)


def halves_of(item: pytest.Item) -> set[str]:
    """The halves of the suite in which a test runs: one at least.

    The half beside SQLite has a browser to wait for, so the other one takes what touches no records, and what is marked
    `once`: it works with an installation, but whatever is asked there, no database has a say in it.
    """
    if JOURNEYS in item.path.parents:
        return {SQLITE}
    if item.get_closest_marker("once") or not touches_records(item):
        return {POSTGRESQL}
    return set(HALVES)
