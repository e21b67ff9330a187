"""What only the user that runs the site may read: everything in its home."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def private_folder(folder: Path) -> None:
    """Make a folder that only its owner may enter; one that is there stays as it is."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def private_file(path: Path) -> None:
    """Make an empty file that only its owner may read, unless it is there: SQLite gives what it writes beside its file
    the same rights."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return


def name_once(aside: Path, to: Path) -> None:
    """Give a finished file its name, beside the one that it was written under. FileExistsError if there is such a file:
    unlike a rename, this never replaces one."""
    try:
        os.link(aside, to)
    except FileExistsError:
        raise
    except OSError:
        # Disks of a network, and some of other systems, know no second name for a file.
        if to.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(to)) from None
        os.rename(aside, to)


def open_to_others(home: Path) -> Iterator[Path]:
    """The files of an installation that other users of the machine may read: none where they may not enter the home."""
    if not home.stat().st_mode & OTHERS:
        return
    for path in (*home.glob("records.sqlite3*"), home / "secret-key", *_store(home / "store")):
        if path.exists() and path.stat().st_mode & OTHERS:
            yield path


def _store(store: Path) -> Iterator[Path]:
    if store.is_dir() and store.stat().st_mode & OTHERS:
        yield from sorted(store.glob("*.parquet"))
