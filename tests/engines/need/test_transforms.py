"""Scales, variances, middles and spreads."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinedup.engines.need import transforms
from joinedup.engines.need.panel import layout_of, of_one_kind, panel
from joinedup.engines.need.spread import between, middle
from joinedup.engines.need.transforms import COUNT, PERCENT, RATE, SCORE, SHARE

NOTHING = np.array([np.nan])


def of(*numbers: float) -> np.ndarray:
    return np.array(numbers, dtype=float)


def test_y_and_its_variance_by_kind_of_figure() -> None:
    assert transforms.on_scale(COUNT, NOTHING, of(99.5), of(1000), 0) == pytest.approx(np.log(0.1))
    assert transforms.variance(COUNT, of(99.5), of(1000), of(np.nan), NOTHING, NOTHING) == pytest.approx(0.01)
    assert transforms.variance(COUNT, of(99.5), of(1000), of(3), NOTHING, NOTHING) == pytest.approx(0.03)
    assert transforms.variance(COUNT, of(99.5), of(1000), of(0.4), NOTHING, NOTHING) == pytest.approx(0.01)
    assert transforms.on_scale(SHARE, NOTHING, of(2), of(9), 0) == pytest.approx(np.log(0.25 / 0.75))
    assert transforms.variance(SHARE, of(2), of(9), NOTHING, NOTHING, NOTHING) == pytest.approx(
        1 / (9 * 0.25 * 0.75)
    )
    assert transforms.on_scale(RATE, of(12), NOTHING, NOTHING, 0.5) == pytest.approx(np.log(12.5))
    assert transforms.on_scale(PERCENT, of(20), NOTHING, NOTHING, 0.5) == pytest.approx(np.log(0.25))
    assert transforms.on_scale(SCORE, of(-1.5), NOTHING, NOTHING, 0) == -1.5
    # Of what is published without counts: the count it stands for, or how it wavered, whichever says more.
    for expected, scatter, v in (
        (99.5, 0.05, 0.05),
        (9.5, 0.05, 0.1),
        (np.nan, 0.05, 0.05),
        (9.5, np.nan, 0.1),
    ):
        found = transforms.variance(RATE, NOTHING, NOTHING, NOTHING, of(expected), of(scatter))
        assert found == pytest.approx(v)
    for kind in (RATE, PERCENT, SCORE):
        assert np.isnan(transforms.variance(kind, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING)[0])


@given(st.sampled_from([COUNT, SHARE, RATE, PERCENT, SCORE]), st.floats(0.5, 90))
def test_the_scale_can_be_gone_back(kind: str, value: float) -> None:
    count, people = (value * 100 - 0.5, 1e5) if kind == COUNT else (value * 10.01 - 0.5, 1000)
    y = transforms.on_scale(kind, of(value), of(count), of(people), 0.1)
    assert transforms.off_scale(kind, y, 0.1, of(1000)) == pytest.approx(value, rel=1e-6)


def test_the_scatter_is_round_a_places_own_line_without_what_all_share() -> None:
    rows = []
    for place in range(8):
        for year in range(2018, 2026):
            wobble = (0.1 if place == 0 else 0.02) * (-1) ** (year + place + year // 2)
            rows.append((f"p{place}", "g", year, 3.0 * (year == 2020) + 0.1 * place * (year - 2018) + wobble))
    rows += [("short", "h", year, 0.0) for year in (2023, 2024, 2025)]
    earlier = pl.DataFrame(rows, schema=["place", "group", "year", "y"], orient="row")
    found = transforms.scattered(earlier)
    assert "short" not in found
    # A level of its own, a trend of its own and a bad year of all are no scatter; a place that wavers has more.
    assert found["p1"] == pytest.approx(found["p5"], rel=0.3)
    assert found["p1"] < 0.001 < 0.004 < found["p0"] < 0.1**2 * 8 / 6
    assert transforms.scattered(earlier.filter(pl.col("year") > 2022)) == {}


def test_the_spread_between_places_is_what_chance_leaves() -> None:
    rng = np.random.default_rng(1)
    v = np.full(4000, 0.5)
    y = rng.normal(size=4000) * 2 + rng.normal(size=4000) * np.sqrt(v)
    assert between(y, v) == pytest.approx(4, rel=0.1)
    assert between(rng.normal(size=4000) * np.sqrt(v) * 0.9, v) == 0
    # A few places far out, or very uncertain, change little.
    y[:100], v[100:200] = 50, 40
    assert between(y, v) == pytest.approx(4, rel=0.15)
    # Of equal variances it is the median absolute deviation's, less the variance.
    few = of(0, 1, 2, 3, 10)
    assert between(few, np.full(5, 0.1)) == pytest.approx(1 / 0.454936 - 0.1, rel=1e-3)
    assert (between(NOTHING, NOTHING), middle(of(1, np.nan, 3))) == (0, 2)
    assert np.isnan(middle(NOTHING))


def figures(*rows: tuple[str, str, str, float]) -> pl.DataFrame:
    return pl.DataFrame(
        [(place, indicator, "s", period, period, y, 0.1) for place, indicator, period, y in rows],
        schema=["place", "indicator", "source", "start", "period", "y", "v"],
        orient="row",
    )


def test_only_figures_of_one_period_are_compared_those_of_most_places() -> None:
    held = figures(("a", "i", "2025", 1), ("b", "i", "2025", 2), ("c", "i", "2024", 3), ("a", "j", "2024", 1))
    assert of_one_kind(held).sort("place", "indicator")["place"].to_list() == ["a", "a", "b"]
    # Two thirds of the places have `i`, too few; with the third left out it is all of them.
    assert panel(held, ["a", "b", "c"], frozenset()).indicators == []
    assert panel(held, ["a", "b"], frozenset()).indicators == ["i"]


def test_families_of_one_keeper_that_say_the_same_are_one() -> None:
    rng = np.random.default_rng(2)
    first = rng.normal(size=30)
    near, apart = first + rng.normal(size=30) * 0.1, rng.normal(size=30)
    rows = [
        (f"p{at:02}", name, "2025", float(column[at]))
        for name, column in (("a", first), ("b", near), ("c", apart), ("d", near))
        for at in range(30)
    ]
    held = panel(figures(*rows), [f"p{at:02}" for at in range(30)], frozenset())
    families, keepers = (
        {each: each for each in "abcd"},
        {"a": "police", "b": "police", "c": "police", "d": "schools"},
    )
    layout, names = layout_of(held, held.fitted, families, keepers)
    assert names == ["police: a", "police: c", "schools: d"]
    assert layout.family.tolist() == [0, 0, 1, 2]
    assert layout.has_shared.tolist() == [1, 0]
