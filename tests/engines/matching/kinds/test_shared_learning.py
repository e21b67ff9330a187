"""What went well in a place much like this one."""

from typing import Any

import pytest

from joinedup.engines.matching import Opportunity, opportunities
from tests.engines.matching.making import AS_OF, LONG_AGO, Rows, initiative, mix, need, partner, place, tables

PROFILES: Rows = [
    {"place": "a", "x": 1.0, "y": 1.0},
    {"place": "b", "x": 1.1, "y": 1.0},
    {"place": "far", "x": 9.0, "y": 9.0},
]


def found(one: dict[str, Any], *others: dict[str, Any], **more: Rows) -> list[Opportunity]:
    more.setdefault("profiles", PROFILES)
    more.setdefault("needs", [need("a"), need("b"), need("far")])
    world = tables(
        places=[place("a"), place("b"), place("far"), place("w", "a")],
        partners=[
            partner("p", "police", "a"),
            partner("q", "vcs", "b", themes=["exclusion"]),
            partner("r", "vcs", "far"),
        ],
        initiatives=[one, *others],
        mix=mix(vcs=0.9, police=0.9),
        **more,
    )
    return opportunities(world, AS_OF, kinds=["shared_learning"]).opportunities


GOOD = initiative("i", "p", "a", result=0.8, evidence=0.6, approach="mentoring", reach_per_year=1)


def test_goes_to_the_place_that_is_alike_and_not_to_the_others() -> None:
    (one,) = found(GOOD)
    assert (one.id, one.place) == ("shared_learning--b--exclusion--i", "b")
    assert (one.parties, one.initiatives) == (["p", "q"], ["i"])
    assert one.sentence == (
        "In a, “Project i” by P got a good result on exclusion: P and Q could compare notes, since b is "
        "similar and the need is very high."
    )
    assert (
        "What is recorded here of anything like it in b: nothing yet. That is not the same as nothing done; tell us."
        in [fact.text for fact in one.because]
    )
    assert one.first_step == "A visit or a call between Q and P: how “Project i” was done."
    assert one.components["effect"] == pytest.approx(0.7)


def test_what_has_ended_is_still_an_example() -> None:
    assert [one.place for one in found({**GOOD, "ends": LONG_AGO})] == ["b"]


def test_a_ward_speaks_for_the_place_around_it_that_has_a_profile() -> None:
    assert [one.place for one in found({**GOOD, "places": ["w"]})] == ["b"]


@pytest.mark.parametrize(
    "change",
    [
        {"result": 0.59},
        {"result": None},
        {"themes": ["drugs"]},
        {"places": ["a", "b"]},
        {"starts": AS_OF.replace(year=2019)},
    ],
)
def test_silent_without_a_good_result_elsewhere(change: dict[str, Any]) -> None:
    assert found({**GOOD, **change}) == []


def test_never_what_does_harm() -> None:
    assert found(GOOD, approaches=[{"approach": "mentoring", "effect": 0.9, "harmful": True}]) == []


@pytest.mark.parametrize(("approach", "number"), [("mentoring", 0), ("sport", 1)])
def test_silent_where_something_like_it_runs(approach: str, number: int) -> None:
    assert len(found(GOOD, initiative("j", "q", "b", approach=approach, reach_per_year=1))) == number


def test_silent_without_profiles_or_where_one_is_incomplete() -> None:
    assert found(GOOD, profiles=[]) == []
    assert found(GOOD, profiles=[PROFILES[0], {"place": "b", "x": 1.1, "y": None}, PROFILES[2]]) == []
