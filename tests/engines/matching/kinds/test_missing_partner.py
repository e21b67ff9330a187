"""A sector that the theme needs and that nobody brings, though it works there."""

from typing import Any

import pytest

from joinedup.engines.matching import Opportunity, opportunities
from tests.engines.matching.making import AS_OF, Rows, initiative, mix, need, partner, place, tables

PARTNERS = [
    partner("club", "vcs", "b"),
    partner("school", "education", "b", duty="a relevant authority that must be consulted"),
    partner("police", "police", "b"),
]
PLACES = [place("b"), place("c"), place("w1", "b"), place("w2", "b")]


def found(*initiatives: dict[str, Any], **more: Rows) -> list[Opportunity]:
    more.setdefault("needs", [need("b")])
    more.setdefault("partners", PARTNERS)
    world = tables(
        places=PLACES, initiatives=list(initiatives), mix=mix(education=0.9, vcs=0.7, police=0.3), **more
    )
    return opportunities(world, AS_OF, kinds=["missing_partner"]).opportunities


def told(one: Opportunity) -> str:
    return " ".join(fact.text for fact in one.because)


def test_names_those_acting_and_the_one_missing() -> None:
    (one,) = found(initiative("i", "club", "b", reach_per_year=10))
    assert one.id == "missing_partner--b--exclusion--education"
    assert (one.parties, one.initiatives) == (["club", "school"], ["i"])
    assert one.sentence == (
        "In b, CLUB works on exclusion, and the need is very high: SCHOOL works there and could be invited."
    )
    assert one.first_step == (
        "A talk between CLUB and SCHOOL: what each does on exclusion in b, and what could be joint."
    )
    assert "What is recorded here of the part of that sector in it in b: nothing yet." in told(one)
    assert one.not_public


@pytest.mark.parametrize("duty", [None, "it is a specified authority"])
def test_nobody_is_said_to_take_no_part(duty: str | None) -> None:
    (one,) = found(
        initiative("i", "club", "b"), partners=[PARTNERS[0], partner("school", "education", "b", duty=duty)]
    )
    said = " ".join([one.sentence, one.first_step, *(fact.text for fact in one.because)])
    assert "taking part" not in said
    assert "nobody" not in said


def test_who_runs_action_without_a_theme_or_a_place_may_take_part() -> None:
    acts = initiative("i", "club", "b")
    for silent in ({"themes": None}, {"places": None}, {"themes": None, "places": None}):
        (one,) = found(acts, {**initiative("j", "school", "b"), **silent})
        said = " ".join([one.sentence, *(fact.text for fact in one.because)])
        assert "nothing yet" not in said
        assert said.count("is not known: action of it there does not say its theme or its place") == 1
    (one,) = found(acts, {**initiative("j", "school", "c"), "themes": None})
    assert "of the part of that sector in it in b: nothing yet" in told(one)


def test_what_the_law_says_is_apart_from_what_the_mix_suggests() -> None:
    (one,) = found(initiative("i", "club", "b"))
    told = [fact.text for fact in one.because]
    assert "What the law says of SCHOOL: a relevant authority that must be consulted." in told
    assert [t for t in told if t.startswith("A judgement, not the law: ")]
    (without,) = found(
        initiative("i", "club", "b"), partners=[PARTNERS[0], partner("school", "education", "b")]
    )
    assert not [fact for fact in without.because if "law says" in fact.text]


@pytest.mark.parametrize(
    "change",
    [
        {"co_partners": ["school"]},
        {"places": ["c"]},
        {"themes": ["drugs"]},
        {"ends": AS_OF.replace(year=2017)},
    ],
)
def test_silent_where_the_sector_takes_part_or_nobody_acts(change: dict[str, Any]) -> None:
    assert found({**initiative("i", "club", "b"), **change}) == []


def test_a_sector_at_work_in_a_part_of_the_place_is_not_missing() -> None:
    assert found(initiative("i", "club", "b"), initiative("j", "school", "w1")) == []


def test_a_sector_that_is_little_needed_or_not_there_is_not_missing() -> None:
    others = [each for each in PARTNERS if each["id"] != "school"]
    assert found(initiative("i", "club", "b"), partners=others) == []


def test_the_same_in_every_ward_is_one_in_the_borough() -> None:
    both = [need("w1"), need("w2")]
    assert [one.place for one in found(initiative("i", "club", "b"), needs=both)] == ["b"]
    apart = (initiative("i", "club", "w1"), initiative("j", "club", "w2"))
    assert sorted(one.place for one in found(*apart, needs=both)) == ["w1", "w2"]
