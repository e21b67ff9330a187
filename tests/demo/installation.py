"""Installations that tests make and look at from outside, as an operator does: through the command.

Each has a home of its own; where the tests run on PostgreSQL it has a database of its own there too.
"""

from __future__ import annotations

import atexit
import functools
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = Path(sys.executable).parent / "joinedup"
SERVER = os.environ.get("DATABASE_URL", "")
# What belongs to the tests' own process, and must not reach an installation of its own.
OURS = {"DJANGO_SETTINGS_MODULE", "JOINEDUP_HOME", "SITE_URL", "DATABASE_URL", "EMAIL_BACKEND"}
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

    def start(self, *words: object, **more: Any) -> subprocess.Popen[str]:
        """The command in a process group of its own, its two outputs as pipes."""
        return subprocess.Popen(
            [str(COMMAND), *map(str, words)],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            **more,
        )

    def run(self, *words: object) -> subprocess.CompletedProcess[str]:
        return self._finished([str(COMMAND), *map(str, words)])

    def python(self, code: str, *words: object) -> subprocess.CompletedProcess[str]:
        """A few lines in the installation's own process, for what no verb does: `main` is the command."""
        begin = (
            "from joinedup.cli import main\nfrom joinedup.cli.console import start_django\nstart_django()\n"
        )
        return self._finished([sys.executable, "-c", begin + code, *map(str, words)])

    def told(self, code: str) -> Any:
        """What `code` prints as JSON."""
        done = self.python(code)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def _finished(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env=self.environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
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
class Demonstration:
    """The demonstration that the tests share, and how it came about. Change only copies of it."""

    installation: Installation
    killed_after: str  # what had been said when the first attempt was killed
    killed_with: int
    leftover: bool  # the killed attempt left records behind
    made: subprocess.CompletedProcess[str]


@functools.cache
def demonstration() -> Demonstration:
    """Made once for all tests, and as it should not be: killed half-way, then run again."""
    folder = Path(tempfile.mkdtemp(prefix="joinedup-demonstration-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    installation = empty(folder / "home")
    process = installation.start("demo", "--no-serve")
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
