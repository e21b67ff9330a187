"""Coverage and unmet need: worked by hand, and against a slow twin."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from joinedup.engines.matching import normalise
from joinedup.engines.matching.coverage import cover
from joinedup.engines.matching.world import QUALITY_UNKNOWN, World, build
from tests.engines.matching.making import AS_OF, LONG_AGO, Rows, initiative, need, partner, place, tables

PLACES = [place("b"), place("c"), place("w1", "b", population=100), place("w2", "b", population=300)]
PARTNERS = [partner("p", "police", "b"), partner("q", "vcs", "b")]


def built(needs: Rows, initiatives: Rows, **more: Rows) -> World:
    world = tables(places=PLACES, partners=PARTNERS, needs=needs, initiatives=initiatives, **more)
    return build(normalise(world)[0], AS_OF)


def unmet(needs: Rows, initiatives: Rows, **more: Rows) -> dict[tuple[str, str], float]:
    world = built(needs, initiatives, **more)
    grid = cover(world).unmet
    return {
        (world.tree.codes[p], world.themes[t]): round(float(grid[p, t]), 6)
        for p, t in zip(*np.nonzero(~np.isnan(grid)), strict=True)
    }


def test_one_initiative_by_hand() -> None:
    assert unmet(
        [need("c", value=0.8, people=100)], [initiative("i", "p", "c", reach_per_year=50, evidence=0.6)]
    ) == {("c", "exclusion"): round(0.8 * (1 - 0.5 * 0.6), 6)}


def test_two_initiatives_do_not_add_up_to_more_than_everybody() -> None:
    both = [initiative(i, "p", "c", reach_per_year=50, evidence=0.6) for i in ("i", "j")]
    assert unmet([need("c", value=1.0)], both) == {("c", "exclusion"): round(0.7 * 0.7, 6)}


def test_unknown_evidence_takes_the_stated_prior_and_reach_beyond_everybody_counts_once() -> None:
    assert unmet([need("c", value=1.0)], [initiative("i", "p", "c", reach_per_year=5000)]) == {
        ("c", "exclusion"): 1 - QUALITY_UNKNOWN
    }


def test_reach_is_shared_over_places_by_population_and_over_themes_equally() -> None:
    one = initiative("i", "p", "b", reach_per_year=80, evidence=1.0, themes=["exclusion", "drugs"])
    assert unmet([need("b", value=1.0), need("w1", value=1.0), need("w2", value=1.0)], [one]) == {
        ("b", "exclusion"): 0.6,  # 40 of 100
        ("w1", "exclusion"): 0.9,  # a quarter of the people, 10 of 100
        ("w2", "exclusion"): 0.7,
    }


def test_action_in_a_ward_reaches_into_the_borough_once() -> None:
    one = initiative("i", "p", "w1", "w2", reach_per_year=40, evidence=1.0)
    assert unmet([need("b", value=1.0)], [one])["b", "exclusion"] == 0.6


def test_only_what_runs_today_counts_and_never_what_does_harm() -> None:
    idle: list[dict[str, Any]] = [
        {"ends": LONG_AGO}, {"starts": date(2019, 1, 1)}, {"approach": "prison visits"}, {"reach_per_year": None},
    ]  # fmt: skip
    for i, change in enumerate(idle):
        one = initiative(f"i{i}", "p", "c", evidence=1.0) | {"reach_per_year": 100} | change
        harm = [{"approach": "prison visits", "harmful": True}]
        assert unmet([need("c")], [one], approaches=harm) == {("c", "exclusion"): 0.8}


def test_an_unknown_reach_is_marked_where_it_might_be() -> None:
    world = built([need("b"), need("w1"), need("c")], [initiative("i", "p", "w1")])
    marked = {world.tree.codes[p] for p in np.nonzero(cover(world).unknown_reach)[0]}
    assert marked == {"b", "w1"}


def test_a_borough_without_a_figure_takes_that_of_its_wards() -> None:
    assert (
        unmet([need("w1", value=0.2, people=30), need("w2", value=0.6, people=90)], [])["b", "exclusion"]
        == 0.5
    )


def test_a_ward_without_a_figure_takes_that_of_its_borough_and_its_share_of_people() -> None:
    world = built([need("b", value=0.6, people=100)], [])
    at = world.tree.codes.index("w1")
    assert (world.needs.need[at, 0], world.needs.people[at, 0]) == (0.6, 25.0)


def slow(world: World) -> dict[tuple[int, int], float]:
    """Coverage as the definition reads, one initiative at a time over sets of smallest places."""
    tree, doing = world.tree, world.initiatives
    leaves = {p: [q for q in range(p, int(tree.end[p])) if tree.children[q] == 0] for p in range(tree.size)}
    found = {}
    for p, t in zip(*np.nonzero(world.needs.source > 0), strict=True):
        left = 1.0
        for i in range(doing.frame.height):
            row = doing.frame.row(i, named=True)
            if (
                world.themes[t] not in (row["themes"] or [])
                or row["reach_per_year"] is None
                or not doing.running[i]
            ):
                continue
            where = {q for code in row["places"] or [] for q in leaves[tree.codes.index(code)]}
            there = where & set(leaves[int(p)])
            if not there or not world.needs.people[p, t] > 0:
                continue
            share = sum(tree.weight[q] for q in there) / sum(tree.weight[q] for q in where)
            reached = row["reach_per_year"] * share / len(row["themes"]) / world.needs.people[p, t]
            left *= 1 - min(1.0, reached) * doing.quality[i]
        found[int(p), int(t)] = 1 - left
    return found


codes = st.lists(st.sampled_from(["b", "c", "w1", "w2"]), unique=True, max_size=3)
themes = st.lists(st.sampled_from(["drugs", "exclusion"]), unique=True, max_size=2)


@settings(max_examples=60, deadline=None)
@given(
    needs=st.dictionaries(
        st.tuples(st.sampled_from(["b", "c", "w1", "w2"]), st.sampled_from(["drugs", "exclusion"])),
        st.tuples(st.floats(0, 1), st.integers(0, 200)),
        min_size=1,
    ),
    doing=st.lists(
        st.tuples(
            codes, themes, st.one_of(st.none(), st.integers(0, 300)), st.one_of(st.none(), st.floats(0, 1))
        ),
        max_size=5,
    ),
)
def test_agrees_with_the_slow_twin(needs: Any, doing: Any) -> None:
    world = built(
        [need(p, t, value, people) for (p, t), (value, people) in needs.items()],
        [
            initiative(f"i{n}", "p", *where, themes=about, reach_per_year=reach, evidence=evidence)
            for n, (where, about, reach, evidence) in enumerate(doing)
        ],
    )
    grid = cover(world).coverage
    expected = slow(world)
    assert {(int(p), int(t)) for p, t in zip(*np.nonzero(~np.isnan(grid)), strict=True)} == set(expected)
    for cell, value in expected.items():
        assert grid[cell] == pytest.approx(value, abs=1e-9)
