"""A short list is varied, and the lazy choice is the greedy choice."""

from dataclasses import replace
from math import sqrt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from joinedup.engines.matching import Opportunity, shortlist
from joinedup.engines.matching.shortlist import ALIKE

BLANK = Opportunity(
    id="", kind="unmet_need", score=50.0, place="b", theme="t", parties=[], initiatives=[], offers=[], sentence="",
    because=[], first_step="", components={"gap": 0.5}, would_change=[], ask=False, marking="public",
    only_parties=False,
)  # fmt: skip


def one(code: str, **change: Any) -> Opportunity:
    return replace(BLANK, id=code, **change)


def test_another_topic_goes_before_a_second_version_of_the_best() -> None:
    best, again, other = one("a", score=90.0), one("b", score=89.0), one("c", score=60.0, theme="u")
    assert [each.id for each in shortlist([again, other, best], 2)] == ["a", "c"]


def test_it_is_never_longer_than_asked_nor_than_there_is() -> None:
    pool = [one(str(i)) for i in range(3)]
    assert [len(shortlist(pool, size)) for size in (0, 2, 9)] == [0, 2, 3]
    assert shortlist(pool, 3, kinds=["join_up"]) == []
    with pytest.raises(ValueError, match="fewer than 0"):
        shortlist(pool, -1)


def worth(chosen: list[Opportunity]) -> float:
    covered: dict[tuple[str, str], float] = {}
    for each in chosen:
        features = [("cell", each.place + each.theme), ("theme", each.theme), ("kind", each.kind)]
        for feature in [*features, *(("party", p) for p in each.parties)]:
            covered[feature] = covered.get(feature, 0.0) + each.score / 100 * each.components["gap"]
    return sum(ALIKE[what] * sqrt(value) for (what, _), value in covered.items())


pools = st.lists(
    st.builds(
        lambda **change: replace(BLANK, **change),
        kind=st.sampled_from(["unmet_need", "join_up"]),
        place=st.sampled_from("bc"),
        theme=st.sampled_from("tu"),
        parties=st.lists(st.sampled_from("pqr"), unique=True, max_size=2),
        score=st.sampled_from([20.0, 50.0, 80.0]),
    ),
    max_size=8,
)


@settings(max_examples=50, deadline=None)
@given(pools, st.integers(0, 5))
def test_lazy_is_as_good_as_plain_greedy_in_any_order(drawn: list[Opportunity], size: int) -> None:
    pool = [replace(each, id=f"{i}") for i, each in enumerate(drawn)]
    chosen: list[Opportunity] = []
    for _ in range(min(size, len(pool))):
        rest = [each for each in pool if each not in chosen]
        chosen.append(max(rest, key=lambda each: worth([*chosen, each])))
    lazy = shortlist(pool, size)
    assert worth(lazy) == pytest.approx(worth(chosen), rel=0.02)
    assert shortlist(pool[::-1], size) == lazy
