"""Names that may be nearly one are found by their letters; compared with asking of each pair."""

from __future__ import annotations

import random
from typing import Any

import pytest
from rapidfuzz import fuzz

from joinedup.engines.reading import same
from joinedup.engines.reading.letters import Letters
from joinedup.engines.reading.same import NEARLY, Names, alike, name_key

BEGINNINGS = (
    "Rowan",
    "Rown",
    "Roman",
    "North Rowan",
    "South Rowan",
    "St Mary's",
    "St Mark's",
    "R.O.W.A.N.",
    "£ Rowan",
)
MIDDLES = ("boxing", "boxnig", "youth", "Yth", "boys", "girls", "women and children", "23", "24")
ENDS = ("club", "Club Ltd", "trust", "clubs", "", "trsut", "the club")
NAMES = [" ".join(filter(None, (a, b, c))) for a in BEGINNINGS for b in MIDDLES for c in ENDS] + [
    "",
    "&",
    "Ŵy",
]


def some(number: int) -> list[str]:
    return random.Random(number).sample(NAMES, 150)


@pytest.mark.parametrize("least", [0.86, NEARLY, 1.0])
def test_the_nearest_are_all_that_are_alike(least: float) -> None:
    known, asked = some(1), some(2)
    names = Names()
    for name in known:
        names.add(name)
    for name in asked:
        slow = [(other, alike(name, other)) for other in known if alike(name, other) >= least]
        assert names.nearest(name, least) == sorted(slow, key=lambda one: -one[1])


def test_what_nearly_has_the_letters_is_among_the_near() -> None:
    keys, letters = [name_key(name) for name in some(3)], Letters()
    for key in keys:
        letters.add(key)
    left_out = 0
    for key in keys:
        near = letters.near(key, 0.9)
        assert near == sorted(near)
        assert {at for at, other in enumerate(keys) if fuzz.ratio(key, other) >= 90} <= set(near)
        left_out += len(keys) - len(near)
    assert left_out > len(keys) ** 2 / 2


def test_a_name_as_long_as_a_book_is_near_itself() -> None:
    letters = Letters()
    letters.add("a" * 50_000)
    assert letters.near("a" * 50_000, 1.0) == [0]


def test_bodies_that_stand_twice_are_those_found_pair_by_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(4)
    rows: list[dict[str, Any]] = [
        {
            "id": f"P{number}",
            "name": name,
            "sector": chance.choice(["vcs", "vcs", "housing", ""]),
            "base": chance.choice(["W1", "W1", "W2", ""]),
            "authorities": chance.choice([["A"], ["B"], ["A", "B"], []]),
        }
        for number, name in enumerate([*some(5), *some(6)])
    ]
    fast = list(same.partners(rows))
    monkeypatch.setattr(same, "_may_be_one", same._all_after)
    slow = list(same.partners(rows))
    assert fast == slow
    assert {rule for _, _, rule, _ in fast} == {
        "name nearly the same",
        "one name within the other, same base",
    }
