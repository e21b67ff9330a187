"""Why each part of a strength is what it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from joinedup.engines.matching import opportunities
from joinedup.engines.matching.kinds import KINDS
from joinedup.engines.matching.score import COMPONENTS, deadline_urgency
from joinedup.engines.matching.strength import Seen, reasons
from tests.engines.matching.making import AS_OF, everything

NEED = {"text": "Need.", "figure": {"need": 0.8}}
ACTION = {"text": "Action.", "figure": {"action": 2, "perhaps": 1}}


def seen(kind: str = "unmet_need", **parts: float) -> Seen:
    values = dict.fromkeys(COMPONENTS, 0.5) | parts
    return Seen(kind, values, [NEED, ACTION], named=2, lacks=False, closes=None, as_of=AS_OF)


@pytest.mark.parametrize("kind", KINDS)
def test_each_part_of_what_the_engine_finds_has_a_short_reason(kind: str) -> None:
    for one in opportunities(everything(), AS_OF, kinds=[kind]):
        told = reasons(
            Seen(
                kind,
                one.components,
                [fact.as_dict() for fact in one.because],
                len(one.parties),
                lacks=any(p.startswith("sector:") for p in one.parties),
                closes=None,
                as_of=AS_OF,
            )
        )
        # What two people share is told by the opportunity that they share.
        assert set(told) == set(COMPONENTS) - ({"fit", "effect"} if kind == "introduction" else set())
        for text in told.values():
            assert text.endswith(".")
            assert text[0].isupper()
            assert len(text.split()) <= 35


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ({"action": 2, "perhaps": 1}, ", and 2 pieces of action on it are recorded there."),
        (
            {"action": 0, "perhaps": 1},
            ", and 1 piece of action there may be on it: the theme or the place is not recorded.",
        ),
        ({"action": 0, "perhaps": 0}, ". Of action on it, nothing is recorded here."),
        ({}, "."),
    ],
)
def test_the_gap_says_how_high_need_is_and_what_is_recorded(action: dict[str, int], said: str) -> None:
    one = replace(seen(), because=[NEED, {"text": "Action.", "figure": action}])
    assert reasons(one)["gap"] == f"The need is very high (0.80 of 1){said}"


def test_where_work_is_under_way_it_counts_however_low_the_need() -> None:
    assert reasons(seen("join_up"))["gap"] == (
        "The need is very high (0.80 of 1). Work on it is under way, which counts even where need is low."
    )


def test_an_unknown_need_counts_half_and_is_not_told_otherwise() -> None:
    assert (
        reasons(replace(seen(), because=[]))["gap"]
        == "How great the need is, is not known, so it counts as half."
    )
    assert "gap" not in reasons(replace(seen(gap=0.7), because=[]))


def test_nobody_recorded() -> None:
    assert reasons(replace(seen(fit=0.3), lacks=True, named=0))["fit"] == (
        "No partner of these sectors is recorded there, so it counts as 0.3."
    )
    through = replace(seen("untapped_support", fit=0.42), lacks=True)
    assert reasons(through)["fit"].endswith("less because nobody is recorded through whom to apply.")


@pytest.mark.parametrize(("value", "word"), [(0.8, "close"), (0.5, "fair"), (0.49, "loose")])
def test_how_well_they_fit(value: float, word: str) -> None:
    assert f"a {word} match" in reasons(seen(fit=value))["fit"]


@pytest.mark.parametrize(("fit", "known"), [(1.0, True), (0.8, True), (0.7, False), (0.56, False)])
def test_whether_who_can_give_works_there(fit: float, known: bool) -> None:
    said = reasons(seen("ask_meets_offer", fit=fit))["fit"]
    assert said.startswith(
        "Who can give it works where it is needed."
        if known
        else "Where who can give it works is not recorded"
    )


@pytest.mark.parametrize(
    ("kind", "table", "part"),
    [
        ("unmet_need", "partner", "fit"),
        ("untapped_support", "partner", "fit"),
        ("ask_meets_offer", "ask", "fit"),
        ("join_up", "initiative", "fit"),
        ("join_up", "initiative", "effect"),
        ("missing_partner", "initiative", "effect"),
        ("shared_learning", "initiative", "effect"),
    ],
)
def test_a_stale_record_is_told_where_it_weakens(kind: str, table: str, part: str) -> None:
    def told(text: str) -> str:
        record = {"text": text, "record": {"type": table, "id": "x"}}
        return reasons(replace(seen(kind), because=[NEED, record]))[part]

    assert told("Last confirmed over a year ago: check it first.").endswith(
        "It is less because a record is stale."
    )
    assert "stale" not in told("It works there.")


def test_only_the_first_of_those_acting_weakens_a_missing_partner() -> None:
    fresh, stale = (
        {"text": text, "record": {"type": "initiative", "id": text}} for text in ("fine", "over a year ago")
    )
    assert "stale" not in reasons(replace(seen("missing_partner"), because=[fresh, stale]))["effect"]
    assert "stale" in reasons(replace(seen("missing_partner"), because=[stale, fresh]))["effect"]


def test_support_that_nobody_checked() -> None:
    assert "nobody has checked the support" in reasons(seen("untapped_support", effect=0.4))["effect"]
    assert "checked" not in reasons(seen("untapped_support"))["effect"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.5, "There is no deadline, and the need is not seen to rise or fall."),
        (0.7, "There is no deadline, and the need is rising."),
        (0.3, "There is no deadline, and the need is falling."),
        (0.9, "There is no deadline, and recent figures are unusually high, or are rising fast."),
        (0.1, "There is no deadline, and the need is falling. It counts as 0.2, which is the least."),
    ],
)
def test_urgency(value: float, words: str) -> None:
    assert reasons(seen(urgency=value))["urgency"] == words


def test_a_deadline_is_told_where_it_is_what_hurries() -> None:
    closes = date(2018, 11, 8)
    value = float(deadline_urgency(31.0))
    hurried = replace(seen("untapped_support", urgency=value), closes=closes)
    assert reasons(hurried)["urgency"] == "It closes on 8 November 2018."
    rising = replace(seen("untapped_support", urgency=0.95), closes=closes)
    assert reasons(rising)["urgency"] == "Recent figures are unusually high, or are rising fast."


@pytest.mark.parametrize(
    ("kind", "named", "value", "words"),
    [
        ("unmet_need", 0, 1.0, "No partner is named yet."),
        ("unmet_need", 1, 1.0, "Only one partner is named."),
        ("unmet_need", 3, 1.0, "No link between those named is recorded."),
        ("unmet_need", 3, 0.8, "Some of those named are linked already."),
        ("join_up", 2, 0.5, "The two are linked already."),
        (
            "missing_partner",
            3,
            0.5,
            "The first of those who act and the one to invite are linked already.",
        ),
        ("missing_partner", 2, 0.0, "The two are linked already. It counts as 0.1, which is the least."),
        ("untapped_support", 1, 1.0, "No link between who could use it and who provides it is recorded."),
        ("untapped_support", 2, 0.5, "Who could use it and who provides it are linked already."),
    ],
)
def test_newness(kind: str, named: int, value: float, words: str) -> None:
    assert reasons(replace(seen(kind, newness=value), named=named))["newness"] == words


def test_what_is_not_stored_or_not_known_stays_unsaid() -> None:
    assert reasons(replace(seen(), components={})) == {}
    odd: dict[str, Any] = dict.fromkeys(COMPONENTS)
    assert reasons(replace(seen(), components=odd)) == {}
    assert set(reasons(seen("something new"))) == {"gap", "urgency", "newness"}
