"""What an outline says as SVG path data: its rings, what lies within, the same with fewer corners. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_PART = re.compile(r"([A-Za-z])|(-?\d+)")

Corner = tuple[int, int]


def rings(path: str) -> list[list[Corner]]:
    """The corners of each ring of path data of `M`, `L` (absolute), `m`, `l` (relative) and `z`, in order."""
    found: list[list[Corner]] = []
    for is_first, corner in _corners(path):
        if is_first:
            found.append([])
        found[-1].append(corner)
    return found


@lru_cache(maxsize=512)
def holds(path: str, x: float, y: float) -> bool:
    """Whether a point lies within the outline: a line from it to the right crosses its rings an odd number of times."""
    crossed = 0
    for ring in rings(path):
        for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
            crossed += (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1)
    return crossed % 2 == 1


@lru_cache(maxsize=512)
def thinned(path: str, step: int) -> str:
    """The same outline without corners nearer than `step` to the one before, and without rings that then have no
    inside: for a small map of a large area."""
    return "".join(_ring(kept) for ring in rings(path) if len(kept := _kept(ring, step)) > 2)


def _kept(ring: list[Corner], step: float) -> list[Corner]:
    kept = ring[:1]
    for x, y in ring[1:]:
        if max(abs(x - kept[-1][0]), abs(y - kept[-1][1])) >= step:
            kept.append((x, y))
    return kept


def _ring(corners: list[Corner]) -> str:
    (x, y), *others = corners
    parts = [f"M{x} {y}l"]
    for right, down in others:
        parts.append(f"{right - x} {down - y} ")
        x, y = right, down
    return "".join(parts).rstrip() + "z"


def _corners(path: str) -> Iterator[tuple[bool, Corner]]:
    at, command, pending = (0, 0), "M", None
    start = at
    for letter, number in _PART.findall(path):
        if letter in ("z", "Z"):
            at = start
        elif letter:
            command = letter
        elif pending is None:
            pending = int(number)
        else:
            step = (pending, int(number))
            pending = None
            at = (at[0] + step[0], at[1] + step[1]) if command.islower() else step
            is_first = command in "Mm"
            if is_first:
                start, command = at, "l" if command == "m" else "L"
            yield is_first, at
