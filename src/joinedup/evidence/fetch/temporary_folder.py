"""A folder for what is being downloaded: gone when it is done, and after a kill with the next run."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "fetching-"


@contextmanager
def temporary_folder(home: Path) -> Iterator[Path]:
    """A new folder under `home`, deleted with all that is in it afterwards.

    Folders of runs that were killed are deleted first: nobody holds their lock any more. Those of other runs that
    still go on stay. Raises `OSError`.
    """
    home.mkdir(parents=True, exist_ok=True)
    with _locked(home, wait=True):  # nobody takes a folder for an abandoned one before its own lock is held
        for left in home.glob(f"{PREFIX}*"):
            _delete_abandoned(left)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=home))
        lock = _lock(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _delete_abandoned(folder: Path) -> None:
    try:
        with _locked(folder, wait=False):
            shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        return  # in use, or gone by now


@contextmanager
def _locked(folder: Path, wait: bool) -> Iterator[None]:
    handle = _lock(folder, wait)
    try:
        yield
    finally:
        os.close(handle)


def _lock(folder: Path, wait: bool = False) -> int:
    """Holds until it is closed, or the process ends in whatever way. Raises `BlockingIOError` if another has it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        os.close(handle)
        raise
    return handle
