"""Intervals against published examples, against what they promise, and at the ends."""

import itertools
import math

import pytest

from joinedup.engines.rates import difference, paired_difference, wilson


def test_wilson_as_published():
    """Newcombe 1998, Statistics in Medicine 17, 857-872, table I, method 3."""
    for hits, of, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)):
        assert wilson(hits, of) == pytest.approx((low, high), abs=5e-5)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)


def test_difference_as_published():
    """Newcombe 1998, Statistics in Medicine 17, 873-890, table II, method 10."""
    moved = difference((48, 80), (56, 70))
    assert (moved.value, moved.low, moved.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    whole = difference((0, 10), (10, 10))
    assert (whole.value, whole.high) == (1.0, 1.0)
    assert whole.low == pytest.approx(0.6075, abs=5e-5)


def test_a_paired_difference_holds_what_it_promises():
    """Over every outcome of twelve pairs, the interval holds the truth in about 95 of 100."""
    of = 12
    for gain, loss in ((0.3, 0.1), (0.2, 0.2), (0.5, 0.05)):
        held = 0.0
        for gained, lost in itertools.product(range(of + 1), repeat=2):
            if gained + lost > of:
                continue
            same = of - gained - lost
            ways = math.factorial(of) // (
                math.factorial(gained) * math.factorial(lost) * math.factorial(same)
            )
            chance = ways * gain**gained * loss**lost * (1 - gain - loss) ** same
            found = paired_difference(gained, lost, of)
            held += chance * (found.low <= gain - loss <= found.high)
        assert 0.93 <= held <= 0.99


def test_the_same_before_and_after_may_be_chance():
    for found in (paired_difference(0, 0, 5), paired_difference(2, 2, 9), difference((3, 6), (4, 8))):
        assert found.value == 0
        assert found.may_be_chance
    assert not paired_difference(9, 0, 10).may_be_chance
    assert -1 <= paired_difference(0, 5, 5).low <= paired_difference(0, 5, 5).high <= 1


@pytest.mark.parametrize("counts", [(-1, 5), (6, 5), (0, 0)])
def test_counts_that_do_not_fit(counts):
    with pytest.raises(ValueError):
        wilson(*counts)
    with pytest.raises(ValueError):
        paired_difference(counts[0], 0, counts[1])
