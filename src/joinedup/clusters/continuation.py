"""Whether a cluster is new, or continues one that an earlier scan found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any

Areas = Set[str]


def carried_on(now: Sequence[Areas], before: Mapping[int, Areas]) -> list[int | None]:
    """For the areas of each cluster, the earlier cluster that it continues; None if it is new.

    `before`: the areas of the previous scan's clusters, by any number. A cluster continues one with which it
    shares at least half of the areas of the smaller of the two; if there are several, the one that shares
    most, then the first given.
    """
    return [_earlier(areas, before) for areas in now]


def _earlier(areas: Areas, before: Mapping[int, Areas]) -> int | None:
    alike = [number for number, others in before.items() if overlap(areas, others)]
    return max(alike, key=lambda number: len(areas & before[number]), default=None)


def overlap(one: Set[Any], other: Set[Any]) -> bool:
    """Whether they share at least half of the smaller one."""
    return 2 * len(one & other) >= min(len(one), len(other)) > 0
