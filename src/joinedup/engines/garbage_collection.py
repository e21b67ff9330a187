"""Memory that is not searched for circles of references while records are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collection_paused() -> Iterator[None]:
    """Without the search for circles of references: records refer to each other in none, and to look through some
    hundred thousand of them takes a tenth of a second each time. Of several threads in here the one that came first
    ends it."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
