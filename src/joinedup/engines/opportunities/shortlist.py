"""A short list for an event: as much distinct need as possible, without twelve versions of one topic."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from math import sqrt
from typing import TypeVar

from joinedup.engines.opportunities.move import PRACTICAL, Move, Opportunity

T = TypeVar("T", bound=Move | Opportunity)
# How much each way of being alike counts when a second one is of less use than the first. Theme in a place most: the
# aim is need covered; then variety of themes, partners (so that small ones are heard) and kinds.
ALIKE = {"cell": 1.0, "theme": 0.6, "party": 0.4, "kind": 0.2}


def shortlist(found: Iterable[T], size: int) -> list[T]:
    """At most `size` opportunities or moves, in the order chosen.

    Maximises a sum of square roots of strength covered for each theme in a place, theme, party and kind (monotone and
    submodular), by lazy greedy choice, which reaches at least 1 - 1/e of the best possible (Nemhauser, Wolsey and
    Fisher 1978; Minoux 1978). Ties go to the smaller id, which is a hash. Raises `ValueError` for a negative size.
    """
    if size < 0:
        raise ValueError("A short list cannot have fewer than 0 opportunities.")
    pool = sorted(found, key=lambda each: each.id)
    covered: dict[tuple[str, str], float] = {}

    def gain(each: T) -> float:
        total = 0.0
        for feature in _features(each):
            before = covered.get(feature, 0.0)
            total += ALIKE[feature[0]] * (sqrt(before + _worth(each)) - sqrt(before))
        # So that equals are equal, in whatever order their parts were added.
        return round(total, 9)

    # A gain only ever falls as more is chosen, so an old one that is still the largest need not be worked out again.
    waiting = [(-gain(each), number, 0) for number, each in enumerate(pool)]
    heapq.heapify(waiting)
    chosen: list[T] = []
    while waiting and len(chosen) < size:
        _, number, when = heapq.heappop(waiting)
        each = pool[number]
        if when < len(chosen):
            heapq.heappush(waiting, (-gain(each), number, len(chosen)))
            continue
        for feature in _features(each):
            covered[feature] = covered.get(feature, 0.0) + _worth(each)
        chosen.append(each)
    return chosen


def _worth(each: Move | Opportunity) -> float:
    return each.strength if isinstance(each, Move) else each.score / 100


def _features(each: Move | Opportunity) -> list[tuple[str, str]]:
    moves: Sequence[Move] = [each] if isinstance(each, Move) else each.moves
    theme = each.theme or PRACTICAL
    return [
        *(("cell", f"{place} {theme}") for place in each.places),
        ("theme", theme),
        *(("party", party) for party in sorted({party for move in moves for party in move.partners})),
        *(("kind", kind) for kind in sorted({move.kind for move in moves})),
    ]
