"""Outlines as path data: their rings, what lies within, and the same with fewer corners."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from joinedup.places.outline_path import holds, rings, thinned

SQUARE_WITH_A_HOLE = "M0 0l90 0 0 90-90 0zM30 30L60 30L60 60L30 60z"
corners = st.tuples(st.integers(-500, 500), st.integers(-500, 500))


def test_rings_are_read_from_absolute_and_relative_steps() -> None:
    assert rings(SQUARE_WITH_A_HOLE) == [
        [(0, 0), (90, 0), (90, 90), (0, 90)],
        [(30, 30), (60, 30), (60, 60), (30, 60)],
    ]
    assert rings("m5-5 10 0z") == [[(5, -5), (15, -5)]]
    assert rings("") == []


def test_a_point_lies_within_but_not_in_a_hole() -> None:
    told = {point: holds(SQUARE_WITH_A_HOLE, *point) for point in ((10, 10), (45, 45), (80, 45), (95, 45))}
    assert told == {(10, 10): True, (45, 45): False, (80, 45): True, (95, 45): False}


def test_corners_that_are_near_and_rings_without_an_inside_are_left_out() -> None:
    assert rings(thinned("M0 0l2 0 48 0 0 50-50 0zM80 80l3 0 0 3z", 5)) == [
        [(0, 0), (50, 0), (50, 50), (0, 50)]
    ]


@given(st.lists(corners, min_size=3, max_size=30), st.integers(1, 60))
def test_what_is_left_are_corners_of_before_in_their_order_and_apart(
    ring: list[tuple[int, int]], step: int
) -> None:
    path = "M" + "L".join(f"{x} {y}" for x, y in ring) + "z"
    for kept in rings(thinned(path, step)):
        rest = iter(ring)
        assert all(corner in rest for corner in kept)
        assert all(max(abs(a[0] - b[0]), abs(a[1] - b[1])) >= step for a, b in pairwise(kept))
