"""Who works with whom as a picture: partners on a circle by sector, and lines between them. Pure.

Lengths are in the units of the picture's own box, the centre is 0, 0 and y runs downwards. The same partners in
the same order give the same picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

RADIUS = 300
# Outside the dots stand their numbers, then the arc of their sector, then its letter.
NUMBER_AT, ARC_AT, LETTER_AT = 328, 352, 374
BOX = 392
# How far a line bends towards the centre: 1 not at all, 0 through it. Two lines of one pair bend apart.
BENDS = {"recorded": 0.35, "joint": 0.6}


@dataclass(frozen=True)
class Dot:
    number: int
    x: float
    y: float
    number_x: float
    number_y: float


@dataclass(frozen=True)
class Group:
    """The arc beside the dots of one sector, and where its letter stands."""

    letter: str
    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Line:
    kind: str
    path: str


@dataclass(frozen=True)
class Circle:
    view_box: str
    dots: list[Dot]
    groups: list[Group]
    lines: list[Line]
    spokes: list[str]


def letter(number: int) -> str:
    """A, B, C… for 0, 1, 2…: AA after Z."""
    return letter(number // 26 - 1) + chr(65 + number % 26) if number > 25 else chr(65 + number)


def draw(sizes: Sequence[int], lines: Iterable[tuple[int, int, str]], seated: Iterable[int]) -> Circle:
    """`sizes`: dots in each group, in order. `lines`: pairs of dots (counted from 0) and a kind of `BENDS`.
    `seated`: the dots that a thin spoke joins to the middle, where the table of the duty is."""
    gap = 1 if len(sizes) > 1 else 0
    slots = max(sum(sizes) + gap * len(sizes), 1)
    starts = list(accumulate((size + gap for size in sizes), initial=0))
    slot_of = [starts[g] + n for g, size in enumerate(sizes) for n in range(size)]
    at = [_point(RADIUS, slot / slots) for slot in slot_of]
    outside = [_point(NUMBER_AT, slot / slots) for slot in slot_of]
    return Circle(
        view_box=f"{-BOX} {-BOX} {2 * BOX} {2 * BOX}",
        dots=[
            Dot(n, *point, *label) for n, (point, label) in enumerate(zip(at, outside, strict=True), start=1)
        ],
        groups=[
            _group(letter(g), start / slots, (start + size - 1) / slots)
            for g, (start, size) in enumerate(zip(starts, sizes, strict=False))
        ],
        lines=[Line(kind, _bent(at[a], at[b], BENDS[kind])) for a, b, kind in lines],
        spokes=[f"M0 0L{x} {y}" for x, y in (at[n] for n in seated)],
    )


def _point(radius: float, turn: float) -> tuple[float, float]:
    """A point on a circle; `turn` 0 to 1 from the top, clockwise."""
    angle = 2 * math.pi * turn - math.pi / 2
    return round(radius * math.cos(angle), 1), round(radius * math.sin(angle), 1)


def _bent(a: tuple[float, float], b: tuple[float, float], bend: float) -> str:
    x, y = (a[0] + b[0]) / 2 * bend, (a[1] + b[1]) / 2 * bend
    return f"M{a[0]} {a[1]}Q{x:.1f} {y:.1f} {b[0]} {b[1]}"


def _group(name: str, first: float, last: float) -> Group:
    # A little beyond the first and the last dot, so that one dot alone has an arc too.
    first, last = first - 0.004, last + 0.004
    start, stop = _point(ARC_AT, first), _point(ARC_AT, last)
    wide = int(last - first > 0.5)
    x, y = _point(LETTER_AT, (first + last) / 2)
    return Group(name, f"M{start[0]} {start[1]}A{ARC_AT} {ARC_AT} 0 {wide} 1 {stop[0]} {stop[1]}", x, y)
