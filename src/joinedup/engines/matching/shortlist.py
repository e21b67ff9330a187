"""A short list for an event: as much unmet need as possible, without twelve versions of one topic."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable
from math import sqrt

from joinedup.engines.matching.opportunity import Opportunity

# How much each way of being alike counts when a second one is of less use than the first. The cell itself most:
# the aim is need covered; then variety of themes, partners (so that small ones are heard) and kinds.
ALIKE = {"cell": 1.0, "theme": 0.6, "party": 0.4, "kind": 0.2}


def shortlist(
    opportunities: Iterable[Opportunity],
    size: int,
    *,
    kinds: Collection[str] | None = None,
    alike: dict[str, float] | None = None,
) -> list[Opportunity]:
    """At most `size` opportunities, in the order chosen.

    Maximises a sum of square roots of need covered for each cell, theme, party and kind (monotone and submodular),
    by lazy greedy choice, which reaches at least 1 - 1/e of the best possible (Nemhauser, Wolsey and Fisher 1978;
    Minoux 1978). Ties go to the smaller id. Raises `ValueError` for a negative size.
    """
    if size < 0:
        raise ValueError("A short list cannot have fewer than 0 opportunities.")
    weights = ALIKE if alike is None else alike
    pool = sorted((o for o in opportunities if kinds is None or o.kind in kinds), key=lambda o: o.id)
    covered: dict[tuple[str, str], float] = {}

    def gain(each: Opportunity) -> float:
        worth = each.score / 100 * each.components.get("gap", 0.0)
        total = 0.0
        for what, value in _features(each):
            before = covered.get((what, value), 0.0)
            total += weights.get(what, 0.0) * (sqrt(before + worth) - sqrt(before))
        return total

    # A gain only ever falls as more is chosen, so an old one that is still the largest need not be worked out again.
    waiting = [(-gain(each), i, 0) for i, each in enumerate(pool)]
    heapq.heapify(waiting)
    chosen: list[Opportunity] = []
    while waiting and len(chosen) < size:
        _, i, when = heapq.heappop(waiting)
        if when < len(chosen):
            heapq.heappush(waiting, (-gain(pool[i]), i, len(chosen)))
            continue
        for what, value in _features(pool[i]):
            covered[what, value] = covered.get((what, value), 0.0) + pool[i].score / 100 * pool[
                i
            ].components.get("gap", 0.0)
        chosen.append(pool[i])
    return chosen


def _features(each: Opportunity) -> list[tuple[str, str]]:
    parties = [("party", p) for p in each.parties if not p.startswith("sector:")]
    return [("cell", f"{each.place} {each.theme}"), ("theme", each.theme), ("kind", each.kind), *parties]
