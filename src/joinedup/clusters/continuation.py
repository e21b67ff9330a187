"""Whether a cluster is something new, or carries on what an earlier scan found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

Areas = Set[str]


def carried_on(now: Sequence[Areas], before: Mapping[int, Areas]) -> list[int | None]:
    """For the areas of each cluster, the earlier cluster that it carries on; None where it is new.

    `before`: the areas of the clusters of the scan before, by any number. A cluster carries on one that shares at
    least half of the areas of the smaller of the two: of several the one that shares most, then the first given.
    """
    return [_earlier(areas, before) for areas in now]


def _earlier(areas: Areas, before: Mapping[int, Areas]) -> int | None:
    shared = {number: len(areas & others) for number, others in before.items()}
    alike = [n for n, others in before.items() if 2 * shared[n] >= min(len(areas), len(others)) > 0]
    return max(alike, key=lambda number: shared[number], default=None)
