"""Periods in which nothing was counted under an area's code, beside areas that go on."""

import numpy as np
import pytest

from joinedup.engines.code_faults import COUNTED, ENDED, FEWEST, NOT_BEGUN, REPEATED, code_faults

MONTHS = 24


def faults(own: list[float], *, usual: float = 12.0, hidden: list[int] = []) -> list[int]:  # noqa: B006
    """Those of one area beside nine others of a like size, whose counts are of chance."""
    others = np.random.default_rng(5).poisson(usual, (9, MONTHS)).astype(float)
    counts = np.vstack([np.array(own, float), others])
    unknown = np.zeros(counts.shape, bool)
    unknown[0, hidden] = True
    found = code_faults(counts, unknown)
    assert not found[1:].any(), "the others go on"
    return found[0].tolist()


def varied(mean: float) -> list[float]:
    return np.random.default_rng(8).poisson(mean, MONTHS).astype(float).tolist()


@pytest.mark.parametrize("nothing", [0.0, np.nan])
def test_a_code_ends_or_begins(nothing: float) -> None:
    own = varied(12)
    assert faults(own) == [COUNTED] * MONTHS
    assert faults([*own[:20], *[nothing] * 4]) == [COUNTED] * 20 + [ENDED] * 4
    assert faults([*[nothing] * 15, *own[15:]]) == [NOT_BEGUN] * 15 + [COUNTED] * 9
    assert faults([nothing, *own[1:23], nothing]) == [NOT_BEGUN, *[COUNTED] * 22, ENDED]


def test_a_few_noughts_of_something_rare_may_be_so() -> None:
    """1.2 a month: nine were to be expected in eight months. A month without a row has no figure all the same."""
    rare = [1.0, 2.0, 1.0, 1.0] * 6
    assert faults([*rare[:17], *[0] * 7], usual=1.2) == [COUNTED] * MONTHS
    assert faults([*rare[:17], *[0] * 5, np.nan, np.nan], usual=1.2) == [COUNTED] * 22 + [ENDED] * 2


def test_noughts_that_are_usual_are_no_news() -> None:
    """Twenty in one month, then none for five, and so on."""
    bursts = ([20.0, *[0.0] * 5] * 4)[:MONTHS]
    assert faults(bursts) == [COUNTED] * MONTHS


def test_an_outbreak_after_long_quiet_is_no_code_that_begins() -> None:
    """Where hardly anything is counted anywhere, 18 quiet months and then eight a month are what they look like."""
    assert faults([*[0.0] * 18, 7, 9, 8, 8, 6, 10], usual=0.2) == [COUNTED] * MONTHS


def test_a_number_that_is_carried_on() -> None:
    own = varied(12)
    assert faults([*own[:14], *[15.0] * 10]) == [COUNTED] * 15 + [REPEATED] * 9
    # The same number thrice comes by chance.
    assert faults([*own[:10], 15.0, 15.0, 15.0, *own[13:]]) == [COUNTED] * MONTHS
    # A small one often: one in ten months of an area that has one a month.
    assert faults([*[1.0, 0.0, 2.0, 1.0, 0.0] * 3, *[1.0] * 5, 0, 2, 0, 1], usual=1.0) == [COUNTED] * MONTHS


def test_numbers_that_are_rounded_repeat_themselves() -> None:
    counts = np.round(np.random.default_rng(3).poisson(10, (10, MONTHS)) / 5) * 5
    counts[0] = [10.0] * 7 + [15.0, 5.0] * 5 + [10.0] * 7
    assert not (code_faults(counts, np.zeros(counts.shape, bool)) == REPEATED).any()


def test_where_all_do_the_same_it_is_none_of_one_code() -> None:
    counts = np.random.default_rng(4).poisson(12, (10, MONTHS)).astype(float)
    unknown = np.zeros(counts.shape, bool)
    counts[:, 20:] = 0
    counts[:8, 2:14] = 9
    assert not code_faults(counts, unknown).any()


def test_what_is_held_back_says_nothing() -> None:
    own = varied(12)
    assert faults([*own[:20], *[0.0] * 4], hidden=[20, 21, 22, 23]) == [COUNTED] * MONTHS
    assert faults([*own[:20], *[0.0] * 4], hidden=[20]) == [COUNTED] * 21 + [ENDED] * 3


def test_what_several_measures_count_twice_is_no_more_sure() -> None:
    """Three counts of the same cases: in the two months twelve were to be expected by their sum, four by each."""
    one = np.random.default_rng(6).poisson(2, (10, MONTHS)).astype(float)
    one[one == 0] = 1
    one[0, 22:] = 0
    unknown = np.zeros(one.shape, bool)
    assert code_faults(3 * one, unknown, one)[0].tolist() == [COUNTED] * MONTHS
    assert code_faults(3 * one, unknown)[0].tolist() == [COUNTED] * 22 + [ENDED] * 2


def test_few_areas_tell_nothing() -> None:
    counts = np.full((FEWEST - 1, MONTHS), 20.0)
    counts[0, 12:] = 0
    assert not code_faults(counts, np.zeros(counts.shape, bool)).any()
