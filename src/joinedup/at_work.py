"""How many of the threads that answer compute at the same time.

Two: more of them take the interpreter from each other at each question to the database, and all of them take longer
(docs/decisions/two-compute-at-a-time.md). A thread that waits for another machine or process leaves its place to one
that has something to do.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_A_TIME = 2


class _Mine(threading.local):
    """Whether this thread has a place."""

    is_held = False


_places = threading.BoundedSemaphore(AT_A_TIME)
_mine = _Mine()


@contextmanager
def at_work() -> Iterator[None]:
    """Wait for a place, and have it."""
    with _places:
        _mine.is_held = True
        try:
            yield
        finally:
            _mine.is_held = False


@contextmanager
def while_waiting() -> Iterator[None]:
    """For what waits for another machine or process. Nothing changes for a thread without a place, such as the
    worker's."""
    if not _mine.is_held:
        yield
        return
    _mine.is_held = False
    _places.release()
    try:
        yield
    finally:
        _places.acquire()
        _mine.is_held = True
