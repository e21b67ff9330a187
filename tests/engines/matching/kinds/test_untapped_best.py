"""Which candidates are worth scoring is decided by a bound; the slow twin scores them all."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from joinedup.engines.matching import Tables, Weights, opportunities
from joinedup.engines.matching.kinds.untapped_support.rule import MANY
from tests.engines.matching.making import AS_OF, need, offer, partner, place, tables
from tests.engines.matching.test_properties import PARTNERS, PLACES, SECTORS, THEMES, trying

PARENT = {"w1": "b1", "w2": "b1", "w3": "b2"}
share = st.floats(0, 1)


@st.composite
def many_offers(draw: st.DrawFn) -> Tables:
    """More offers than are kept for a place; some by partners who are linked to those who could use them."""
    who = st.sampled_from(PARTNERS)
    offers: list[dict[str, Any]] = [
        offer(f"o{i:02d}", *draw(st.lists(st.sampled_from(SECTORS), max_size=2)))
        | {
            "provider": draw(st.sampled_from(["Home Office", *PARTNERS])),
            "via_sectors": draw(st.lists(st.sampled_from(SECTORS), max_size=1)),
            "themes": draw(st.lists(st.sampled_from(THEMES), max_size=2)),
            "places": draw(st.lists(st.sampled_from(PLACES), max_size=1)),
            "closes": draw(
                st.one_of(st.none(), st.integers(0, 300).map(lambda n: AS_OF + timedelta(days=n)))
            ),
            "last_checked": draw(st.sampled_from([None, AS_OF])),
        }
        for i in range(draw(st.integers(3, 14)))
    ]
    pairs = st.tuples(who, who).filter(lambda pair: pair[0] < pair[1])
    return tables(
        places=[place(code, PARENT.get(code), population=100) for code in PLACES],
        needs=[need(p, t, draw(st.sampled_from([0.2, 0.6, 0.9])), 100) for p in PLACES for t in THEMES],
        partners=[
            partner(
                code, draw(st.sampled_from(SECTORS)), *draw(st.lists(st.sampled_from(PLACES), max_size=3))
            )
            for code in PARTNERS
        ],
        offers=offers,
        links=[
            {"partner_a": a, "partner_b": b, "strength": s}
            for (a, b), s in draw(st.dictionaries(pairs, share, min_size=4, max_size=10)).items()
        ],
        mix=[{"theme": t, "sector": s, "weight": draw(share)} for t in THEMES for s in SECTORS],
    )


@trying
@given(
    many_offers(),
    st.integers(1, 4),
    st.sampled_from([Weights(), Weights(0.1, 0.1, 0.1, 0.1, 0.9), Weights(1, 0, 0, 1, 0)]),
)
def test_the_best_few_are_the_best_of_all(world: Tables, keep: int, weights: Weights) -> None:
    kinds = ["untapped_support"]
    every = opportunities(world, AS_OF, kinds=kinds, per_place_and_kind=MANY + 1, weights=weights)
    taken: Counter[str] = Counter()
    best = []
    for each in every:
        taken[each.place] += 1
        if taken[each.place] <= keep:
            best.append(each.as_dict())
    few = opportunities(world, AS_OF, kinds=kinds, per_place_and_kind=keep, weights=weights)
    assert [each.as_dict() for each in few] == best


def test_a_link_that_weakens_one_does_not_keep_out_another() -> None:
    """Were there no link, the partner's own fund would score higher: it is not, and the other has its place."""
    world = tables(
        places=[place("b")],
        needs=[need("b")],
        partners=[partner("club", "vcs", "b", themes=["exclusion"]), partner("funder", "health")],
        offers=[
            offer("known", "vcs", provider="funder", closes=AS_OF + timedelta(days=10)),
            offer("new", "vcs", closes=AS_OF + timedelta(days=60)),
        ],
        links=[{"partner_a": "club", "partner_b": "funder", "strength": 1.0}],
    )
    (only,) = opportunities(world, AS_OF, kinds=["untapped_support"], per_place_and_kind=1)
    assert only.offers == ["new"]
