"""Installations that tests make and look at from outside, as an operator does: through the command.

Each has a home of its own; where the tests run on PostgreSQL it has a database of its own there too.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.db import connection
from psycopg import sql

from tests.waiting import HANGS

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = Path(sys.executable).parent / "joinedup"
SERVER = os.environ.get("DATABASE_URL", "")
# What belongs to the tests' own process, and must not reach an installation of its own.
OURS = {"DJANGO_SETTINGS_MODULE", "JOINEDUP_HOME", "SITE_URL", "DATABASE_URL", "EMAIL_BACKEND"}
BEGIN = "from joinedup.cli import main\nfrom joinedup.cli.console import start_django\nstart_django()\n"
EVIDENCE = ["evidence_dataset", "evidence_figure", "evidence_need", "accounts_auditentry"]


@dataclass(frozen=True)
class Installation:
    home: Path
    database: str  # "" is SQLite in the home

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in OURS}
        given = {"JOINEDUP_HOME": str(self.home), "PYTHONUNBUFFERED": "1", "COLUMNS": "200"}
        return kept | given | ({"DATABASE_URL": self.database} if self.database else {})

    def start(self, *words: object) -> subprocess.Popen[str]:
        """The command in a process group of its own, its two outputs as pipes."""
        return self._started([str(COMMAND), *map(str, words)])

    def start_python(self, code: str) -> subprocess.Popen[str]:
        """As `start`, but for `python`."""
        return self._started([sys.executable, "-c", BEGIN + code])

    def run(self, *words: object) -> subprocess.CompletedProcess[str]:
        return self._finished([str(COMMAND), *map(str, words)])

    def python(self, code: str, *words: object) -> subprocess.CompletedProcess[str]:
        """A few lines in the installation's own process, for what no verb does: `main` is the command."""
        return self._finished([sys.executable, "-c", BEGIN + code, *map(str, words)])

    def told(self, code: str) -> Any:
        """What `code` prints as JSON."""
        done = self.python(code)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def _started(self, command: list[str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def _finished(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env=self.environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=HANGS,
            check=False,
        )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        if self.database:
            with psycopg.connect(self.database) as connection:
                return connection.execute(query.encode()).fetchall()
        with closing(sqlite3.connect(self.home / "records.sqlite3")) as connection:
            return connection.execute(query).fetchall()

    def held(self) -> dict[str, list[Any]]:
        """Everything held as evidence, byte for byte: the rows, who did what, and the files of the store."""
        tables = {name: self.rows(f"SELECT * FROM {name} ORDER BY id") for name in EVIDENCE}
        return {**tables, "store": self.store()}

    def store(self) -> list[tuple[str, str]]:
        files = sorted((self.home / "store").iterdir())
        return [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]

    def copy(self, home: Path) -> Installation:
        shutil.copytree(self.home, home)
        return Installation(home, _new_database(self.database))


def empty(home: Path) -> Installation:
    """Nothing there yet: no home, and no table."""
    return Installation(home, _new_database("") if SERVER else "")


def _new_database(template: str) -> str:
    """A database beside the tests' own, empty or a copy; dropped when the tests end. "" where these use SQLite."""
    if not SERVER:
        return ""
    name = f"joinedup_{os.getpid()}_{time.monotonic_ns()}"
    like = urlsplit(template).path.lstrip("/") if template else "template1"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(like))
        )
    atexit.register(_drop, name)
    return urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))


def _drop(name: str) -> None:
    try:
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    except psycopg.OperationalError:
        return  # the server has gone already, and the database with it


@dataclass(frozen=True)
class Tables:
    """The tables of the tests' own database as they were migrated, with nothing in them: taking a copy of them is much
    faster than making them step by step. The demonstration and `init` are where a home without any is begun in.
    """

    installation: Installation

    def copy(self, home: Path) -> Installation:
        return self.installation.copy(home)

    @property
    def instead_of_steps(self) -> str:
        """Lines before those of `python`: where `demo` would make tables in a file, there is this copy already."""
        kept = self.installation.home / "records.sqlite3"
        return (
            "import shutil\nfrom django.conf import settings\nfrom joinedup.demo import build\n"
            "from joinedup.site.serve_command import migrate\n"
            "def copied():\n"
            "    records = settings.HOME / 'records.sqlite3'\n"
            "    if build.connection.vendor == 'sqlite' and not records.exists():\n"
            f"        shutil.copyfile({str(kept)!r}, records)\n"
            "    migrate()\n"
            "build.migrate = copied\n"
        )


def keep_tables(home: Path) -> Tables:
    """Copy what Django's `connection` leads to, which has to be closed, and to hold nothing but tables."""
    home.mkdir()
    if SERVER:
        return Tables(Installation(home, _new_database(f"/{connection.settings_dict['NAME']}")))
    ours, copied = (
        sqlite3.connect(path) for path in (connection.settings_dict["NAME"], home / "records.sqlite3")
    )
    with closing(ours), closing(copied):
        ours.backup(copied)
    return Tables(Installation(home, ""))


@dataclass(frozen=True)
class Demonstration:
    """The demonstration that the tests share, and how it came about. Change only copies of it."""

    installation: Installation
    killed_after: str  # what had been said when the first attempt was killed
    killed_with: int
    leftover: bool  # the killed attempt left records behind
    made: subprocess.CompletedProcess[str]


def make_demonstration(tables: Tables, home: Path) -> Demonstration:
    """As it should not be made: killed half-way, then run again."""
    installation = tables.copy(home)
    process = installation.start_python(tables.instead_of_steps + "main(['demo', '--no-serve'])")
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if line.startswith("Published figures"):
            break
    process.kill()
    process.communicate()
    leftover = bool(installation.rows("SELECT code FROM places_place LIMIT 1"))
    made = installation.run("demo", "--no-serve")
    return Demonstration(installation, said, process.returncode, leftover, made)
