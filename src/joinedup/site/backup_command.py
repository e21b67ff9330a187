"""Makes a backup while the site runs, and proves one by restoring it to a temporary place."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from joinedup import __version__
from joinedup.engines.words import counted
from joinedup.evidence import observations
from joinedup.evidence.models import Dataset
from joinedup.offline.temporary_folder import temporary_folder
from joinedup.places.demonstration import MARK
from joinedup.places.postcodes import kept_file
from joinedup.site.backup_archive import KEY, RECORDS, STORE, Archive, Contents, write_archive
from joinedup.site.records_copy import copy_records, count_dump, count_rows
from joinedup.site.serve_command import refuse_empty

UNFINISHED = ".joinedup-backup-"


@dataclass(frozen=True)
class Made:
    path: Path
    contents: Contents

    @property
    def sentences(self) -> list[str]:
        """What it holds, what it lacks, and what a restore needs besides."""
        contents = self.contents
        said = [
            f"{self.path}: {described(contents)}, all as they were at one moment. It holds personal details: keep it "
            "as you keep the records."
        ]
        if contents.missing:
            said.append(
                f"{counted(len(contents.missing), 'file')} of the store could not be put in, because they are gone: "
                "see “joinedup check”."
            )
        said.append(
            "The key is in it: whoever has the file can make the links of every mail."
            if KEY in contents.files
            else "The key is not in it: keep secret-key (or SECRET_KEY) elsewhere. Without it a restored site works, "
            "but links in mails that were sent before do not."
        )
        return said


def described(contents: Contents) -> str:
    files = sum(name.startswith(f"{STORE}/") for name in contents.files)
    return (
        f"{counted(contents.rows, 'record')} in {counted(len(contents.tables), 'table')}, "
        f"{counted(files, 'file')} of observations"
    )


def back_up(to: Path, *, with_key: bool = False) -> Made:
    """Write a backup to the file `to`, or under a name with the time into the folder `to`.

    ValidationError if there is nothing to back up or such a file already; OSError if it cannot be written.
    """
    refuse_empty()
    now = timezone.localtime()
    if to.is_dir():
        to = to / f"joinedup-{now:%Y-%m-%d-%H%M%S}.zip"
    if to.exists():
        raise ValidationError(f"{to} is there already: name another file, or a folder.")
    if not to.parent.is_dir():
        raise ValidationError(f"There is no folder {to.parent}: make it first.")
    # It holds a copy of the records: what a killed backup left is deleted by the next one.
    with temporary_folder(to.parent, UNFINISHED) as folder:
        records = folder / RECORDS[connection.vendor]
        # Before and after, so that no file is left out that the records name as they are copied. Files never change, so
        # one that is too many does no harm.
        named = _files_named()
        tables = copy_records(records)
        named |= _files_named()
        store = {name: observations.home() / name for name in sorted(named)}
        contents = Contents(
            version=__version__,
            made_at=now.isoformat(timespec="seconds"),
            database=connection.vendor,
            migrations=sorted(
                f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()
            ),
            tables=tables,
            missing=[name for name, path in store.items() if not path.is_file()],
        )
        parts = {records.name: records}
        parts |= {f"{STORE}/{name}": path for name, path in store.items() if path.is_file()}
        besides = [MARK, kept_file().name, *([KEY] if with_key else [])]
        parts |= {name: settings.HOME / name for name in besides if (settings.HOME / name).is_file()}
        if with_key and KEY not in parts:
            raise ValidationError("The key is not in the home but in SECRET_KEY: keep it where that is set.")
        return Made(to, write_archive(to, contents, parts, folder))


def prove(path: Path) -> Contents:
    """Restore an archive to a temporary place and compare every table and file with what it held when it was made.

    ValidationError says what differs, or why it cannot be restored here.
    """
    with Archive(path) as archive, tempfile.TemporaryDirectory(prefix="joinedup-check-") as folder:
        contents = archive.contents
        if contents.database == "postgresql" and connection.vendor != "postgresql":
            raise ValidationError(
                "The records in it are from PostgreSQL: set DATABASE_URL to a server where they may be restored for a "
                "moment."
            )
        (Path(folder) / STORE).mkdir()
        for name in contents.files:
            archive.write_part(name, Path(folder) / name)
        count = count_dump if contents.database == "postgresql" else count_rows
        found = count(Path(folder) / archive.records)
    differs = sorted(
        name for name in found.keys() | contents.tables.keys() if found.get(name) != contents.tables.get(name)
    )
    if differs:
        raise ValidationError(
            f"{path} is not what it says: the tables {', '.join(differs[:5])} have other numbers of rows."
        )
    return contents


def _files_named() -> set[str]:
    return set(Dataset.objects.values_list("stored_as", flat=True))
