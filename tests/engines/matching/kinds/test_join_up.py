"""Two that meet the same people and are not linked."""

from datetime import date
from typing import Any

import pytest

from joinedup.engines.matching import Opportunity, opportunities
from tests.engines.matching.making import AS_OF, SOON, Rows, initiative, need, partner, place, tables

PLACES = [place("b"), place("c"), place("w1", "b"), place("w2", "b")]
PARTNERS = [partner("p", "police", "b"), partner("q", "vcs", "b")]
NEEDS = [need(p["code"]) for p in PLACES]


def found(a: dict[str, Any], b: dict[str, Any], **more: Rows) -> list[Opportunity]:
    more.setdefault("needs", NEEDS)
    world = tables(places=PLACES, partners=PARTNERS, initiatives=[a, b], **more)
    return opportunities(world, AS_OF, kinds=["join_up"]).opportunities


def test_two_in_one_place_are_named_once_and_only_to_them() -> None:
    (one,) = found(
        initiative("i", "p", "b", age_from=10, age_to=17),
        initiative("j", "q", "b", age_from=14, age_to=25, ends=SOON),
    )
    assert one.id == "join_up--b--exclusion--i--j"
    assert (one.parties, one.initiatives) == (["p", "q"], ["i", "j"])
    assert one.only_parties
    assert one.sentence == (
        "In b, P and Q both work on exclusion with people aged 14 to 17, and the need is very high: they could "
        "compare what each does, and for which ages."
    )
    assert "What is recorded here of a link between the two: nothing yet." in str(one.because)
    assert one.would_change == [
        "If P and Q already work together, this goes: record the link.",
        "“Project j” is due to end on 20 October 2018: after that, this goes.",
    ]


def test_they_meet_in_the_smaller_place() -> None:
    assert [one.place for one in found(initiative("i", "p", "b"), initiative("j", "q", "w1"))] == ["w1"]


def test_both_in_every_ward_meet_in_the_borough() -> None:
    two = (initiative("i", "p", "w1", "w2"), initiative("j", "q", "b"))
    assert [one.place for one in found(*two)] == ["b"]
    # The wards have a figure, the borough has none of its own: still one.
    assert [one.place for one in found(*two, needs=[need("w1"), need("w2")])] == ["b"]


@pytest.mark.parametrize(
    "other",
    [
        {"partner": "p"},
        {"places": ["c"]},
        {"themes": ["drugs"]},
        {"themes": None},
        {"places": []},
        {"age_from": 18},
        {"level": ["tertiary"]},
        {"way_in": ["court"]},
        {"ends": date(2018, 10, 7)},
        {"starts": date(2018, 10, 9)},
        {"approach": "shock"},
        {"co_partners": ["p"]},
    ],
)
def test_one_thing_that_differs_is_enough(other: dict[str, Any]) -> None:
    one = initiative("i", "p", "b", age_to=17, level=["primary"], way_in=["school"])
    two = initiative("j", "q", "b", age_to=17, level=["primary"], way_in=["school"])
    harm = [{"approach": "shock", "harmful": True}]
    assert len(found(one, two, approaches=harm)) == 1
    assert found(one, {**two, **other}, approaches=harm) == []


@pytest.mark.parametrize(("since", "number"), [(None, 0), (date(2018, 10, 8), 0), (date(2018, 10, 9), 1)])
def test_a_link_that_exists_today_ends_it(since: date | None, number: int) -> None:
    link = {"partner_a": "q", "partner_b": "p", "strength": 0.1, "since": since}
    assert len(found(initiative("i", "p", "b"), initiative("j", "q", "b"), links=[link])) == number


def test_no_need_known_is_silent() -> None:
    assert found(initiative("i", "p", "b"), initiative("j", "q", "b"), needs=[need("c")]) == []


def test_unknown_levels_weaken_and_say_so() -> None:
    known = found(*(initiative(i, w, "b", level=["primary"]) for i, w in (("i", "p"), ("j", "q"))))[0]
    blank = found(initiative("i", "p", "b"), initiative("j", "q", "b"))[0]
    assert blank.components["fit"] == pytest.approx(0.8 * known.components["fit"])
    assert blank.because[-1].text.startswith("Do both work at the same level: ")
    assert "level of prevention is not recorded for both" in blank.because[-1].text
    assert not any("level" in fact.text for fact in known.because)


def test_unknown_ages_are_asked_for() -> None:
    one, other = found(initiative("i", "p", "b", age_from=10), initiative("j", "q", "b"))[0].because[:2]
    assert "which ages it is for" not in one.text
    assert "which ages it is for: these are not recorded." in other.text
