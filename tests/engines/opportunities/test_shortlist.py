"""A short list covers distinct need: compared with the slow choice that works every gain out anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import sqrt

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from joinedup.engines.opportunities import Move, Opportunity, Party
from joinedup.engines.opportunities.shortlist import ALIKE, shortlist
from joinedup.engines.opportunities.strength import Parts


def move(kind: str, place: str, theme: str | None, parties: tuple[str, ...], strength: float) -> Move:
    return Move(
        kind=kind, places=(place,), theme=theme, parties=tuple(Party(id, id, "leads") for id in parties),
        decision="Do we?", sentence="We could.", first_step="a rings b.", parts=Parts(fit=strength), strength=strength,
        closes=date(2027, 1, 1), about=f"{strength}",
    )  # fmt: skip


MOVES = st.lists(
    st.builds(
        move, st.sampled_from(["match", "bid"]), st.sampled_from(["p", "q"]), st.sampled_from(["t", "u", None]),
        st.sampled_from([("a", "b"), ("a",), ("b", "c"), ("c",)]), st.sampled_from([0.3, 0.5, 0.75, 0.9]),
    ),
    max_size=9,
    unique_by=lambda each: each.id,
)  # fmt: skip


def slowly(found: list[Move], size: int) -> list[Move]:
    """The naive greedy choice."""
    chosen: list[Move] = []

    def value(some: list[Move]) -> float:
        covered: dict[tuple[str, str], float] = {}
        for each in some:
            theme = each.theme or "practical-help"
            features = {("cell", f"{each.places[0]} {theme}"), ("theme", theme), ("kind", each.kind)}
            for feature in features | {("party", party) for party in each.partners}:
                covered[feature] = covered.get(feature, 0.0) + each.strength
        return sum(ALIKE[what] * sqrt(worth) for (what, _), worth in covered.items())

    while len(chosen) < min(size, len(found)):
        rest = [each for each in found if each not in chosen]
        chosen.append(
            min(rest, key=lambda each: (-round(value([*chosen, each]) - value(chosen), 9), each.id))
        )
    return chosen


@settings(max_examples=100, deadline=None)
@given(MOVES, st.integers(0, 6))
def test_it_is_the_greedy_choice(found: list[Move], size: int) -> None:
    assert [each.id for each in shortlist(found, size)] == [each.id for each in slowly(found, size)]
    assert shortlist(reversed(found), size) == shortlist(found, size)


def test_a_second_version_of_a_topic_waits_for_another_topic() -> None:
    first, again, other = (
        move("bid", "p", "t", ("a", "b"), 0.9),
        move("bid", "p", "t", ("a", "b"), 0.8),
        move("match", "q", "u", ("c",), 0.5),
    )
    made = [Opportunity((m.places[0],), m.theme, 100 * m.strength, "", (m,)) for m in (first, again, other)]
    made[1] = replace(made[1], apart=again.id)
    assert [each.moves[0] for each in shortlist(made, 2)] == [first, other]


def test_fewer_than_none_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer than 0"):
        shortlist([], -1)
