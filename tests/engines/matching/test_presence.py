"""Who fits where, against a slow twin; who acts; which registers are known."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from joinedup.engines.matching import WEIGHTS, normalise
from joinedup.engines.matching.presence import acting, partnered, register_known
from joinedup.engines.matching.scene import Scene
from joinedup.engines.matching.world import World, build
from tests.engines.matching.making import AS_OF, LONG_AGO, Rows, initiative, mix, need, partner, place, tables

CODES = ["b", "c", "w1", "w2"]
PLACES = [place("b"), place("c"), place("w1", "b", population=100), place("w2", "b", population=300)]


def built(partners: Rows, initiatives: Rows | None = None) -> World:
    world = tables(
        places=PLACES,
        needs=[need("b")],
        partners=partners,
        initiatives=initiatives or [],
        mix=[*mix(police=0.9, vcs=0.4), {"theme": "drugs", "sector": "police", "weight": 0.2}],
    )
    return build(normalise(world)[0], AS_OF)


def slow(world: World, p: int, t: int, s: int) -> tuple[str | None, float]:
    """The best partner as the rule reads: theme match, freshness and part, then small footprint, then id."""
    tree = world.tree
    leaves = {q: {r for r in range(q, int(tree.end[q])) if tree.children[r] == 0} for q in range(tree.size)}
    best: list[tuple[float, float, str, float]] = []
    for row in world.partners.frame.iter_rows(named=True):
        if row["sector"] != world.sectors[s] or not row["places"]:
            continue
        where = set().union(*(leaves[tree.codes.index(code)] for code in row["places"]))
        if not where & leaves[p]:
            continue
        themed = world.themes[t] in (row["themes"] or [])
        if row["themes"] and not themed:
            continue
        factor = 1.0 if themed else 0.7
        factor *= 0.8 if row["confirmed"] == LONG_AGO else 1.0
        factor *= 1.0 if leaves[p] <= where else 0.7
        weight = float(world.mix[t, s])
        worth = factor * (max(weight, 0.5) if themed else weight)
        best.append((-round(factor, 9), sum(float(tree.weight[q]) for q in where), row["id"], worth))
    if not best:
        return None, 0.0
    first = min(best)
    return first[2], first[3]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["police", "vcs"]),
            st.lists(st.sampled_from(CODES), unique=True, max_size=3),
            st.sampled_from([None, ["exclusion"], ["drugs"], ["drugs", "exclusion"]]),
            st.sampled_from([None, LONG_AGO, AS_OF]),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_agrees_with_the_slow_twin(drawn: Any) -> None:
    rows = [
        partner(f"p{i}", sector, *where, themes=themes, confirmed=when)
        for i, (sector, where, themes, when) in enumerate(drawn)
    ]
    world = built(rows)
    found = partnered(world)
    ids = world.partners.frame["id"].to_list()
    for p, t, s in np.ndindex(found.partner.shape):
        who, worth = slow(world, p, t, s)
        number = int(found.partner[p, t, s])
        assert (ids[number] if number >= 0 else None) == who
        assert found.value[p, t, s] == pytest.approx(worth, abs=1e-6)


def test_a_theme_that_guidance_is_silent_on_needs_everybody_half() -> None:
    world = built([partner("p", "vcs", "b", themes=["online harm"])])
    assert world.mix[world.themes.index("online harm")].tolist() == [0.5, 0.5]


def test_sectors_at_work_hold_in_parts_and_show_in_the_whole() -> None:
    partners = [partner("p", "police", "b"), partner("q", "vcs", "b")]
    world = built(
        partners, [initiative("i", "p", "w1", co_partners=["q"]), initiative("j", "p", "b", reach_per_year=5)]
    )
    now, codes = acting(world), world.tree.codes
    at = world.themes.index("exclusion")
    there = {(codes[p], world.sectors[s]) for p, s in zip(*np.nonzero(now.sectors[:, at]), strict=True)}
    assert there == {("b", "police"), ("b", "vcs"), ("w1", "police"), ("w1", "vcs"), ("w2", "police")}
    leads = {codes[p]: int(now.lead[p, at]) for p in range(4)}
    assert leads == {"b": 1, "c": -1, "w1": 1, "w2": 1}


def test_half_of_the_records_confirmed_make_a_register_known() -> None:
    world = built(
        [
            partner("p", "police", "b", confirmed=AS_OF),
            partner("q", "vcs", "w1", confirmed=LONG_AGO),
            partner("r", "vcs", "w1"),
        ]
    )
    known = register_known(world)
    assert {c for c, k in zip(world.tree.codes, known, strict=True) if k} == {"w2"}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(CODES), unique=True, max_size=3),
            st.sampled_from([["exclusion"], ["drugs"], ["drugs", "exclusion"], []]),
            st.sampled_from([None, LONG_AGO]),
        ),
        max_size=5,
    )
)
def test_the_number_at_work_is_how_many_are_named(drawn: Any) -> None:
    rows = [
        initiative(f"i{i}", "p", *where) | {"themes": themes, "ends": ends}
        for i, (where, themes, ends) in enumerate(drawn)
    ]
    scene = Scene(built([partner("p", "police", "b")], rows), WEIGHTS, 20)
    for p, t in np.ndindex(scene.number_at_work.shape):
        assert scene.number_at_work[p, t] == len(scene.at_work(p, t))
