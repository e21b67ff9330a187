"""Restores a backup into a home that holds nothing: checked whole before anything is written, and not there until it is
whole."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from joinedup.places.demonstration import MARK
from joinedup.places.postcodes import kept_file
from joinedup.site.backup_archive import KEY, STORE, Archive, Contents
from joinedup.site.owner_only import private_folder
from joinedup.site.records_copy import restore_dump
from joinedup.site.serve_command import waiting_migrations

# Holds what is being restored. While it is there, what stands beside it is unfinished too.
UNFINISHED = ".restore-unfinished"
# What a command leaves that only looked at an empty home; nobody's data.
OF_NO_ACCOUNT = {
    KEY,
    UNFINISHED,
    "records.sqlite3",
    "records.sqlite3-wal",
    "records.sqlite3-shm",
    "turns.lock",
}


def restore_archive(path: Path) -> Contents:
    """Restore the archive into JOINEDUP_HOME (and the database of DATABASE_URL).

    ValidationError, with nothing written, if the home or the database holds anything, the archive is damaged, of
    another kind of database or of a newer version, or there is no room.
    """
    _refuse_used()
    with Archive(path) as archive:
        _refuse_strange(archive)
        home = Path(settings.HOME)
        private_folder(home)
        _refuse_full(home, archive)
        aside = home / UNFINISHED
        shutil.rmtree(aside, ignore_errors=True)
        (aside / STORE).mkdir(parents=True)
        for name in archive.contents.files:
            archive.write_part(name, aside / name)
        _put_in_place(archive, aside, home)
    return archive.contents


def is_older() -> bool:
    """Whether what was restored has to be brought to this version."""
    return bool(waiting_migrations())


def _put_in_place(archive: Archive, aside: Path, home: Path) -> None:
    """The records last: without them there is no installation, whatever else is there."""
    shutil.rmtree(home / STORE, ignore_errors=True)
    os.replace(aside / STORE, home / STORE)
    os.chmod(home / STORE, 0o700)
    for name in archive.contents.files.keys() - {archive.records}:
        if "/" not in name:
            os.replace(aside / name, home / name)
    if archive.contents.database == "postgresql":
        restore_dump(aside / archive.records)
    else:
        connection.close()
        for left in home.glob("records.sqlite3*"):
            left.unlink()
        os.replace(aside / archive.records, home / archive.records)
    shutil.rmtree(aside)


def _refuse_used() -> None:
    home = Path(settings.HOME)
    if connection.introspection.table_names():
        where = "the database of DATABASE_URL" if connection.vendor == "postgresql" else str(home)
        raise ValidationError(
            f"There are records in {where} already, and nothing is ever restored over others: choose an empty "
            "JOINEDUP_HOME (and DATABASE_URL)."
        )
    is_unfinished = (home / UNFINISHED).exists()
    ours = OF_NO_ACCOUNT | ({STORE, MARK, kept_file().name} if is_unfinished else set())
    found = sorted(each.name for each in home.iterdir() if each.name not in ours) if home.is_dir() else []
    if found:
        raise ValidationError(f"{home} holds something already ({found[0]}): choose an empty JOINEDUP_HOME.")


def _refuse_strange(archive: Archive) -> None:
    if archive.contents.database != connection.vendor:
        is_postgresql = archive.contents.database == "postgresql"
        other = "PostgreSQL: set DATABASE_URL" if is_postgresql else "SQLite: unset DATABASE_URL"
        raise ValidationError(f"The records in it are from {other}, then try again.")
    loader = MigrationLoader(None, ignore_no_migrations=True)
    known = {f"{app}.{name}" for app, name in loader.disk_migrations} | set(
        map(".".join, loader.replacements)
    )
    if set(archive.contents.migrations) - known:
        raise ValidationError(
            f"It was made by a newer version ({archive.contents.version}): install that version, then restore it."
        )


def _refuse_full(home: Path, archive: Archive) -> None:
    free = shutil.disk_usage(home).free
    if archive.contents.bytes > free:
        raise ValidationError(
            f"It needs {archive.contents.bytes / 1e6:,.0f} MB, and {home} has not so much room: make room first."
        )
