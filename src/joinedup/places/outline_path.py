"""The rings of an outline, from its SVG path data. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

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
