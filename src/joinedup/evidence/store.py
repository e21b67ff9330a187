"""Observations on disk: Parquet files that never change, named by their content.

A file appears under its name whole or not at all: it is written to a temporary name, flushed to disk, and
renamed. The database row that names it makes it visible; a file that no row names is an orphan.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from joinedup.evidence.sources.contract import SCHEMA, in_order
from joinedup.late_imports import polars as pl

ASIDE = ".partial-"
# Small, so that a place's series of one indicator is in one or two groups and the rest is skipped unread.
ROWS_IN_A_GROUP = 12_000


@dataclass(frozen=True)
class StoredFile:
    name: str
    path: Path
    bytes: int
    rows: int


def write_observations(home: Path, frame: pl.DataFrame) -> StoredFile:
    """Store observations (columns of `SCHEMA`) under `home`; the same observations give the same file.

    Raises `ValueError` if the columns are not those of `SCHEMA`, `OSError` if the disk fails.
    """
    if frame.schema != pl.Schema(SCHEMA):
        raise ValueError(f"observations must have the columns {', '.join(SCHEMA)} in this order and type")
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, aside_name = tempfile.mkstemp(prefix=ASIDE, dir=home)
    aside = Path(aside_name)
    try:
        with os.fdopen(handle, "wb") as stream:
            in_order(frame).write_parquet(
                stream,
                compression="zstd",
                compression_level=3,
                row_group_size=ROWS_IN_A_GROUP,
                statistics=True,
            )
            stream.flush()
            os.fsync(stream.fileno())
        name = f"{_sha256(aside)}.parquet"
        size = aside.stat().st_size
        os.replace(aside, home / name)
        _flush_folder(home)
    finally:
        aside.unlink(missing_ok=True)
    return StoredFile(name=name, path=home / name, bytes=size, rows=frame.height)


def read_series(
    paths: Path | Sequence[Path],
    *,
    indicators: Collection[str] | None = None,
    places: Collection[str] | None = None,
    start: str | None = None,
    end: str | None = None,
) -> pl.DataFrame:
    """Observations of some indicators and places, periods from `start` to `end` inclusive (as text).

    None means all. Columns of `SCHEMA`, sorted by indicator, place, period. Only the row groups that can
    hold an answer are read.
    """
    files = [paths] if isinstance(paths, Path) else list(paths)
    if not files:
        return pl.DataFrame(schema=SCHEMA)
    wanted = [pl.lit(True)]
    for column, values in (("indicator", indicators), ("place", places)):
        if values is not None:
            several = sorted(values)
            wanted.append(pl.col(column).is_in(several))
            if several:  # bounds that the statistics of a row group can rule out
                wanted.append(pl.col(column).is_between(pl.lit(several[0]), pl.lit(several[-1])))
    if start is not None:
        wanted.append(pl.col("period") >= start)
    if end is not None:
        wanted.append(pl.col("period") <= end)
    found = pl.scan_parquet(files, use_statistics=True).filter(pl.all_horizontal(wanted)).collect()
    return in_order(found)


def orphans(home: Path, known_names: Iterable[str]) -> list[Path]:
    """Files under `home` that no name accounts for, and temporary files of an interrupted write."""
    known = set(known_names)
    if not home.is_dir():
        return []
    return sorted(
        path
        for path in home.iterdir()
        if path.is_file()
        and path.name not in known
        and (path.suffix == ".parquet" or path.name.startswith(ASIDE))
    )


def is_whole(path: Path) -> bool:
    """Whether a stored file holds what it held when it was named. OSError if it cannot be read."""
    return path.stem == _sha256(path)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _flush_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
