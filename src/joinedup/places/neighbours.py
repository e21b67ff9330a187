"""Which places border on each other, told from their outlines."""

from __future__ import annotations

from collections.abc import Collection
from itertools import combinations

from joinedup.places.models import Outline
from joinedup.places.outline_path import rings

# Outlines are simplified together, so that neighbours have the corners of their border in common.
COMMON_CORNERS = 2


def neighbours_of(codes: Collection[str]) -> dict[str, set[str]]:
    """{code: the others of `codes` that border on it}; none for a place without an outline. 1 query."""
    outlines = Outline.objects.filter(place__in=codes)
    corners = {
        each.place_id: frozenset(corner for ring in rings(each.path) for corner in ring) for each in outlines
    }
    found: dict[str, set[str]] = {code: set() for code in codes}
    for one, other in combinations(sorted(corners), 2):
        if len(corners[one] & corners[other]) >= COMMON_CORNERS:
            found[one].add(other)
            found[other].add(one)
    return found
