"""Writers that come in crowds take turns on SQLite.

SQLite lets one writer in at a time, and the others ask again after a pause that grows to a tenth of a second: while
they sleep nobody writes. Waiting for a lock of the system instead, each goes in as soon as the one before is out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

try:
    import fcntl
except ImportError:  # where the system has no such locks, SQLite's own pauses do
    fcntl = None  # type: ignore[assignment]


@contextmanager
def in_turn() -> Iterator[None]:
    """Wait for one's turn to write. On PostgreSQL, and inside a transaction that writes already, at once."""
    if fcntl is None or connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with (settings.HOME / "turns.lock").open("a") as queue:
        fcntl.flock(queue, fcntl.LOCK_EX)
        yield
