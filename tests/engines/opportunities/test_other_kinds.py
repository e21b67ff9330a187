"""Join, keep, learn, bring in, start, heard, spotted."""

from __future__ import annotations

from datetime import date

import pytest

from joinedup.engines.opportunities.kinds import join
from tests.engines.opportunities.making import NORTH, SOUTH, action, ask, found, fund, kinds, partner

TWO = [partner("a"), partner("b", "education")]
WALKS = {"themes": ("after-school-safety",), "what": "Adults stand at the bus stop after school."}


def _pair(**more: object) -> list[dict]:
    return [
        action("x", "a", f"{NORTH}W0", **WALKS, age_from=11.0, age_to=16.0),
        action("y", "b", f"{NORTH}W1", **{**WALKS, "age_from": 12.0, "age_to": 18.0, **more}),
    ]


def test_two_actions_that_meet_compare_notes() -> None:
    (move,) = found(partners=TWO, initiatives=_pair()).moves
    assert move.kind == "join"
    assert move.decision == "Do Body a and Body b compare notes on “Action x” and “Action y” in North?"
    assert (
        "Both are on safety after school and on the way home, both see people aged 12 to 16" in move.sentence
    )


@pytest.mark.parametrize(
    "change",
    [
        {"age_from": 17.0, "age_to": 19.0},
        {"marking": "restricted"},
        {"co_partners": ["a"]},
        {"ends": date(2026, 1, 1)},
        {"themes": ["positive-activities"]},
        {"what": "Chess."},
        {"audience": ["girls"], "name": "Girls only"},
    ],
)
def test_what_does_not_meet_is_not_joined(change: dict) -> None:
    rows = _pair(**change)
    if "audience" in change:
        rows[0] |= {"audience": ["boys"]}
    assert "join" not in kinds(found(partners=TWO, initiatives=rows))


def test_of_a_crowd_each_is_compared_with_those_that_are_next_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here with the one next to it: of two in the same ward nobody is compared with who is a ward further."""
    bodies = [partner(id) for id in "abcd"]
    rows = [
        action(f"x{id}", id, f"{NORTH}W{ward}", **WALKS)
        for id, ward in zip("abcd", (0, 2, 0, 2), strict=True)
    ]

    def pairs() -> set[tuple[str, ...]]:
        left = found(partners=bodies, initiatives=rows).found
        return {move.initiatives for move in left if move.kind == "join"}

    every = pairs()
    assert len(every) == 6
    monkeypatch.setattr(join, "CROWD", 1)
    assert pairs() == {("xa", "xc"), ("xb", "xc"), ("xb", "xd")} < every


def test_what_ends_soon_is_asked_about_with_who_could_pay() -> None:
    rows = [
        action(
            "x",
            "a",
            themes=("trusted-adult",),
            what="Mentors.",
            starts=date(2024, 1, 1),
            ends=date(2026, 12, 31),
        )
    ]
    money = ask(
        "q",
        "a",
        "need",
        "money",
        "£38,000 carries four people to summer.",
        themes=("trusted-adult",),
        amount=38_000.0,
    )
    council = partner("c", "local_authority", does="Small grants to groups.")
    (move,) = found(partners=[partner("a"), council], initiatives=rows, asks=[money]).moves
    assert move.kind == "keep"
    assert move.decision == "Who finds £38,000 for “Action x” in North after 31 December 2026?"
    assert move.partners == {"a", "c"}


def test_who_said_not_us_is_not_asked_to_pay_for_what_ends() -> None:
    row = action(
        "x", "a", themes=("trusted-adult",), what="Mentors.", starts=date(2024, 1, 1), ends=date(2026, 12, 31)
    )
    councils = [partner(id, "local_authority", does="Small grants to groups.") for id in ("c", "d")]
    given: dict = {"partners": [partner("a"), *councils], "initiatives": [row]}
    refused = {"places": [NORTH], "about": "x", "answer": "not_us", "scope": "this", "date": date(2026, 6, 1)}
    (move,) = found(**given).moves
    assert move.partners == {"a", "c", "d"}
    (move,) = found(**given, answers=[refused | {"partner": "c"}]).moves
    assert move.partners == {"a", "d"}
    assert not found(**given, answers=[refused | {"partner": "a"}]).moves


@pytest.mark.parametrize(
    "change",
    [
        {"ends": date(2027, 11, 1)},
        {"starts": date(2026, 11, 1)},
        {"marking": "restricted"},
        {"ends": date(2026, 11, 1)},
    ],
)
def test_what_goes_on_or_is_over_is_not_kept(change: dict) -> None:
    row = action(
        "x", "a", themes=("trusted-adult",), what="Mentors.", starts=date(2024, 1, 1), ends=date(2026, 12, 31)
    )
    assert kinds(found(partners=[partner("a")], initiatives=[row | change])) == []


NEED = {
    "place": NORTH,
    "theme": "trusted-adult",
    "need": 0.9,
    "stands_out": 0.95,
    "measured": "own",
    "verdict": "stands out",
    "fact": "Twelve in a thousand (ten to fourteen).",
}


def test_a_result_elsewhere_is_visited_by_whose_own_work_it_is() -> None:
    rows = [
        action(
            "x",
            "b",
            SOUTH,
            themes=("trusted-adult",),
            what="Weekly mentors.",
            result="Twice as many stayed.",
            result_good=True,
            evidence=3.0,
        ),
        action("y", "a", NORTH, themes=("trusted-adult",), what="A drop-in."),
    ]
    who = [partner("a", themes=("trusted-adult",)), partner("b", "vcs", SOUTH)]
    (move,) = found(partners=who, initiatives=rows, needs=[NEED]).moves
    assert (move.kind, move.places) == ("learn", (NORTH,))
    assert [(party.id, party.part) for party in move.parties] == [("a", "visits"), ("b", "shows")]
    weak = [rows[0] | {"evidence": 1.0}, rows[1]]
    assert kinds(found(partners=who, initiatives=weak, needs=[NEED])) == []


def test_a_theme_that_stands_out_with_nothing_on_it_begins_with_an_approach_that_does_no_harm() -> None:
    who = [partner("a", themes=("trusted-adult",)), partner("b", "police", duty=True)]
    approach = {
        "approach": "I1",
        "name": "Mentoring",
        "themes": ["trusted-adult"],
        "effect": "moderate",
        "source": "a toolkit",
        "harmful": False,
    }
    (move,) = found(partners=who, needs=[NEED], approaches=[approach]).moves
    assert move.kind == "start"
    assert move.partners == {"a"}
    assert "Mentoring: effect moderate, evidence not stated and cost not stated (a toolkit)." in move.sentence
    assert kinds(found(partners=who, needs=[NEED], approaches=[approach | {"harmful": True}])) == []
    assert kinds(found(partners=who[1:], needs=[NEED], approaches=[approach])) == []


def test_a_gap_names_whom_to_ask_first() -> None:
    (gap,) = found(partners=[partner("a", themes=("trusted-adult",))], needs=[NEED]).gaps
    assert (gap.place, gap.theme, gap.ask) == (NORTH, "trusted-adult", ("Body a",))


def test_a_sector_that_the_theme_needs_is_invited_where_it_works() -> None:
    rows = [action("x", "a", themes=("trusted-adult",), what="Mentors.")]
    mix = [{"theme": "trusted-adult", "sector": "education", "weight": 0.8}]
    who = [
        partner("a"),
        partner("b", "education", themes=("trusted-adult",)),
        partner("c", "education", SOUTH, themes=("trusted-adult",)),
    ]
    (move,) = found(partners=who, initiatives=rows, mix=mix).moves
    assert move.kind == "bring_in"
    assert move.partners == {"a", "b"}
    low = NEED | {"need": 0.1, "verdict": "low"}
    assert kinds(found(partners=who, initiatives=rows, mix=mix, needs=[low])) == []


def test_what_young_people_asked_for_is_answered_by_who_could_do_it() -> None:
    heard = {
        "place": f"{NORTH}W0",
        "theme": "positive-activities",
        "text": "A gym that is open on Sundays",
        "said_on": date(2026, 11, 5),
        "moderator": "the youth council worker",
    }
    (move,) = found(partners=[partner("a", themes=("positive-activities",))], heard=[heard]).moves
    assert move.kind == "heard"
    assert (
        move.decision == "Who answers young people in North, who asked for “A gym that is open on Sundays”?"
    )
    assert move.sentence.startswith("Young people said: “A gym that is open on Sundays” (November 2026) ")
    assert move.first_step.endswith("the youth council worker tells them.")


def test_what_a_person_spotted_stands_in_their_words() -> None:
    row = {
        "id": "1",
        "place": NORTH,
        "sentence": "The two clubs could share a minibus.",
        "theme": None,
        "parties": ["a", "b", "?"],
    }
    (move,) = found(partners=TWO, spotted=[row]).moves
    assert (move.kind, move.sentence, move.partners) == (
        "spotted",
        "“The two clubs could share a minibus.”",
        {"a", "b"},
    )


def test_a_page_says_what_is_under_way_what_helps_what_is_not_known_and_what_would_change_it() -> None:
    money = ask("q", "a", "need", "money", "The lease is £3,000.", themes=("trusted-adult",))
    rows = [
        action("x", "a", themes=("trusted-adult",), what="Mentors for the lease."),
        action("y", "b", themes=("trusted-adult",), what="A drop-in.", reach=40.0),
        action("z", "b", themes=("trusted-adult",), what="Hidden.", marking="restricted"),
    ]
    approaches = [
        {
            "approach": "I2",
            "name": "Boot camps",
            "themes": ["trusted-adult"],
            "harmful": True,
            "source": "a toolkit",
        },
        {
            "approach": "I1",
            "name": "Mentoring",
            "themes": ["trusted-adult"],
            "effect": "moderate",
            "harmful": False,
        },
    ]
    result = found(
        partners=TWO,
        asks=[money],
        initiatives=rows,
        support=[fund("s", "trusted-adult")],
        approaches=approaches,
    )
    (each,) = result.opportunities
    assert [one.record for one in each.under_way] == ["y"]
    assert [one.text for one in each.helps] == [
        "Mentoring: effect moderate, evidence not stated and cost not stated.",
        "Boot camps: published evidence says that it does harm (a toolkit).",
    ]
    assert each.not_known == (
        "How much need there is for work on mentoring and a trusted adult here is not measured.",
        "How many “Action x” reaches: Body a would know.",
        "How much one award of “Fund s” may be: A trust would know.",
    )
    assert each.would_change == (
        "It goes when “Fund s” closes on 20 January 2027.",
        "It goes if Body a says no.",
    )
