"""A need and a body that has it by its trade or work; an offer and a body that could use it."""

from __future__ import annotations

from tests.engines.opportunities.making import NORTH, SOUTH, action, ask, found, kinds, partner


def test_a_need_for_a_housing_officer_asks_the_landlords_of_the_place() -> None:
    need = ask(
        "need",
        "a",
        "need",
        "people",
        "A housing officer at the release meeting.",
        themes=("leaving-custody",),
    )
    who = [
        partner("a", "youth_justice"),
        partner("b", "housing"),
        partner("c", "housing", SOUTH),
        partner("d", "police"),
    ]
    (move,) = found(partners=who, asks=[need]).moves
    assert [(party.id, party.part) for party in move.parties] == [("a", "needs"), ("b", "is asked")]
    assert move.decision == "Can Body b help Body a, which asks: “A housing officer at the release meeting”?"
    assert move.checks == (
        "Body b has not offered this: it is a question, and no is an answer.",
        "Before anybody meets a child: checks, supervision and who is responsible.",
    )


def test_hospital_counts_are_asked_of_the_hospital_that_the_text_names() -> None:
    need = ask("need", "a", "need", "data", "Any counts from the Sutton hospital.", themes=("safe-places",))
    back = ask("back", "b", "need", "data", "Somebody to say what happens with the sheets we send.")
    who = [
        partner("a", "local_authority"),
        partner("b", "health", name="Sutton emergency department", does="Hospital care."),
        partner(
            "c",
            "health",
            name="Trauma centre",
            does="A hospital for the region.",
            **{"authorities": [NORTH, SOUTH]},
        ),
        partner("d", "health", does="School nurses."),
    ]
    (move, *_) = found(partners=who, asks=[need, back]).moves
    assert [party.id for party in move.parties] == ["a", "b", "c"]
    assert (
        "Sutton emergency department asks in turn: “Somebody to say what happens with the sheets we send.”"
        in move.sentence
    )


def test_a_complaint_about_one_trade_is_not_put_to_another() -> None:
    need = ask(
        "need",
        "a",
        "need",
        "referrals",
        "General practices have not referred once.",
        themes=("domestic-abuse",),
    )
    who = [
        partner("a"),
        partner("b", "social_care", themes=("domestic-abuse",)),
        partner("c", "youth_justice"),
    ]
    assert kinds(found(partners=who, asks=[need])) == []


def test_places_that_are_free_go_to_who_knows_young_people() -> None:
    offer = ask(
        "help",
        "a",
        "help",
        "places",
        "Ten free memberships for any young person a school sends.",
        themes=("positive-activities",),
    )
    who = [partner("a"), partner("b", "education"), partner("c", "youth_justice"), partner("d", "housing")]
    (move,) = found(partners=who, asks=[offer]).moves
    assert [(party.id, party.part) for party in move.parties] == [("a", "gives"), ("b", "is asked")]
    assert move.checks == ("Body b has not asked for it.",)


def test_who_runs_it_with_the_giver_has_it_already() -> None:
    offer = ask(
        "help", "a", "help", "places", "Seats in our boats for young people.", themes=("positive-activities",)
    )
    rows = [action("x", "a", themes=("positive-activities",), what="Rowing in boats.", co_partners=["b"])]
    who = [partner("a"), partner("b", "education")]
    assert kinds(found(partners=who, asks=[offer], initiatives=rows)) == []


def test_who_asks_what_became_of_those_it_sent_is_answered_by_whom_it_sent_them_to() -> None:
    need = ask(
        "need",
        "a",
        "need",
        "referrals",
        "To hear what became of those we referred on.",
        themes=("hospital-intervention",),
    )
    rows = [
        action(
            "x",
            "b",
            themes=("hospital-intervention",),
            what="A youth worker at the bedside.",
            co_partners=["a"],
        )
    ]
    who = [partner("a", "health", does="Emergency department of a hospital."), partner("b"), partner("c")]
    (move, *_) = found(partners=who, asks=[need], initiatives=rows).moves
    assert [party.id for party in move.parties] == ["a", "b"]
