"""The records at one moment, while others go on writing: SQLite by its own backup, PostgreSQL by `pg_dump`. And back.

Sessions and the cache stay behind: whoever reads a backup could be anybody who was signed in, and a restored site needs
neither. Their tables are there, and empty.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.backends.sqlite3._functions import register
from psycopg import sql
from psycopg.conninfo import make_conninfo

RESTORING = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
LEFT_EMPTY = ("django_session", "accounts_session", "joinedup_cache")
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"


def copy_records(to: Path) -> dict[str, int]:
    """Write the records to the new file `to`; the number of rows of each table in it. ValidationError, one sentence, if
    `pg_dump` is not there or cannot do it."""
    return _copy_sqlite(to) if connection.vendor == "sqlite" else _copy_postgresql(to)


def count_rows(records: Path) -> dict[str, int]:
    """The number of rows of each table of an SQLite file. ValidationError if the file is damaged."""
    with closing(_opened(records)) as found:
        try:
            if (answer := found.execute("PRAGMA quick_check").fetchone()[0]) != "ok":
                raise ValidationError(f"The records in it are damaged ({answer}).")
            return _counts(found)
        except sqlite3.DatabaseError as error:
            raise ValidationError(f"The records in it are damaged ({error}).") from error


def count_dump(dump: Path) -> dict[str, int]:
    """As `count_rows`, of a dump of PostgreSQL: restored to a database of its own beside ours, which goes again."""
    name = f"joinedup_check_{os.getpid()}"
    program = _program("pg_restore")
    with _connected(autocommit=True) as server:
        try:
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        except psycopg.errors.InsufficientPrivilege as error:
            raise ValidationError(
                "To check it, the records are restored to a database of their own for a moment, and this user of "
                "PostgreSQL may not make one: give it CREATEDB, or check the archive on another server."
            ) from error
        try:
            _run([program, *RESTORING, "--dbname", _address(name), str(dump)])
            with _connected(name) as restored:
                return _counts_there(restored)
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def restore_dump(dump: Path) -> None:
    """Into the database of the settings, which has to be empty: all of it, or nothing."""
    connection.close()
    _run([_program("pg_restore"), *RESTORING, "--dbname", _address(), str(dump)])


def _copy_sqlite(to: Path) -> dict[str, int]:
    os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    # All pages in one step: read as they are at one moment, and nobody who writes has to wait.
    with (
        closing(
            sqlite3.connect(f"{Path(connection.settings_dict['NAME']).as_uri()}?mode=ro", uri=True)
        ) as ours,
        closing(_opened(to)) as copied,
    ):
        ours.backup(copied)
        # One file without a log beside it.
        copied.execute("PRAGMA journal_mode=DELETE")
        there = set(_counts(copied))
        for table in LEFT_EMPTY:
            if table in there:
                copied.execute(f'DELETE FROM "{table}"')  # noqa: S608 (one of two names)
        copied.execute("VACUUM")
        return _counts(copied)


def _opened(records: Path) -> sqlite3.Connection:
    """With the functions that constraints of Django's use."""
    found = sqlite3.connect(records, isolation_level=None)
    register(found)
    return found


def _counts(records: sqlite3.Connection) -> dict[str, int]:
    names = records.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1"
    ).fetchall()
    return {
        name: records.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0]  # noqa: S608 (its own names)
        for (name,) in names
    }


def _copy_postgresql(to: Path) -> dict[str, int]:
    program = _program("pg_dump")
    with _connected() as ours:
        # The dump sees what we count: both look at the same moment.
        ours.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        (moment,) = ours.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        counted = _counts_there(ours)
        empty = [f"--exclude-table-data={name}" for name in LEFT_EMPTY]
        owners = ("--no-owner", "--no-privileges")
        _run(
            [program, "--format=custom", *owners, f"--snapshot={moment}", *empty, f"--file={to}", _address()]
        )
    os.chmod(to, 0o600)
    return counted | {name: 0 for name in LEFT_EMPTY if name in counted}


def _counts_there(records: psycopg.Connection[Any]) -> dict[str, int]:
    counts = {}
    for (name,) in records.execute(TABLES).fetchall():
        row = records.execute(sql.SQL("SELECT COUNT(*) FROM {}").format(sql.Identifier(name))).fetchone()
        counts[name] = row[0] if row else 0
    return counts


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise ValidationError(
            f"The records are in PostgreSQL, and its program {name} is not installed here: install the client programs "
            "of PostgreSQL (postgresql-client), of the version of your server or newer."
        )
    return found


def _address(name: str = "") -> str:
    """Our database (or another on that server), for libpq. Without the password: other users of the machine may read
    the words of a command."""
    given = connection.settings_dict
    asked = {
        "dbname": name or given["NAME"],
        "user": given["USER"],
        "host": given["HOST"],
        "port": given["PORT"],
        **given["OPTIONS"],
    }
    return make_conninfo(**{key: value for key, value in asked.items() if value and key in LIBPQ})


def _connected(name: str = "", *, autocommit: bool = False) -> psycopg.Connection[Any]:
    password = connection.settings_dict["PASSWORD"] or None
    return psycopg.connect(_address(name), password=password, autocommit=autocommit)


# What addresses of PostgreSQL may say that is not Django's.
LIBPQ = {
    *("dbname", "user", "host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "passfile", "service"),
    *("connect_timeout", "options", "target_session_attrs", "channel_binding", "gssencmode"),
}


def _run(command: list[str]) -> None:
    password = connection.settings_dict["PASSWORD"]
    environment = os.environ | ({"PGPASSWORD": password} if password else {})
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        why = lines[0].rstrip(".") if lines else f"status {done.returncode}"
        raise ValidationError(f"{Path(command[0]).name} could not do it, and nothing was changed ({why}).")
