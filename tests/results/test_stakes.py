"""What is at stake, and that easy promises do not win."""

import dataclasses
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from joinedup.results.stakes import Promise, kept_count, kept_share, stake, weights

needs = st.one_of(st.none(), st.floats(0, 1))
promises = st.builds(
    Promise,
    cell=st.integers(0, 4),
    need=needs,
    partners=st.integers(0, 9),
    kept=st.sampled_from([True, False, False, None]),
)
HARD = Promise("hard", 0.9, 4, False)


def close(one: float | None, other: float | None) -> bool:
    return one == other or (one is not None and other is not None and one == pytest.approx(other))


@pytest.mark.parametrize(
    ("need", "partners", "what"),
    [(1.0, 4, 4.0), (1.0, 9, 4.0), (0.5, 1, 0.5), (None, 2, 1.0), (0.0, 1, 0.05), (0.8, 0, 0.8)],
)
def test_a_stake_is_need_times_partners(need: float | None, partners: int, what: float):
    assert stake(need, partners) == pytest.approx(what)


def test_nothing_due_has_no_share():
    assert kept_share([]) is None
    assert kept_share([Promise(1, 0.5, 2, None)]) is None
    assert kept_count([Promise(1, 0.5, 2, None)]) is None


def test_many_easy_promises_do_not_outweigh_a_hard_one():
    easy = [Promise(n, 0.2, 1, True) for n in range(9)]
    assert kept_count([HARD, *easy]) == pytest.approx(0.9)
    assert kept_share([HARD, *easy]) == pytest.approx(1.8 / 5.4)


@given(st.lists(promises, max_size=12), st.randoms())
def test_the_order_and_what_is_not_due_change_nothing(every: list[Promise], chance: Any):
    shuffled = list(every)
    chance.shuffle(shuffled)
    assert close(kept_share(every), kept_share(shuffled))
    assert close(kept_share(every), kept_share([each for each in every if each.kept is not None]))
    share = kept_share(every)
    assert share is None or -1e-9 <= share <= 1 + 1e-9


@given(st.lists(promises, max_size=12), promises, st.integers(2, 9))
def test_cutting_a_promise_up_changes_nothing(others: list[Promise], one: Promise, pieces: int):
    whole = dataclasses.replace(one, cell="one")
    assert close(kept_share([*others, whole]), kept_share([*others, *[whole] * pieces]))


@given(st.lists(promises, max_size=12), st.integers(2, 4), needs, st.booleans(), st.integers(1, 20))
def test_easier_promises_beside_a_harder_one_change_nothing(
    others: list[Promise], partners: int, need: float | None, kept: bool, more: int
):
    hard = Promise("one", need, partners, kept)
    easier = [Promise("one", need, partners - 1, True)] * more
    assert close(kept_share([*others, hard]), kept_share([*others, hard, *easier]))


@given(st.lists(promises, min_size=1, max_size=12), st.floats(0, 1))
def test_a_kept_promise_of_little_stake_moves_the_weighted_share_less_than_the_count(
    every: list[Promise], need: float
):
    due = [each for each in every if each.kept is not None]
    assume(due)
    low = Promise("new", need, 1, True)
    total = sum(weights(due))
    assume(stake(need, 1) < total / len(due))
    weighted, counted = kept_share(due), kept_count(due)
    assert weighted is not None
    assert counted is not None
    after, count_after = kept_share([*due, low]), kept_count([*due, low])
    assert after is not None
    assert count_after is not None
    # How much of what is missing to 100% it closes.
    assert (after - weighted) * (1 - counted) <= (count_after - counted) * (1 - weighted) + 1e-9


@given(st.lists(promises, max_size=12), st.floats(0.1, 0.9), st.integers(1, 3))
def test_keeping_the_harder_of_two_counts_more(others: list[Promise], need: float, partners: int):
    low = Promise("low", need, partners, False)
    for high in (Promise("high", need + 0.1, partners, False), Promise("high", need, partners + 1, False)):
        kept_low = kept_share([*others, dataclasses.replace(low, kept=True), high])
        kept_high = kept_share([*others, low, dataclasses.replace(high, kept=True)])
        assert kept_low is not None
        assert kept_high is not None
        assert kept_high > kept_low


@given(st.lists(promises, min_size=1, max_size=12), st.data())
def test_keeping_what_was_not_kept_never_lowers_the_share(every: list[Promise], data: st.DataObject):
    at = data.draw(st.integers(0, len(every) - 1))
    assume(every[at].kept is False)
    better = [*every[:at], dataclasses.replace(every[at], kept=True), *every[at + 1 :]]
    before, after = kept_share(every), kept_share(better)
    assert before is not None
    assert after is not None
    assert after >= before - 1e-9
