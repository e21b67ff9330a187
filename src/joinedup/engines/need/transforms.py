"""Figures on a scale on which they can be compared, with the sampling variance of each. Pure.

Counts: y = log((c + 1/2) / n), v = k / (c + 1/2), k how many times more the years of like places differ than chance
explains (never below 1). Shares: the logit, v = 1 / (n p (1 - p)). Published rates and percentages, whose counts are
not told: the logarithm or the logit; v is the larger of what the count alone would give (rate times the people of that
age) and the scatter of earlier years round the place's own line. Scores: as they are, without a variance.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from joinedup.late_imports import polars as pl

Floats = NDArray[np.float64]

COUNT, SHARE, RATE, PERCENT, SCORE = "count", "share", "rate", "percent", "score"
# A line needs two numbers, and two more to scatter round it.
LEAST_YEARS, MOST_YEARS = 4, 8
# A place's own scatter is drawn to the usual one as if that were known from so many further years.
USUAL_YEARS = 6
# Of so many places a year must be known for what they share in it to be taken off.
LEAST_PLACES = 6
# The standard normal deviate of a two-sided 95% interval.
LIMIT = 1.959963984540054


def on_scale(kind: str, value: Floats, count: Floats, of: Floats, nudge: float) -> Floats:
    """y of each figure. `nudge`: half of the smallest published number, in place of a half event."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind == COUNT:
            return np.asarray(np.log((count + 0.5) / of))
        if kind == SHARE:
            share = (count + 0.5) / (of + 1)
            return np.asarray(np.log(share / (1 - share)))
        if kind == RATE:
            return np.asarray(np.log(value + nudge))
        if kind == PERCENT:
            share = np.clip(value, nudge, 100 - nudge) / 100
            return np.asarray(np.log(share / (1 - share)))
    return value.copy()


def off_scale(kind: str, y: Floats, nudge: float, scale: Floats) -> Floats:
    """The value of which `on_scale` is y. `scale`: what a count divided by its denominator is multiplied by."""
    if kind == COUNT:
        return np.asarray(np.exp(y) * scale)
    if kind in (SHARE, PERCENT):
        return np.asarray(100 / (1 + np.exp(-y)))
    if kind == RATE:
        return np.maximum(np.exp(y) - nudge, 0)
    return y.copy()


def nudge_of(kind: str, values: Floats) -> float:
    """Half of the smallest number above nought among those published."""
    above = values[values > 0]
    return float(above.min()) / 2 if kind in (RATE, PERCENT) and above.size else 0.0


def variance(kind: str, count: Floats, of: Floats, more: Floats, expected: Floats, scatter: Floats) -> Floats:
    """v of each figure, NaN where none can be given.

    `more`: how many times more the years of like places differ than chance explains (NaN: not known). `expected`: the
    count that a published rate stands for, `scatter`: from `scattered`; NaN where not known.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind == COUNT:
            return np.asarray(np.fmax(more, 1.0) / (count + 0.5))
        if kind == SHARE:
            share = (count + 0.5) / (of + 1)
            return np.asarray(1 / (of * share * (1 - share)))
        if kind in (RATE, PERCENT):
            return np.asarray(np.fmax(1 / (expected + 0.5), scatter))
    return np.full(len(count), np.nan)


def scattered(earlier: pl.DataFrame) -> dict[str, float]:
    """The scatter of each place's years round its own line, for one indicator: place to variance.

    `earlier`: place, group (places that are compared), year (whole numbers), y. What all places of a group share in a
    year is taken off first. A place with fewer than `LEAST_YEARS` has none; of the others each is drawn to their
    median, since from a few years a scatter is known badly (a moderated variance: Smyth 2004).
    """
    kept = (
        earlier.filter(pl.col("y").is_finite())
        .with_columns(shared=pl.col("y").median().over("group", "year"), n=pl.len().over("group", "year"))
        .filter(pl.col("n") >= LEAST_PLACES)
        .with_columns(own=pl.col("y") - pl.col("shared"))
        .sort("place", "year")
        .group_by("place", maintain_order=True)
        .tail(MOST_YEARS)
    )
    x, y = pl.col("year").cast(pl.Float64), pl.col("own")
    line = kept.group_by("place", maintain_order=True).agg(
        years=pl.len(),
        xx=((x - x.mean()) ** 2).sum(),
        xy=((x - x.mean()) * (y - y.mean())).sum(),
        yy=((y - y.mean()) ** 2).sum(),
    )
    line = line.filter(pl.col("years") >= LEAST_YEARS, pl.col("xx") > 0).with_columns(
        left=(pl.col("yy") - pl.col("xy") ** 2 / pl.col("xx")).clip(lower_bound=0), free=pl.col("years") - 2
    )
    if line.is_empty():
        return {}
    usual = pl.lit((line["left"] / line["free"]).median())
    drawn = line.select("place", (pl.col("left") + USUAL_YEARS * usual) / (pl.col("free") + USUAL_YEARS))
    return dict(drawn.iter_rows())


def scaled(
    figures: pl.DataFrame, indicators: pl.DataFrame, sets: pl.DataFrame, earlier: pl.DataFrame
) -> pl.DataFrame:
    """The figures with y (more is more need) and v (null where it has none); `lower` and `upper` filled in from v where
    they are null. The frames are those of `themes.need`; figures of places without a set's group are left out."""
    groups = sets.select("place", "group").unique()
    figures = figures.join(groups, on="place").sort("indicator", "place")
    earlier = earlier.join(groups, on="place")
    parts = []
    for row in indicators.sort("indicator").iter_rows(named=True):
        own = figures.filter(pl.col("indicator") == row["indicator"])
        if own.height:
            parts.append(_scaled(own, row, earlier.filter(pl.col("indicator") == row["indicator"])))
    if not parts:
        return figures.with_columns(y=pl.lit(None, pl.Float64), v=pl.lit(None, pl.Float64))
    return pl.concat(parts)


def _scaled(own: pl.DataFrame, about: dict[str, Any], earlier: pl.DataFrame) -> pl.DataFrame:
    kind, sign = about["kind"], about["sign"]
    value, count, of, more, expected, lower, upper = (
        own[name].cast(pl.Float64).to_numpy().astype(float)
        for name in ("value", "count", "of", "more", "expected", "lower", "upper")
    )
    nudge = nudge_of(kind, value)
    y = on_scale(kind, value, count, of, nudge)
    scatter = np.full(own.height, np.nan)
    if kind in (RATE, PERCENT) and earlier.height:
        former = earlier["value"].to_numpy().astype(float)
        nothing = np.full(len(former), np.nan)
        found = scattered(earlier.with_columns(y=pl.Series(on_scale(kind, former, nothing, nothing, nudge))))
        scatter = np.array([found.get(place, np.nan) for place in own["place"]])
    v = (
        np.full(own.height, np.nan)
        if about["context"]
        else variance(kind, count, of, more, expected, scatter)
    )
    half = LIMIT * np.sqrt(v)
    scale = np.full(own.height, float(about["scale"]))
    lower = np.where(np.isnan(lower), off_scale(kind, y - half, nudge, scale), lower)
    upper = np.where(np.isnan(upper), off_scale(kind, y + half, nudge, scale), upper)
    made = {"y": sign * y, "v": v, "lower": lower, "upper": upper}
    return own.with_columns(pl.Series(name, each, nan_to_null=True) for name, each in made.items())
