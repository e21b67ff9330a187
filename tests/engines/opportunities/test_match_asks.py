"""A need meets an offer: the same thing, near enough for it, at hours that meet, and nobody has refused."""

from __future__ import annotations

from datetime import date

import pytest

from tests.engines.opportunities.making import FAR, NORTH, SOUTH, ask, found, kinds, partner

BOTH = [partner("a"), partner("b", "housing")]
ROOM = ask("need", "a", "need", "room", "A warm room two afternoons a week.", f"{NORTH}W0")


def _hall(
    *codes: str, text: str = "Our hall stands empty and may be used by anybody.", **more: object
) -> dict:
    return ask("help", "b", "help", "room", text, *codes, **more)


def test_a_room_in_the_same_ward_is_told_in_the_peoples_own_words() -> None:
    (each,) = found(partners=BOTH, asks=[ROOM, _hall(f"{NORTH}W0")]).opportunities
    (move,) = each.moves
    assert move.kind == "match"
    assert "“A warm room two afternoons a week.” (1 October 2026)" in move.sentence
    assert "“Our hall stands empty and may be used by anybody.” (1 October 2026)" in move.sentence
    assert move.sentence.endswith("The two are in the same ward.")
    assert move.first_step == "Body a rings Body b and they agree what, where and from when."
    assert [(party.id, party.part) for party in move.parties] == [("a", "needs"), ("b", "gives")]


@pytest.mark.parametrize(("ward", "told"), [(f"{NORTH}W0", True), (f"{NORTH}W1", True), (f"{FAR}W0", False)])
def test_a_room_is_told_only_where_it_is_near(ward: str, told: bool) -> None:
    rooms = [ROOM, _hall(ward)]
    assert kinds(found(partners=BOTH, asks=rooms)) == (["match"] if told else [])


def test_training_is_near_enough_in_the_next_authority_but_one() -> None:
    need = ask("need", "a", "need", "training", "Somebody to teach us about trauma.", f"{NORTH}W0")
    offer = ask("help", "b", "help", "training", "Half a day on trauma for any body.", f"{SOUTH}W2")
    far = ask("help", "b", "help", "training", "Half a day on trauma for any body.", f"{FAR}W2")
    assert kinds(found(partners=BOTH, asks=[need, offer])) == ["match"]
    assert kinds(found(partners=BOTH, asks=[need, far])) == []


def test_hours_that_do_not_meet_are_said_first_and_weaken() -> None:
    need = ask("need", "a", "need", "room", "Two quiet rooms on weekday evenings.", f"{NORTH}W0")
    day = _hall(f"{NORTH}W0", text="A meeting room is unused before four o'clock.")
    night = _hall(f"{NORTH}W0", text="A meeting room is free in the evening.")
    clash = found(partners=BOTH, asks=[need, day]).found
    meets = found(partners=BOTH, asks=[need, night]).found
    assert meets[0].checks == ("Before a group moves in: who else is in the building then.",)
    assert [move.checks[0] for move in clash if move.kind == "match"] == [
        "The hours do not meet as written: evenings are needed, daytime hours are offered."
    ]
    assert clash[0].strength < meets[0].strength


def test_a_trade_of_its_own_is_met_by_that_trade_alone() -> None:
    need = ask(
        "need", "a", "need", "people", "A speech therapist for half a day.", themes=("school-exclusion",)
    )
    other = ask(
        "help", "b", "help", "people", "Volunteers who would read with pupils.", themes=("school-exclusion",)
    )
    right = ask("help", "b", "help", "people", "Our speech therapist has half a day to spare.")
    assert kinds(found(partners=BOTH, asks=[need, other])) == []
    assert kinds(found(partners=BOTH, asks=[need, right])) == ["match"]


def test_a_court_is_no_kitchen() -> None:
    need = ask("need", "a", "need", "room", "An indoor court for Friday football.", f"{NORTH}W0")
    assert (
        kinds(found(partners=BOTH, asks=[need, _hall(f"{NORTH}W0", text="Community room with a kitchen.")]))
        == []
    )


def test_what_is_offered_to_schools_is_for_schools() -> None:
    need = ask("need", "a", "need", "training", "Something short on what is said online.")
    offer = ask("help", "b", "help", "training", "We come to any school and talk about posts.")
    assert "match" not in kinds(found(partners=BOTH, asks=[need, offer]))
    school = [partner("a", "education"), partner("b")]
    assert kinds(found(partners=school, asks=[need, offer])) == ["match"]


def test_ages_that_do_not_meet_are_no_match() -> None:
    need = ask(
        "need", "a", "need", "places", "A course for a sixteen-year-old.", themes=("training-and-work",)
    )
    old = ask(
        "help",
        "b",
        "help",
        "places",
        "Six places on a course, eighteen to twenty-four.",
        themes=("training-and-work",),
    )
    assert kinds(found(partners=BOTH, asks=[need, old])) == []


def test_a_pot_of_money_is_for_its_neighbours_up_to_what_it_holds() -> None:
    pot = ask(
        "help",
        "b",
        "help",
        "money",
        "There is £11,000 in the pot.",
        f"{NORTH}W0",
        amount=11_000.0,
        themes=("safe-places",),
    )
    boiler = ask(
        "need",
        "a",
        "need",
        "money",
        "The boiler is gone, £6,800.",
        f"{NORTH}W0",
        amount=6_800.0,
        themes=("positive-activities",),
    )
    dear = boiler | {"amount": 20_000.0}
    assert kinds(found(partners=BOTH, asks=[pot, boiler])) == ["match"]
    assert kinds(found(partners=BOTH, asks=[pot, dear])) == []


def test_an_offer_is_spent_once_or_as_often_as_it_says() -> None:
    needs = [ROOM, ROOM | {"id": "other", "partner": "c"}]
    three = [*BOTH, partner("c")]
    assert kinds(found(partners=three, asks=[*needs, _hall(f"{NORTH}W0")])) == ["match"]
    assert kinds(found(partners=three, asks=[*needs, _hall(f"{NORTH}W0", number=2.0)])) == ["match", "match"]


def test_what_was_refused_is_not_told_again_for_a_year_and_interest_counts() -> None:
    answer = {
        "partner": "b",
        "places": [NORTH],
        "about": "need",
        "about_text": "",
        "scope": "this",
        "date": date(2026, 6, 1),
    }
    rooms = [ROOM, _hall(f"{NORTH}W0")]
    plain = found(partners=BOTH, asks=rooms).found[0]
    no = found(partners=BOTH, asks=rooms, answers=[answer | {"answer": "not_us"}])
    yes = found(partners=BOTH, asks=rooms, answers=[answer | {"answer": "interested"}]).found[0]
    long_ago = found(
        partners=BOTH, asks=rooms, answers=[answer | {"answer": "not_us", "date": date(2025, 6, 1)}]
    )
    assert kinds(no) == []
    assert yes.strength > plain.strength
    assert "Body b has said that it is interested." in yes.checks
    assert kinds(long_ago) == ["match"]


def test_what_is_old_is_asked_about_and_what_is_older_left_out() -> None:
    old = _hall(f"{NORTH}W0", said_on=date(2025, 6, 1))
    older = _hall(f"{NORTH}W0", said_on=date(2024, 6, 1))
    (move,) = found(partners=BOTH, asks=[ROOM, old]).moves
    assert move.checks == ("What Body b said is from 1 June 2025: ask whether it still stands.",)
    assert kinds(found(partners=BOTH, asks=[ROOM, older])) == []


def test_who_looks_for_people_to_fill_places_meets_who_needs_places() -> None:
    need = ask(
        "need",
        "a",
        "need",
        "places",
        "Practical courses for those who left school.",
        themes=("training-and-work",),
    )
    seats = ask(
        "seats",
        "b",
        "need",
        "referrals",
        "Twelve seats are left on the January course.",
        themes=("training-and-work",),
    )
    (move,) = found(partners=BOTH, asks=[need, seats]).moves
    assert move.kind == "match"
    assert move.decision == "Does Body b fill its places with people from Body a?"


@pytest.mark.parametrize(
    ("what", "need", "offer", "check"),
    [
        (
            "people",
            "Adults to stand at the bus stop.",
            "Our volunteers would stand outside a school.",
            "Before anybody meets a child",
        ),
        (
            "data",
            "Ambulance counts by street.",
            "Ambulance counts by street and hour.",
            "Before anything is sent",
        ),
        ("room", "A quiet room with a back door.", "A quiet room is free.", "Before a group moves in"),
        ("training", "Somebody to teach us about trauma.", "Half a day on trauma.", ""),
    ],
)
def test_what_is_settled_before_a_child_is_met_is_said(what: str, need: str, offer: str, check: str) -> None:
    asks = [ask("n", "a", "need", what, need), ask("h", "b", "help", what, offer)]
    (move,) = [one for one in found(partners=BOTH, asks=asks).found if one.kind == "match"]
    assert [one.split(":")[0] for one in move.checks] == ([check] if check else [])
