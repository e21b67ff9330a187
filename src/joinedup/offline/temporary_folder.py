"""A folder for what is being made or downloaded: gone when it is done, and after a kill with the next run."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# What a shared folder on another machine says where it has no locks for folders.
NO_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EBADF, errno.EINVAL}


@contextmanager
def temporary_folder(home: Path, prefix: str) -> Iterator[Path]:
    """A new folder under `home`, deleted with all that is in it afterwards; its name begins with `prefix`.

    Folders of runs that were killed are deleted first: nobody holds their lock any more. Those of other runs that
    still go on stay. Where the file system knows no locks, none is deleted. Raises `OSError`.
    """
    home.mkdir(parents=True, exist_ok=True)
    folder, lock = _made(home, prefix)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def _made(home: Path, prefix: str) -> tuple[Path, int | None]:
    try:
        # Nobody takes a folder for an abandoned one before its own lock is held.
        with _locked(home, wait=True):
            for left in home.glob(f"{prefix}*"):
                _delete_abandoned(left)
            folder = Path(tempfile.mkdtemp(prefix=prefix, dir=home))
            return folder, _lock(folder)
    except OSError as error:
        if error.errno not in NO_LOCKS:
            raise
    return Path(tempfile.mkdtemp(prefix=prefix, dir=home)), None


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
