"""The file that `joinedup backup` writes: a zip of the records, the store and `contents.json`, which says what each
part has to be. Reading one writes nothing; what is damaged, cut short or no backup gets one sentence."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from django.core.exceptions import ValidationError

from joinedup.site.owner_only import name_once

FORMAT = 1
CONTENTS = "contents.json"
KEY = "secret-key"
# What stands for the records, by Django's name of the database.
RECORDS = {"sqlite": "records.sqlite3", "postgresql": "records.dump"}
STORE = "store"
# Nothing that could be written outside the folder that it is restored to, nor hidden there.
SAFE = re.compile(r"(store/)?[A-Za-z0-9][A-Za-z0-9._-]*")
IN_PIECES = 1 << 20


@dataclass(frozen=True)
class Contents:
    """What an archive holds. `tables`: rows by table, as they were at one moment; `files`: size in bytes and SHA-256 by
    name; `missing`: files of the store that were gone already when it was made."""

    version: str
    made_at: str
    database: str
    migrations: list[str]
    tables: dict[str, int]
    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    @property
    def moment(self) -> str:
        return f"{datetime.datetime.fromisoformat(self.made_at):%d/%m/%Y %H:%M}"

    @property
    def rows(self) -> int:
        return sum(self.tables.values())

    @property
    def bytes(self) -> int:
        return sum(size for size, _ in self.files.values())


def sha256(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := stream.read(IN_PIECES):
        digest.update(piece)
    return digest.hexdigest()


def write_archive(to: Path, contents: Contents, parts: Mapping[str, Path], folder: Path) -> Contents:
    """Write `parts` (files by their name in the archive) to `to`, readable by its owner only; under its name it is
    whole or not there, since it is made in `folder`, on the same disk. `contents` comes back with what the parts are.
    FileExistsError if there is such a file."""
    aside = folder / "whole.zip"
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
                for name, path in parts.items():
                    contents.files[name] = _add(archive, name, path)
                archive.writestr(
                    CONTENTS, json.dumps({"format": FORMAT, **asdict(contents)}, indent=1, sort_keys=True)
                )
            stream.flush()
            os.fsync(stream.fileno())
        name_once(aside, to)
    finally:
        aside.unlink(missing_ok=True)
    return contents


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> tuple[int, str]:
    """What is written is what is summed, whatever becomes of the file meanwhile."""
    digest, size = hashlib.sha256(), 0
    entry = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
    # Parquet and dumps are compressed already.
    is_packed = path.suffix in {".parquet", ".dump"}
    entry.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
    with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as part:
        while piece := source.read(IN_PIECES):
            digest.update(piece)
            size += len(piece)
            part.write(piece)
    return size, digest.hexdigest()


class Archive:
    """An archive opened for reading, of which every part was compared with its sum. Use it with `with`."""

    def __init__(self, path: Path) -> None:
        """ValidationError if it is damaged, cut short, or no backup of ours; OSError if it cannot be read."""
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except zipfile.BadZipFile as error:
            raise self._damaged() from error
        try:
            self.contents = self._read_contents()
            self._compare()
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            KeyError,
            TypeError,
            ValueError,
            NotImplementedError,
        ) as error:
            self._zip.close()
            raise self._damaged() from error
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    @property
    def records(self) -> str:
        """The name of the part that stands for the records."""
        return RECORDS[self.contents.database]

    def write_part(self, name: str, to: Path) -> None:
        """Write one part to a new file, readable by its owner only, and flush it to the disk. ValidationError if the
        archive was changed since it was opened."""
        digest = hashlib.sha256()
        descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file, self._zip.open(name) as part:
                while piece := part.read(IN_PIECES):
                    digest.update(piece)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise self._damaged() from error
        if digest.hexdigest() != self.contents.files[name][1]:
            raise self._damaged()

    def _read_contents(self) -> Contents:
        said: dict[str, Any] = json.loads(self._zip.read(CONTENTS))
        if said.pop("format") != FORMAT:
            raise ValidationError(
                f"{self.path} was written by a newer version of JoinedUp: install that version, then try again."
            )
        said["files"] = {name: (int(size), str(digest)) for name, (size, digest) in said["files"].items()}
        contents = Contents(**said)
        names = [each for each in self._zip.namelist() if each != CONTENTS]
        if sorted(names) != sorted(contents.files) or RECORDS[contents.database] not in contents.files:
            raise ValueError("parts are missing, or nobody named them")
        if not all(SAFE.fullmatch(each) for each in names):
            raise ValueError("a name that leads elsewhere")
        return contents

    def _compare(self) -> None:
        for name, (size, digest) in self.contents.files.items():
            if self._zip.getinfo(name).file_size != size:
                raise ValueError(f"{name} has another size")
            with self._zip.open(name) as part:
                if sha256(part) != digest:
                    raise ValueError(f"{name} was changed")

    def _damaged(self) -> ValidationError:
        return ValidationError(
            f"{self.path} is damaged, not whole, or no backup of JoinedUp, and nothing was written: use another copy."
        )
