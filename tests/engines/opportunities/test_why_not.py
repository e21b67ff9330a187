"""Why something is not in the list: one plain sentence for each rule that keeps it out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from joinedup.engines.opportunities import Settings, opportunities
from joinedup.engines.opportunities.why_not import why_not
from tests.engines.opportunities.making import (
    AS_OF,
    FAR,
    NORTH,
    SOUTH,
    action,
    ask,
    fund,
    inputs,
    partner,
)

CLUB = partner("a", themes=("positive-activities",))
ROOM = ask("q", "a", "need", "room", "A warm room two afternoons a week.", f"{NORTH}W0")
HALL = ask("h", "b", "help", "room", "Our hall stands empty and may be used by anybody.", f"{NORTH}W0")
FAR_HALL = {**HALL, "places": [f"{FAR}W0"], "authorities": [FAR]}
LEASE = ask("m", "a", "need", "money", "The lease is £3,000.", themes=("positive-activities",))
CAR = ask("c", "a", "need", "transport", "A minibus for the summer.")


def answer(what: str, id: str, settings: Settings | None = None, **tables: Any) -> list[str]:
    tables = {"partners": [CLUB, partner("b", "housing")], **tables}
    given = inputs(**tables)
    return why_not(given, opportunities(given, AS_OF, settings or Settings()), what, id)


def refusal(theme: str | None = None, about: str | None = None) -> dict[str, Any]:
    return {
        "partner": "b", "places": [NORTH], "theme": theme, "about": about, "answer": "not_us", "scope": "theme_here",
        "date": date(2026, 9, 3),
    }  # fmt: skip


def test_what_is_in_the_list_is_said_to_be() -> None:
    for what, id in (("partner", "a"), ("partner", "b"), ("ask", "q"), ("ask", "h"), ("place", NORTH)):
        assert answer(what, id, asks=[ROOM, HALL]) == ["It is in the list, in 1 move."]


def test_what_nobody_recorded_is_said_and_what_cannot_be_asked_about_refused() -> None:
    for what in ("partner", "support", "ask", "action", "place"):
        assert answer(what, "none") == [f"No {what} is recorded as “none”."]
    with pytest.raises(ValueError, match="Ask about one of action, ask, partner, place or support"):
        answer("person", "ann")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"closes": date(2026, 11, 1)}, "It closed on 1 November 2026."),
        ({"basis": "closed", "closes": None}, "It is closed."),
        ({"basis": "standing"}, "It is always there, so it stands on the shelf and is no move."),
        ({"basis": "invited"}, "It is only for those who are invited."),
        ({"basis": None}, "How and until when it is open could not be read."),
        ({"elsewhere": True}, "It is for other places than these."),
        ({"themes": []}, "It names no theme, so it stands on the shelf and is no move."),
        (
            {"closes": None, "basis": "rolling", "last_checked": date(2024, 1, 1)},
            "It has no closing day and was not checked within a year: look whether it is still open.",
        ),
        (
            {"everywhere": False, "places": [FAR], "authorities": [FAR]},
            "Nobody of the register works in the places that it is for.",
        ),
        (
            {"sectors": ["health"], "who_may_use": "Hospitals only"},
            "Nobody there may apply for it or lead a bid: “Hospitals only”.",
        ),
        (
            {"sectors": ["housing"]},
            "Nobody there who may apply for it records work on youth clubs, sport, arts, or an ask that it would pay "
            "for.",
        ),
    ],
)
def test_support(change: dict[str, Any], sentence: str) -> None:
    tables = {"asks": [LEASE], "support": [fund("s", "positive-activities")]}
    assert answer("support", "s", **tables) == ["It is in the list, in 1 move."]
    tables["support"] = [fund("s", "positive-activities") | change]
    assert answer("support", "s", **tables) == [sentence]


@pytest.mark.parametrize(
    ("other", "more", "sentence"),
    [
        (None, {}, "Nobody else offers a room, and nobody's own work near by is what it speaks of."),
        (FAR_HALL, {}, "Body b offers it, but too far away."),
        (HALL, {"answers": [refusal(about="q")]}, "Body b said “not us” on 3 September 2026."),
    ],
)
def test_an_ask_that_is_not_met(other: dict[str, Any] | None, more: dict[str, Any], sentence: str) -> None:
    assert answer("ask", "q", asks=[ROOM, *([other] if other else [])], **more) == [sentence]


def test_an_ask_beside_what_is_about_something_else_or_at_other_hours() -> None:
    need = ask("t", "a", "need", "training", "Somebody to teach us about trauma.")
    other = ask("u", "b", "help", "training", "Places on a course in first aid.")
    assert answer("ask", "t", asks=[need, other]) == ["What others offer near by is about something else."]
    room = ask("q", "a", "need", "room", "Two quiet rooms on weekday evenings.", said_on=date(2025, 6, 1))
    day = ask(
        "h", "b", "help", "room", "A meeting room is unused before four o'clock.", said_on=date(2025, 6, 1)
    )
    for id, who in (("q", "Body b"), ("h", "Body a")):
        assert answer("ask", id, asks=[room, day]) == [f"The hours do not meet those of {who}."]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"empty": True}, "It says that there is nothing, or says nothing."),
        ({"kind": None}, "Whether it is a need or an offer of help could not be read."),
        ({"said_on": date(2023, 5, 1)}, "It was said on 1 May 2023, more than two years ago: ask again."),
        ({"until": date(2026, 11, 1)}, "It stood until 1 November 2026."),
        ({"partner": "nobody"}, "Whose it is is not among the partners."),
        ({"same_as": "h"}, "It is nearly certainly the same as “h”, which stands for both."),
    ],
)
def test_an_ask_that_no_rule_sees(change: dict[str, Any], sentence: str) -> None:
    assert answer("ask", "q", asks=[ROOM | change, HALL]) == [sentence]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"ends": date(2026, 10, 31)}, "It ended on 31 October 2026."),
        ({"same_as": "y"}, "It is nearly certainly the same as “y”, which stands for both."),
        ({"partner": "nobody"}, "Who runs it is not among the partners."),
        ({"marking": "restricted"}, "Its record is restricted, so that no move names it."),
        ({"themes": []}, "It is not recorded what it is about."),
    ],
)
def test_an_action(change: dict[str, Any], sentence: str) -> None:
    one = action("x", "a", themes=("positive-activities",)) | change
    assert answer("action", "x", initiatives=[one]) == [sentence]


def test_an_action_that_goes_on_alone_is_told_what_each_rule_lacks() -> None:
    one = action("x", "a", themes=("positive-activities",), ends=date(2028, 1, 31))
    assert answer("action", "x", initiatives=[one]) == [
        "No other action here is like it in theme, ages, level and way in, with other bodies, and near enough.",
        "It ends on 31 January 2028, more than six months from now.",
        "No result is recorded that says what got better, so it is no example elsewhere.",
    ]


@pytest.mark.parametrize(
    ("row", "more", "sentence"),
    [
        ({"same_as": "a"}, {}, "It is nearly certainly the same body as “a”, which stands for both."),
        ({"places": [], "authorities": []}, {}, "It is not recorded where it works."),
        ({"themes": []}, {}, "No theme, ask or action is recorded of it."),
        (
            {"wide": True},
            {},
            "It serves everywhere, so it comes in only by an ask, an offer of help or an action of its own.",
        ),
        ({}, {"answers": [refusal("safe-places")]}, "Body b said “not us” on 3 September 2026."),
        ({}, {}, "No ask, action or open support near by fits what is recorded of it."),
    ],
)
def test_a_partner(row: dict[str, Any], more: dict[str, Any], sentence: str) -> None:
    body = partner("b", "housing", themes=("safe-places",)) | row
    assert answer("partner", "b", partners=[CLUB, body], **more) == [sentence]


def test_a_place() -> None:
    need = {
        "place": NORTH, "theme": "safe-places", "stands_out": 0.95, "measured": "own", "verdict": "stands out",
    }  # fmt: skip
    assert answer("place", SOUTH) == ["Nobody of the register works there."]
    assert answer("place", f"{NORTH}W1") == ["What is found there is told of North."]
    assert answer("place", NORTH) == [
        "Nothing that is recorded there fits together, or with what is recorded near by."
    ]
    assert answer("place", NORTH, needs=[need]) == [
        "No move is found there; it is a gap on safe places and hot spots, so somebody has to ask first."
    ]


def test_what_a_cap_left_out_names_the_cap() -> None:
    tables = {"asks": [ROOM, HALL, LEASE], "support": [fund("s", "positive-activities")]}
    (told,) = answer("support", "s", Settings(per_body=1), **tables)
    assert told == (
        "It could be “Does Body a bid for “Fund s” before 20 January 2027?”, but Body a is in as many stronger moves "
        "as a body may be."
    )
    (told,) = answer("ask", "q", Settings(per_place=0), asks=[ROOM, HALL])
    assert told.endswith("but its place has as many opportunities already that are stronger.")
