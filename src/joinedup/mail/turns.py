"""Many writers at once take turns on SQLite.

SQLite allows one writer at a time, and the others retry after a pause that grows to a tenth of a second:
while they sleep nobody writes. Waiting for a file lock instead, each starts as soon as the one before is
done. Mails are stored in the turn and sent after it, so nobody waits there for a mail server.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from joinedup.at_work import while_waiting

try:
    import fcntl
except ImportError:  # where the system has no such locks, SQLite's own pauses have to do
    fcntl = None  # type: ignore[assignment]


# Seconds in which those who wait get their turn: SQLite asks ten times a second.
PAUSE = 0.12


class _Turn(threading.local):
    """Whether this thread has the turn."""

    is_held = False


_turn = _Turn()


@contextmanager
def in_turn() -> Iterator[None]:
    """Wait for a turn to write. No waiting on PostgreSQL, or inside a transaction that writes already."""
    if fcntl is None or connection.vendor != "sqlite" or connection.in_atomic_block or _turn.is_held:
        yield
        return
    _turn.is_held = True
    try:
        with (settings.HOME / "turns.lock").open("a") as queue:
            fcntl.flock(queue, fcntl.LOCK_EX)
            yield
    finally:
        _turn.is_held = False


def let_others_write() -> None:
    """Between two steps of something large: a pause in which others write. None on PostgreSQL, or inside a
    transaction."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with while_waiting():
            time.sleep(PAUSE)
