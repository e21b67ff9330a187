"""Writes `tests/site/older_records.sql.gz`: records of an older version, which a test brings to this one.

    JOINEDUP_HOME=<a demonstration> .venv/bin/python scripts/older_records.py

Tables as the first migrations of every room made them, with a few records of the demonstration in each, and all that
these lead to. Only run it again if the oldest version that an upgrade has to begin from becomes another: migrations
that come later must work on the file as it is.
"""

from __future__ import annotations

import gzip
import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

EACH = 3
TO = Path(__file__).resolve().parent.parent / "tests" / "site" / "older_records.sql.gz"
# Later ones of the same day, without which the first are not whole.
BESIDES = {"accounts": "0003_cache_table", "initiatives": "0002_initial", "partners": "0002_later_rooms"}
# Came later.
LATER = {"firstrun"}
# For what a record must have and no longer has, by kind of column; text held lists.
GIVEN = {"int": "0", "bool": "0", "real": "0", "text": "'[]'"}
# What is worked out, or of no account.
LEFT_OUT = {"django_migrations", "django_session", "joinedup_cache", "django_content_type", "auth_permission"}


def make_tables(home: Path) -> None:
    os.environ |= {"JOINEDUP_HOME": str(home), "DJANGO_SETTINGS_MODULE": "joinedup.site.settings"}
    import django

    django.setup()
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    firsts = sorted(key for key in executor.loader.graph.nodes if key[1].startswith("0001_"))
    executor.migrate([(app, BESIDES.get(app, name)) for app, name in firsts if app not in LATER])
    connection.close()


def names(of: sqlite3.Connection) -> list[str]:
    found = of.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1"
    )
    return [name for (name,) in found if name not in LEFT_OUT]


def parents(of: sqlite3.Connection, table: str) -> list[tuple[str, str, str]]:
    """Column, and the table and column that it leads to."""
    return [(row[3], row[2], row[4] or "id") for row in of.execute(f"PRAGMA foreign_key_list('{table}')")]


def fill(old: sqlite3.Connection, now: Path) -> None:
    old.execute("ATTACH ? AS demonstration", (f"file:{now}?mode=ro",))
    old.executescript("PRAGMA foreign_keys=OFF; PRAGMA ignore_check_constraints=ON;")
    there = {
        name for (name,) in old.execute("SELECT name FROM demonstration.sqlite_master WHERE type = 'table'")
    }
    for table in names(old):
        if table not in there:
            continue
        held = {row[1] for row in old.execute(f"PRAGMA demonstration.table_info('{table}')")}
        leads = {column: (parent, to) for column, parent, to in parents(old, table)}
        columns, values = [], []
        for _, column, kind, is_required, default, _ in old.execute(f"PRAGMA table_info('{table}')"):
            if column in held:
                value = f'"{column}"'
            elif not is_required or default is not None:
                continue
            elif column in leads:
                parent, to = leads[column]
                value = f'(SELECT "{to}" FROM demonstration."{parent}" LIMIT 1)'
            else:
                value = next((given for part, given in GIVEN.items() if part in kind.lower()), "''")
            columns.append(f'"{column}"')
            values.append(value)
        old.execute(
            f'INSERT OR IGNORE INTO main."{table}" ({", ".join(columns)}) SELECT {", ".join(values)} '
            f'FROM demonstration."{table}"'
        )
    old.commit()
    old.execute("DETACH demonstration")


def keep_few(old: sqlite3.Connection) -> None:
    """The first of each table, and what they lead to."""
    kept: dict[str, set[int]] = {
        table: {row for (row,) in old.execute(f'SELECT rowid FROM "{table}" ORDER BY rowid LIMIT {EACH}')}
        for table in names(old)
    }
    is_new = True
    while is_new:
        is_new = False
        for table in kept:
            for column, parent, to in parents(old, table):
                if parent not in kept:
                    continue
                marks = ",".join(map(str, kept[table])) or "NULL"
                asked = f'SELECT "{column}" FROM "{table}" WHERE rowid IN ({marks})'
                led = old.execute(f'SELECT rowid FROM "{parent}" WHERE "{to}" IN ({asked})')
                found = {row for (row,) in led} - kept[parent]
                kept[parent] |= found
                is_new = is_new or bool(found)
    for table, rows in kept.items():
        old.execute(f'DELETE FROM "{table}" WHERE rowid NOT IN ({",".join(map(str, rows)) or "NULL"})')
    old.execute("DELETE FROM django_session")
    old.commit()
    while broken := old.execute("PRAGMA foreign_key_check").fetchall():
        for table, row, *_ in broken:
            old.execute(f'DELETE FROM "{table}" WHERE rowid = ?', (row,))
    old.commit()


def main() -> None:
    now = Path(os.environ["JOINEDUP_HOME"]) / "records.sqlite3"
    with tempfile.TemporaryDirectory() as folder:
        make_tables(Path(folder))
        from django.db.backends.sqlite3._functions import register

        with closing(sqlite3.connect(f"file:{folder}/records.sqlite3", uri=True)) as old:
            register(old)
            fill(old, now)
            keep_few(old)
            lines: Iterator[str] = old.iterdump()
            with TO.open("wb") as stream, gzip.GzipFile("", "wb", mtime=0, fileobj=stream) as file:
                file.write("\n".join(lines).encode())
            counts = {
                table: old.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0] for table in names(old)
            }
    print(f"{sum(counts.values())} records, {TO.stat().st_size / 1024:.0f} kB", file=sys.stderr)
    print(
        "without any: " + ", ".join(table for table, number in counts.items() if not number), file=sys.stderr
    )


if __name__ == "__main__":
    main()
