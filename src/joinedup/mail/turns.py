"""Many writers at once take turns on SQLite.

SQLite allows one writer at a time, and the others retry after a pause that grows to a tenth of a second:
while they sleep nobody writes. Waiting for a file lock instead, each starts as soon as the one before is
done. Nobody waits there for somebody else's mail: `after_turn` calls are made once the lock is free.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

try:
    import fcntl
except ImportError:  # where the system has no such locks, SQLite's own pauses have to do
    fcntl = None  # type: ignore[assignment]


logger = logging.getLogger(__name__)


class _Turn(threading.local):
    """What this thread does once its turn is over; None outside a turn."""

    later: list[Callable[[], object]] | None = None


_turn = _Turn()


@contextmanager
def in_turn() -> Iterator[None]:
    """Wait for a turn to write. No waiting on PostgreSQL, or inside a transaction that writes already."""
    if (
        fcntl is None
        or connection.vendor != "sqlite"
        or connection.in_atomic_block
        or _turn.later is not None
    ):
        yield
        return
    later: list[Callable[[], object]] = []
    _turn.later = later
    try:
        with (settings.HOME / "turns.lock").open("a") as queue:
            fcntl.flock(queue, fcntl.LOCK_EX)
            yield
    finally:
        _turn.later = None
        for do in later:
            try:
                do()
            except Exception:
                # The change is committed, and the page says so.
                logger.exception("What was to follow a change could not be done.")


def after_turn(do: Callable[[], object]) -> None:
    """Call `do` once this thread's turn is over: at once if it has none."""
    if _turn.later is None:
        do()
    else:
        _turn.later.append(do)
