"""Who bids for what: never the shelf, never who may not, never for what it does not pay."""

from __future__ import annotations

from datetime import date

import pytest

from tests.engines.opportunities.making import FAR, NORTH, SOUTH, action, ask, found, fund, kinds, partner

CLUB = [partner("a", themes=("positive-activities",))]
MONEY = ask("q", "a", "need", "money", "The lease is £3,000.", themes=("positive-activities",))
SESSIONS = action("x", "a", themes=("positive-activities",), what="Open sessions for young people.")


def test_a_bid_carries_the_ask_the_action_and_the_closing_day() -> None:
    (each,) = found(
        partners=CLUB,
        asks=[MONEY],
        initiatives=[SESSIONS],
        support=[fund("s", "positive-activities", amount_max=5_000.0)],
    ).opportunities
    (move,) = each.moves
    assert each.decision == "Does Body a bid for “Fund s” before 20 January 2027?"
    assert move.sentence == (
        "“Fund s” (A trust; up to £5,000 an award; closes 20 January 2027): Money for work with young people. "
        "Body a asks: “The lease is £3,000.” It could build on “Action x” (Body a)."
    )
    assert (
        move.first_step == "Body a reads the conditions and puts one question to A trust by 23 December 2026."
    )
    assert (move.support, move.asks, move.initiatives) == (("s",), ("q",), ("x",))


@pytest.mark.parametrize(
    "change",
    [
        {"closes": date(2026, 11, 1)},
        {"basis": "standing"},
        {"basis": "closed"},
        {"basis": "invited"},
        {"elsewhere": True},
        {"kind": "guidance"},
        {"kind": "data"},
        {"sectors": ["health"]},
        {"everywhere": False, "places": [FAR], "authorities": [FAR]},
        {"themes": []},
        {"who_may_use": "Parish councils and village charities"},
        {"who_may_use": "Faith groups of any faith"},
        {"limits": ["commissioner_lead"]},
        {"closes": None, "basis": "rolling", "last_checked": date(2024, 1, 1)},
        {"closes": date(2026, 12, 10), "limits": ["four_schools"]},
    ],
)
def test_what_cannot_be_had_here_is_no_move(change: dict) -> None:
    rows = {"partners": CLUB, "asks": [MONEY], "initiatives": [SESSIONS]}
    assert "bid" in kinds(found(**rows, support=[fund("s", "positive-activities")]))
    assert "bid" not in kinds(found(**rows, support=[fund("s", "positive-activities") | change]))


def test_who_is_only_of_the_right_sector_bids_for_nothing() -> None:
    assert kinds(found(partners=[partner("a")], support=[fund("s", "positive-activities")])) == []


def test_only_the_hospital_leads_and_the_charity_is_in_its_bid() -> None:
    who = [
        partner("h", "health", does="A hospital emergency department."),
        partner("n", "health", does="School nurses."),
        partner("c", themes=("hospital-intervention",)),
    ]
    rows = [
        action(
            "x",
            "c",
            themes=("hospital-intervention",),
            what="Youth workers at the bedside.",
            co_partners=["h"],
        )
    ]
    trust = fund(
        "s",
        "hospital-intervention",
        sectors=("health",),
        lead_only=True,
        limits=["hospital_lead"],
        purpose="Youth workers at the bedside.",
    )
    (move,) = [m for m in found(partners=who, initiatives=rows, support=[trust]).moves if m.kind == "bid"]
    assert [(party.id, party.part) for party in move.parties] == [("h", "leads"), ("c", "in the bid")]


def test_two_areas_bid_together_or_not_at_all() -> None:
    both = fund("s", "diversion", sectors=("youth_justice",), lead_only=True, limits=["two_areas"])
    rows = [action("x", "a", NORTH, themes=("diversion",)), action("y", "b", SOUTH, themes=("diversion",))]
    one = [partner("a", "youth_justice", NORTH, themes=("diversion",))]
    two = [*one, partner("b", "youth_justice", SOUTH, themes=("diversion",))]
    assert kinds(found(partners=one, initiatives=rows[:1], support=[both])) == []
    (move,) = found(partners=two, initiatives=rows, support=[both]).moves
    assert move.partners == {"a", "b"}
    assert set(move.places) == {NORTH, SOUTH}


def test_money_for_sessions_mends_no_roof() -> None:
    roof = ask("q", "a", "need", "money", "The roof lets in water, £14,200.", themes=("positive-activities",))
    sessions = fund("s", "positive-activities", purpose="Regular open sessions.")
    works = fund("s", "positive-activities", purpose="Repairs and small works.")
    assert all("q" not in move.asks for move in found(partners=CLUB, asks=[roof], support=[sessions]).found)
    assert [move.asks for move in found(partners=CLUB, asks=[roof], support=[works]).moves] == [("q",)]


def test_a_small_award_is_for_a_small_body() -> None:
    rows = [action(f"x{n}", "big", themes=("positive-activities",), what="Open sessions.") for n in range(6)]
    who = [partner("big", themes=("positive-activities",)), *CLUB]
    small = fund("s", "positive-activities", amount_max=5_000.0, purpose="Open sessions.")
    (move,) = [
        m
        for m in found(partners=who, initiatives=[*rows, SESSIONS], support=[small]).moves
        if m.kind == "bid"
    ]
    assert move.parties[0].id == "a"


def test_the_same_fund_in_two_places_for_the_same_body_is_one_move_with_both() -> None:
    who = [partner("a", "vcs", NORTH, SOUTH, themes=("positive-activities",))]
    rows = [
        action(
            "x", "a", NORTH, SOUTH, themes=("positive-activities",), what="Open sessions for young people."
        )
    ]
    moves = found(
        partners=who, initiatives=rows, support=[fund("s", "positive-activities", purpose="Open sessions.")]
    ).moves
    assert [(move.kind, set(move.places)) for move in moves] == [("bid", {NORTH, SOUTH})]


def test_a_course_is_booked_and_not_bid_for() -> None:
    need = ask(
        "q",
        "a",
        "need",
        "training",
        "Our volunteers would like to learn first aid.",
        themes=("positive-activities",),
    )
    course = fund("s", "positive-activities", kind="training", purpose="First aid for volunteers.")
    (move,) = [m for m in found(partners=CLUB, asks=[need], support=[course]).moves if m.kind == "bid"]
    assert move.decision == "Does Body a take up “Fund s” before 20 January 2027?"


def test_what_a_body_refused_it_is_not_asked_again() -> None:
    answer = {
        "partner": "a",
        "places": [NORTH],
        "about": "s",
        "about_text": "",
        "answer": "not_us",
        "scope": "this",
        "date": date(2026, 9, 1),
    }
    assert "bid" not in kinds(
        found(partners=CLUB, asks=[MONEY], support=[fund("s", "positive-activities")], answers=[answer])
    )
