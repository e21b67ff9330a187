"""Which places border on each other, told from their outlines."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import combinations

from joinedup.places.models import Outline

_PART = re.compile(r"([A-Za-z])|(-?\d+)")
# Outlines are simplified together, so that neighbours have the corners of their border in common.
COMMON_CORNERS = 2

Corner = tuple[int, int]


def neighbours_of(codes: Collection[str]) -> dict[str, set[str]]:
    """{code: the others of `codes` that border on it}; none for a place without an outline. 1 query."""
    outlines = Outline.objects.filter(place__in=codes)
    corners = {each.place_id: frozenset(_corners(each.path)) for each in outlines}
    found: dict[str, set[str]] = {code: set() for code in codes}
    for one, other in combinations(sorted(corners), 2):
        if len(corners[one] & corners[other]) >= COMMON_CORNERS:
            found[one].add(other)
            found[other].add(one)
    return found


def _corners(path: str) -> Iterator[Corner]:
    """The corners of SVG path data of `M`, `L` (absolute), `m`, `l` (relative) and `z`."""
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
            if command in "Mm":
                start, command = at, "l" if command == "m" else "L"
            yield at
