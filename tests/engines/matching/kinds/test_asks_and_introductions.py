"""Asks that meet offers of help, and people who should meet."""

from typing import Any

import pytest

from joinedup.engines.matching import Opportunity, opportunities
from tests.engines.matching.making import AS_OF, Rows, need, partner, place, tables

PLACES = [
    # `near` is a few kilometres away.
    place("b", latitude=51.50, longitude=-0.10),
    place("near", latitude=51.55, longitude=-0.10),
    place("ward", "b"),
    place("far", latitude=52.50, longitude=-0.10),
]
PARTNERS = [
    *(partner(code, "vcs", where) for code, where in zip("pqrw", ("b", "b", "near", "ward"), strict=True)),
    partner("u", "vcs"),
    partner("v", "vcs", "a place that is not here"),
]


def ask(code: str, by: str, kind: str, theme: str = "exclusion", **more: Any) -> dict[str, Any]:
    return {"id": code, "partner": by, "kind": kind, "themes": [theme], **more}


def found(kind: str, *asks: dict[str, Any], **more: Rows) -> list[Opportunity]:
    more.setdefault("needs", [need("b")])
    world = tables(places=PLACES, partners=PARTNERS, asks=list(asks), **more)
    return opportunities(world, AS_OF, kinds=[kind]).opportunities


def test_a_need_meets_what_is_offered_where_it_is() -> None:
    (one,) = found(
        "ask_meets_offer", ask("a1", "p", "need", text="a hall"), ask("a2", "q", "offer", text="a gym")
    )
    assert one.id == "ask_meets_offer--b--exclusion--a1--a2"
    assert one.parties == ["p", "q"]
    assert one.sentence == (
        "On exclusion in b, P needs “a hall” and Q can give “a gym”: they could talk about whether it fits, and the "
        "need is very high."
    )
    assert [fact.record for fact in one.because[:2]] == [("ask", "a1"), ("ask", "a2")]
    assert one.components["fit"] == 1.0
    assert not one.ask


@pytest.mark.parametrize(
    "other",
    [
        ask("a2", "p", "offer"),
        ask("a2", "q", "need"),
        ask("a2", "q", "offer", theme="drugs"),
        ask("a2", "r", "offer"),
        ask("a2", "v", "offer"),
        ask("a2", "q", "offer", places=["far"]),
        ask("a2", "q", "offer", places=["near"]),
    ],
)
def test_not_to_oneself_nor_on_another_theme_nor_where_the_giver_does_not_work(other: dict[str, Any]) -> None:
    assert found("ask_meets_offer", ask("a1", "p", "need"), other) == []


def test_they_meet_in_the_part_that_the_giver_serves() -> None:
    (one,) = found("ask_meets_offer", ask("a1", "p", "need"), ask("a2", "w", "offer"), needs=[need("ward")])
    assert one.place == "ward"
    (around,) = found(
        "ask_meets_offer", ask("a1", "w", "need"), ask("a2", "p", "offer"), needs=[need("ward")]
    )
    assert around.place == "ward"


def test_who_does_not_say_where_it_works_is_asked() -> None:
    (one,) = found(
        "ask_meets_offer", ask("a1", "p", "need", text="a hall"), ask("a2", "u", "offer", text="a gym")
    )
    assert one.ask
    assert one.not_public
    assert one.sentence == (
        "On exclusion in b, P needs “a hall”, and U could say whether it can give “a gym” there, and the need "
        "is very high."
    )
    assert "Does U work in b? Where it works is not recorded." in [fact.text for fact in one.because]
    assert one.components["fit"] == pytest.approx(0.7)


def test_a_need_of_who_does_not_say_where_it_works_is_nowhere() -> None:
    assert found("ask_meets_offer", ask("a1", "u", "need"), ask("a2", "p", "offer")) == []


def test_a_place_named_in_the_ask_goes_before_that_of_the_partner() -> None:
    one = found("ask_meets_offer", ask("a1", "p", "need"), ask("a2", "r", "offer", places=["b"]))
    assert [each.components["fit"] for each in one] == [1.0]


PEOPLE = [
    {"id": "ann", "partner": "p", "event": "luton", "opted_in": True},
    {"id": "ben", "partner": "q", "event": "luton", "opted_in": True},
]
MET = (ask("a1", "p", "need"), ask("a2", "q", "offer"))


def test_two_people_at_one_event_whose_partners_share_something() -> None:
    (one,) = found("introduction", *MET, people=PEOPLE)
    assert one.parties == ["p", "q"]
    assert one.id == "introduction--b--exclusion--luton--ann--ben"
    assert one.sentence == (
        "Two people who are coming to the same event, one from P and one from Q, should meet: on exclusion in b their "
        "organisations have asked for and offered the same help, and the need is very high."
    )


@pytest.mark.parametrize(
    "change", [{"opted_in": False}, {"opted_in": None}, {"event": "leeds"}, {"partner": "r"}]
)
def test_only_those_who_opted_in_at_the_same_event_with_something_shared(change: dict[str, Any]) -> None:
    assert found("introduction", *MET, people=[PEOPLE[0], {**PEOPLE[1], **change}]) == []


def test_nobody_without_something_shared() -> None:
    assert found("introduction", people=PEOPLE) == []
