"""What is fast finds what its slow, obvious twin finds."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from dataclasses import asdict
from datetime import date
from itertools import product
from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings

from joinedup.engines.opportunities import Settings, opportunities
from joinedup.engines.opportunities.caps import MAIN, Left, capped
from joinedup.engines.opportunities.concepts import (
    LONGEST_PHRASE,
    Meaning,
    _parts,
    _phrases,
    _tokens,
    concepts,
    everyday,
    meaning,
    stem,
)
from joinedup.engines.opportunities.context import COMMONLY, MOST, TELLING, Context
from joinedup.engines.opportunities.inputs import Ask, build
from joinedup.engines.opportunities.kinds.match import asks
from joinedup.engines.opportunities.kinds.match.fit import has_places
from joinedup.engines.opportunities.move import Move, Party
from joinedup.engines.opportunities.nearness import Box, distance
from joinedup.engines.opportunities.strength import Parts
from tests.engines.opportunities.making import AS_OF, NORTH, action, ask, inputs, partner
from tests.engines.opportunities.test_properties import REGISTERS, TEXTS

PHRASES = sorted({" ".join(key).replace("=", "") for key in _phrases()})
WORDS = st.lists(st.one_of(st.sampled_from(PHRASES), TEXTS, st.text(max_size=8)), max_size=6).map(" ".join)


def meaning_slowly(text: str) -> Meaning:
    """Every stretch of words, looked up as a phrase."""
    words = [word for token in _tokens(text) for word in _parts(token)]
    stems = [stem(word) for word in words]
    found = {name for word in words for name in _phrases().get((f"={word}",), ())}
    for start, length in product(range(len(stems)), range(1, LONGEST_PHRASE + 1)):
        found.update(_phrases().get(tuple(stems[start : start + length]), ()))
    empty = everyday("empty")
    plain = {one for word, one in zip(words, stems, strict=True) if word not in empty and len(one) > 2}
    return Meaning(frozenset(found), frozenset(one for one in plain if not one.isdigit()))


@settings(max_examples=200, deadline=None)
@given(WORDS, WORDS)
def test_a_text_means_what_every_stretch_of_its_words_means(text: str, other: str) -> None:
    assert meaning(text) == meaning_slowly(text)
    one, two = meaning(text), meaning(other)
    shared = one.stems & two.stems
    telling = len(shared - everyday("common"))
    by_word = min(1.0, TELLING * min(telling, MOST) + COMMONLY * min(len(shared) - telling, MOST))
    no_things = {name for name, each in concepts().items() if each.what in ("moment", "money")}
    by_thing = 1 - 0.5 ** len((one.concepts & two.concepts) - no_things)
    context = Context(build(inputs(partners=[partner("a")]), AS_OF))
    assert context.alike(one, two) == 1 - (1 - by_word) * (1 - by_thing)


POINTS = st.lists(st.tuples(st.floats(-80, 80), st.floats(-60, 60)), min_size=1, max_size=4)


@settings(max_examples=200, deadline=None)
@given(POINTS, POINTS)
def test_no_two_points_are_nearer_than_their_boxes(
    ones: list[tuple[float, float]], twos: list[tuple[float, float]]
) -> None:
    least = min(distance(one, two) for one, two in product(ones, twos))
    assert Box.around(ones).least_km(Box.around(twos)) <= least + 1e-9


def offers_slowly(context: Context, need: Ask) -> list[Ask]:
    """Every ask of the authorities around, one by one."""
    there = {
        each.id: each
        for code in context.around(need.where.authorities)
        for each in context.register.asks_at.get(code, ())
        if each.partner is not need.partner
    }
    return [each for each in there.values() if each.is_help or (has_places(each) and need.what == "places")]


@settings(max_examples=100, deadline=None)
@given(REGISTERS)
def test_an_offer_that_is_not_looked_at_meets_nothing(register: dict) -> None:
    context = Context(build(inputs(**register), AS_OF))
    offers = asks._offers(context)
    for need in context.register.asks.values():
        if not need.is_help:
            fast = {pair.help.id: pair.strength for pair in asks._pairs(context, need, offers)}
            every = [asks._pair(context, need, help) for help in offers_slowly(context, need)]
            assert fast == {pair.help.id: pair.strength for pair in every if pair is not None}


def move(kind: str, parties: tuple[str, ...], part: str, strength: float, closes: date | None) -> Move:
    return Move(
        kind=kind, places=("p",), theme="t", parties=tuple(Party(id, id, part) for id in parties),
        decision="Do we?", sentence="We could.", first_step="a rings b.", parts=Parts(fit=strength),
        strength=strength, closes=closes, about="".join(parties) + part + kind,
        givers=((parties[0], 2),) if kind == "match" else (),
    )  # fmt: skip


MOVES = st.lists(
    st.builds(
        move, st.sampled_from(["match", "join", "spotted"]),
        st.sampled_from([("a", "b"), ("b", "c"), ("c", "a"), ("a", "d"), ("d", "b")]),
        st.sampled_from(["needs", "is asked"]), st.sampled_from([0.5, 0.9]),
        st.sampled_from([None, date(2027, 1, 1)]),
    ),
    max_size=14,
    unique_by=lambda each: each.id,
)  # fmt: skip


def capped_slowly(found: list[Move], per_body: int) -> list[Move]:
    """One by one in the order of the list, each beside all that were taken."""
    kept: list[Move] = []
    for each in sorted(found, key=lambda each: (-each.strength, each.closes or date.max, each.id)):
        had: dict[str, float] = defaultdict(float)
        for other in kept:
            for party in other.parties:
                had[party.id] += 1 if party.part in MAIN else 0.5
        share = {party.id: 1 if party.part in MAIN else 0.5 for party in each.parties}
        spent = [id for other in kept for id, _ in other.givers]
        if (
            all(had[id] + share[id] <= per_body for id in share)
            and all(spent.count(id) < most for id, most in each.givers)
            and not (each.kind == "match" and each.about in [o.about for o in kept if o.kind == "match"])
            and (
                each.kind == "spotted"
                or each.partners not in [other.partners for other in kept if other.kind != "spotted"]
            )
        ):
            kept.append(each)
    return kept


@settings(max_examples=100, deadline=None)
@given(MOVES, st.integers(1, 3))
def test_what_is_told_is_chosen_one_by_one(found: list[Move], per_body: int) -> None:
    left: list[Left] = []
    kept = capped(found, per_body, left)
    assert kept == capped_slowly(found, per_body)
    assert {each.id for each in kept} | {each.move.id for each in left} == {each.id for each in found}


def test_two_processes_find_what_one_finds() -> None:
    chance = random.Random(3)
    texts = ["Boxing and supper.", "Supper, then boxing.", "A choir for girls.", "Music and boxing."]
    wards = [f"{NORTH}W{number}" for number in range(3)]
    given = inputs(
        partners=[partner(f"p{number}", "vcs", chance.choice(wards)) for number in range(8)],
        initiatives=[
            action(
                f"x{n}", f"p{n % 8}", chance.choice(wards), themes=("safe-places",), what=chance.choice(texts)
            )
            for n in range(12)
        ],
        asks=[
            ask("q", "p0", "need", "room", "A warm room two afternoons a week.", wards[0]),
            ask("h", "p1", "help", "room", "Our hall stands empty and may be used by anybody.", wards[0]),
        ],
    )
    one, result = opportunities(given, AS_OF), opportunities(given, AS_OF, Settings(processes=2))
    assert {move.kind for move in result.moves} == {"match", "join"}
    assert [each.as_dict() for each in result.found] == [each.as_dict() for each in one.found]
    assert [(each.move.id, each.why) for each in result.left] == [
        (each.move.id, each.why) for each in one.left
    ]
    assert all(each.sentence and each.first_step for each in result.found)


def document_slowly(each: Move) -> dict[str, Any]:
    """All of its fields but the two that are for the run alone, and its id."""
    found = {name: value for name, value in asdict(each).items() if name not in ("givers", "about")}
    return found | {
        "id": each.id,
        "strength": round(each.strength, 3),
        "closes": each.closes.isoformat() if each.closes else None,
    }


@given(REGISTERS)
def test_a_document_has_every_field_and_is_read_back_as_it_was_written(register: dict) -> None:
    for each in opportunities(inputs(**register), AS_OF).opportunities:
        written = each.as_dict()
        assert json.loads(json.dumps(written)) == written
        assert json.dumps(written["moves"]) == json.dumps([document_slowly(move) for move in each.moves])
        beside = (("under_way", each.under_way), ("helps", each.helps))
        assert all(written[name] == [asdict(fact) for fact in facts] for name, facts in beside)
