"""Writers that come in crowds take turns on SQLite.

SQLite lets one writer in at a time, and the others ask again after a pause that grows to a tenth of a second: while
they sleep nobody writes. Waiting for a lock of the system instead, each goes in as soon as the one before is out.

Nobody waits there for somebody else's mail: what is handed to `after_turn` is done once the lock is free.
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
except ImportError:  # where the system has no such locks, SQLite's own pauses do
    fcntl = None  # type: ignore[assignment]


logger = logging.getLogger(__name__)


class _Turn(threading.local):
    """What this thread does once its turn is over; None while it has none."""

    later: list[Callable[[], object]] | None = None


_turn = _Turn()


@contextmanager
def in_turn() -> Iterator[None]:
    """Wait for one's turn to write. On PostgreSQL, and inside a transaction that writes already, at once."""
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
                # The change is kept, and the page says so.
                logger.exception("What was to follow a change could not be done.")


def is_in_turn() -> bool:
    """Whether this thread holds the lock that others wait for."""
    return _turn.later is not None


def after_turn(do: Callable[[], object]) -> None:
    """Do it once this thread holds no turn: at once when it holds none."""
    if _turn.later is None:
        do()
    else:
        _turn.later.append(do)
