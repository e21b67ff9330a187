"""The run: who is told of what, what stands on the shelf, where there is a gap, and what a cap leaves out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from joinedup.engines.opportunities import Settings, is_shelf, opportunities
from tests.engines.opportunities.making import (
    AS_OF,
    NORTH,
    SOUTH,
    action,
    ask,
    found,
    fund,
    inputs,
    kinds,
    partner,
)

ROOM = ask("q", "a", "need", "room", "A warm room two afternoons a week.", f"{NORTH}W0")
HALL = ask("h", "b", "help", "room", "Our hall stands empty and may be used by anybody.", f"{NORTH}W0")
LEASE = ask("m", "a", "need", "money", "The lease is £3,000.", themes=("positive-activities",))
REGISTER: dict[str, Any] = {
    "partners": [partner("a", themes=("positive-activities",)), partner("b", "housing")],
    "asks": [ROOM, HALL, LEASE],
    "support": [fund("s", "positive-activities")],
}


def test_what_a_reader_is_not_told_takes_nobodys_share() -> None:
    given, one = inputs(**REGISTER), Settings(per_body=1)
    everything = opportunities(given, AS_OF, one)
    told = opportunities(given, AS_OF, one, told=lambda move, context: move.kind != "match")
    assert (kinds(everything), kinds(told)) == (["match"], ["bid"])
    assert [each.move.kind for each in everything.left] == ["bid"]
    assert [each.move.kind for each in (*told.left,)] == []


@pytest.mark.parametrize(
    ("change", "shelf"),
    [
        ({}, False),
        ({"basis": "standing"}, True),
        ({"basis": "closed"}, False),
        ({"themes": []}, True),
        ({"themes": [], "basis": "closed"}, False),
        ({"themes": [], "kind": "training"}, False),
    ],
)
def test_what_stands_on_the_shelf(change: dict[str, Any], shelf: bool) -> None:
    result = found(**{**REGISTER, "support": [fund("s", "positive-activities") | change]})
    assert [each.id for each in result.shelf] == (["s"] if shelf else [])
    assert is_shelf(result.context.register.support["s"]) is shelf
    assert not (shelf and "bid" in kinds(result))


def need(place: str, theme: str, verdict: str) -> dict[str, Any]:
    return {"place": place, "theme": theme, "verdict": verdict}


def test_a_gap_names_who_works_on_it_else_who_has_a_duty_and_nobody_who_refused() -> None:
    bodies = [
        partner("a", themes=("safe-places",)),
        partner("b", "police", duty=True),
        partner("c", themes=("safe-places",), wide=True),
        partner("d", themes=("safe-places",), marking="restricted"),
        partner("e", themes=("safe-places",)),
    ]
    refused = {
        "partner": "e", "places": [NORTH], "theme": "safe-places", "answer": "not_us", "scope": "theme_here",
        "date": date(2026, 9, 1),
    }  # fmt: skip
    needs = [
        need(NORTH, "safe-places", "high like much here"), need(NORTH, "diversion", "stands out"),
        need(NORTH, "domestic-abuse", "low"), need(SOUTH, "safe-places", "high"),
    ]  # fmt: skip
    gaps = found(partners=bodies, answers=[refused], needs=needs).gaps
    assert [(gap.place, gap.theme, gap.ask) for gap in gaps] == [
        (NORTH, "diversion", ("Body b",)),
        (NORTH, "safe-places", ("Body a",)),
    ]


def test_what_a_person_saw_stands_beside_what_the_engine_found() -> None:
    spotted = {
        "id": "s1",
        "place": NORTH,
        "sentence": "The club and the landlord share a gate",
        "parties": ["a", "b"],
    }
    result = found(partners=REGISTER["partners"], asks=[ROOM, HALL], spotted=[spotted])
    assert sorted(kinds(result)) == ["match", "spotted"]


def test_what_is_known_to_harm_is_no_example() -> None:
    theme = ("positive-activities",)
    run = action(
        "x", "b", SOUTH, themes=theme, what="Boxing on Mondays.", result="Fewer fights", result_good=True, evidence=3.0,
        approach="I1",
    )  # fmt: skip
    here = action("y", "a", themes=theme, what="A choir for girls.")
    tables: dict[str, Any] = {
        "partners": [partner("a", themes=theme), partner("b", "vcs", SOUTH)],
        "initiatives": [run, here],
        "needs": [{"place": NORTH, "theme": theme[0], "need": 0.9}],
    }
    assert "learn" in kinds(found(**tables))
    for harmful in (True, False):
        approaches = [{"approach": "I1", "themes": list(theme), "harmful": harmful}]
        assert ("learn" in kinds(found(**tables, approaches=approaches))) is not harmful


BOXING = action("boxing", "a", NORTH, themes=("positive-activities",), what="Boxing on Fridays.")
CLUB = partner("c", "education", NORTH, themes=("positive-activities",))


@pytest.mark.parametrize(
    ("who", "about", "scope", "is_told"),
    [
        # Who invites, though the kind asks only whom it would invite.
        ("a", "the move", "this", False),
        ("a", "boxing", "this", False),
        ("c", "boxing", "this", False),
        ("a", None, "theme_here", False),
        ("a", None, "this", True),
        ("c", "another", "this", True),
    ],
)
def test_no_move_names_a_body_that_refused_it(who: str, about: str | None, scope: str, is_told: bool) -> None:
    given: dict[str, Any] = {
        "partners": [partner("a", "vcs", NORTH), CLUB],
        "initiatives": [BOXING],
        "mix": [{"theme": "positive-activities", "sector": "education", "weight": 0.9}],
    }
    (move,) = found(**given).moves
    assert (move.kind, move.partners) == ("bring_in", {"a", "c"})
    answer = {
        "partner": who, "places": [NORTH], "theme": move.theme, "about": move.id if about == "the move" else about,
        "answer": "not_us", "scope": scope, "date": AS_OF,
    }  # fmt: skip
    assert bool(found(**given, answers=[answer]).moves) is is_told


def test_who_refuses_a_theme_keeps_what_meets_its_own_ask() -> None:
    bodies = [partner("a", "vcs", NORTH), partner("b", "education", NORTH)]
    asks = [
        ask("need", "a", "need", "room", "A hall on Fridays", themes=("positive-activities",)),
        ask("help", "b", "help", "room", "Our hall on Fridays", themes=("positive-activities",)),
    ]
    refused = {
        "places": [NORTH], "theme": "positive-activities", "answer": "not_us", "scope": "theme_here", "date": AS_OF,
    }  # fmt: skip
    assert kinds(found(partners=bodies, asks=asks, answers=[{**refused, "partner": "a"}])) == ["match"]
    assert kinds(found(partners=bodies, asks=asks, answers=[{**refused, "partner": "b"}])) == []


def test_another_answers_young_people_in_the_place_of_who_said_not_us() -> None:
    heard = {"place": NORTH, "theme": "positive-activities", "text": "A gym that is open on Sundays"}
    bodies = [partner(id, "vcs", NORTH, themes=("positive-activities",)) for id in ("a", "b", "c")]
    refused = {
        "partner": "a", "places": [NORTH], "theme": "positive-activities", "answer": "not_us", "scope": "theme_here",
        "date": AS_OF,
    }  # fmt: skip
    (before,) = found(partners=bodies, heard=[heard]).moves
    (after,) = found(partners=bodies, heard=[heard], answers=[refused]).moves
    assert (before.partners, after.partners) == ({"a", "b"}, {"b", "c"})
