"""Records of an older version come to this one whole, and a backup of them as they were lies beside."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db.backends.sqlite3._functions import register

from tests.demo.installation import Installation

# Written by scripts/older_records.py.
OLDER = Path(__file__).parent / "older_records.sql.gz"
# Django's own, which each version writes anew.
OF_DJANGO = {
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "django_session",
    "joinedup_cache",
}
# Columns that took another's name, as (table, before): after.
CALLED = {
    ("support_offer", "amount_gbp"): "amount_programme",
    ("taxonomy_approach", "effect"): "strength",
    ("taxonomy_approach", "impact"): "effect",
    ("taxonomy_approach", "numbers"): "found",
    ("taxonomy_approach", "confidence"): "evidence",
}

pytestmark = pytest.mark.once


@pytest.fixture
def older(tmp_path: Path) -> Installation:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    with closing(sqlite3.connect(home / "records.sqlite3")) as records:
        register(records)
        records.executescript(gzip.decompress(OLDER.read_bytes()).decode())
    return Installation(home, "")


def held(of: Installation) -> dict[str, dict[Any, dict[str, Any]]]:
    """Every row, by table and by its first column, which is its key."""
    with closing(sqlite3.connect(of.home / "records.sqlite3")) as records:
        records.row_factory = sqlite3.Row
        names = records.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: {row[0]: dict(row) for row in records.execute(f'SELECT * FROM "{name}"')}
            for (name,) in names
            if name not in OF_DJANGO and not name.startswith("sqlite_")
        }


def test_every_record_of_an_older_version_is_there_after_it(older: Installation) -> None:
    before = held(older)
    done = older.run("upgrade")
    assert "The records are at this version now" in done.stdout, done.stderr
    after = held(older)
    assert sum(map(len, before.values())) > 350
    lost = {(table, key) for table, rows in before.items() for key in rows if key not in after.get(table, {})}
    assert lost == set()
    changed = set()
    for table, rows in before.items():
        for key, row in rows.items():
            for column, value in row.items():
                now = CALLED.get((table, column), column)
                if now in after[table][key] and after[table][key][now] != value:
                    changed.add((table, column))
    assert changed == set()
    (backup,) = (older.home / "backups").iterdir()
    other = Installation(older.home.parent / "other", "")
    restored = other.run("restore", backup)
    assert "It is from an older version: run “joinedup upgrade” now." in restored.stdout, restored.stderr
    assert held(other) == before
    again = older.run("upgrade")
    assert again.stdout.startswith("The records are at this version already: nothing was changed.")
    with closing(sqlite3.connect(older.home / "records.sqlite3")) as records:
        indexes = records.execute("SELECT name FROM sqlite_master WHERE type = 'index'").fetchall()
    assert {("partner_lower_name",), ("partner_charity_number",)} <= set(indexes)


FAILS = """
from joinedup.site import upgrade_command
def fails():
    raise RuntimeError("no room")
upgrade_command.migrate = fails
main(["upgrade"])
"""


def test_a_step_that_fails_says_the_way_back(older: Installation) -> None:
    before = held(older)
    done = older.python(FAILS)
    assert done.returncode == 1
    (backup,) = (older.home / "backups").iterdir()
    said = done.stderr.splitlines()[-1]
    assert "could not be brought to this version (RuntimeError: no room)" in said
    assert f"joinedup restore {backup}" in said
    assert held(older) == before
