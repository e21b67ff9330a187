"""Whether a worker runs: it says so at each look, and is forgotten soon after it has gone."""

from __future__ import annotations

from django.core.cache import cache

WORKER_SEEN, SEEN_FOR = "worker-seen", 60


def note_worker() -> None:
    cache.set(WORKER_SEEN, True, SEEN_FOR)


def forget_worker() -> None:
    """It has done its work once, and is gone."""
    cache.delete(WORKER_SEEN)


def worker_was_seen() -> bool:
    """Within the last minute."""
    return bool(cache.get(WORKER_SEEN))
