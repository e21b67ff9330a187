import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from joinedup.engines import rates
from joinedup.evidence.methods import (
    ancestors,
    byar,
    months_to,
    percentiles,
    rank_bounds,
    shrunk,
    wilson,
    year_of,
)

numbers = st.lists(st.one_of(st.floats(0, 100), st.just(float("nan"))), min_size=1, max_size=30)


@given(numbers)
def test_percentiles_agree_with_the_obvious_way(values: list[float]) -> None:
    known = [value for value in values if value == value]
    for value, standing in zip(values, percentiles(np.array(values)), strict=True):
        if value != value:
            assert np.isnan(standing)
        else:
            below = sum(other < value for other in known)
            same = sum(other == value for other in known)
            assert standing == pytest.approx((below + same / 2) / len(known))


def test_shrinkage_by_hand() -> None:
    """Three places of 100 people with 10, 20 and 30 events: mean 0.2, spread 0.00667 - 0.002 of noise."""
    drawn = shrunk(np.array([10.0, 20, 30]), np.array([100.0, 100, 100]))
    kept = (0.02 / 3 - 0.002) / (0.02 / 3 - 0.002 + 0.002)
    assert drawn == pytest.approx([0.2 - 0.1 * kept, 0.2, 0.2 + 0.1 * kept])


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(50, 5000)), min_size=2, max_size=20))
def test_shrunk_rates_lie_between_the_rate_and_the_mean(pairs: list[tuple[int, int]]) -> None:
    count, people = np.array(pairs, dtype=float).T
    mean, rate = count.sum() / people.sum(), count / people
    drawn = shrunk(count, people)
    assert (drawn >= np.minimum(rate, mean) - 1e-12).all()
    assert (drawn <= np.maximum(rate, mean) + 1e-12).all()


def test_small_places_move_most_and_unknown_stays_unknown() -> None:
    drawn = shrunk(np.array([5.0, 500, 10, 4000, np.nan]), np.array([100.0, 10_000, 1000, 90_000, 50]))
    assert 0.05 - drawn[0] > 0.05 - drawn[1] > 0
    assert np.isnan(drawn[4])
    assert np.isnan(shrunk(np.array([np.nan]), np.array([1.0]))).all()


def test_only_chance_between_them_gives_them_all_the_mean() -> None:
    assert shrunk(np.array([10.0, 11, 9]), np.array([100.0, 100, 100])) == pytest.approx([0.1] * 3)


def test_months_cross_the_year() -> None:
    assert months_to("2024-02", 4) == ["2023-11", "2023-12", "2024-01", "2024-02"]


def test_the_year_in_which_a_period_ends() -> None:
    periods = pl.DataFrame({"period": ["2016", "2015/16", "2016-03", "1999/00", None]})
    assert periods.select(year_of("period")).to_series().to_list() == [2016, 2016, 2016, 2000, None]


def test_ancestors_go_all_the_way_up_and_never_round() -> None:
    places = pl.DataFrame({"place": ["a", "b", "c", "x", "y"], "parent": ["b", "c", None, "y", "x"]})
    found = set(ancestors(places).rows())
    assert found == {
        *[("a", "a"), ("a", "b"), ("a", "c"), ("b", "b"), ("b", "c"), ("c", "c")],
        *[("x", "x"), ("x", "y"), ("y", "y"), ("y", "x")],
    }


def test_the_interval_of_a_count_below_ten_is_exact_and_byars_above() -> None:
    counts = np.arange(0, 40)
    low, high = byar(counts)
    for n in range(10):
        assert low[n] == pytest.approx(chi2.ppf(0.025, 2 * n) / 2 if n else 0, abs=1e-6)
        assert high[n] == pytest.approx(chi2.ppf(0.975, 2 * n + 2) / 2, abs=1e-6)
    # Byar's is within 0.3% of exact from ten events on.
    assert low[10:] == pytest.approx(chi2.ppf(0.025, 2 * counts[10:]) / 2, rel=0.003)
    assert high[10:] == pytest.approx(chi2.ppf(0.975, 2 * counts[10:] + 2) / 2, rel=0.003)
    assert np.isnan(byar(np.array([np.nan]))).all()


@given(st.integers(1, 400), st.data())
def test_the_interval_of_a_share_is_wilsons(of: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, of))
    low, high = wilson(np.array([hits]), np.array([of]))
    assert (low[0], high[0]) == pytest.approx(rates.wilson(hits, of))
    assert np.isnan(wilson(np.array([0]), np.array([0]))).all()


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 10)), min_size=1, max_size=25))
def test_rank_bounds_agree_with_the_obvious_way(given_ones: list[tuple[int, int]]) -> None:
    low = np.array([float(start) for start, _ in given_ones])
    high = np.array([float(start + wide) for start, wide in given_ones])
    best, worst = rank_bounds(low, high)
    for n in range(len(low)):
        assert best[n] == 1 + sum(other > high[n] for other in low)
        assert worst[n] == len(low) - sum(other < low[n] for other in high)
        assert best[n] <= worst[n]
