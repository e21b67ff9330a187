"""How a place compares with those of a named set: only figures of one source and one period are compared.

Pure computation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from joinedup.evidence.comparators import ENOUGH, FEWEST, chosen
from joinedup.evidence.indicators import Indicator
from joinedup.evidence.methods import byar, percentiles, rank_bounds, shrunk, wilson
from joinedup.evidence.sources.contract import MISSING, NUMBER
from joinedup.late_imports import polars as pl

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
HANDFUL = "Too few children live here for this rate to be compared."
VISITED = "Few people live here and many come: a rate by residents misleads."
BROUGHT = "From a table that somebody brought, not from the usual publisher: ask how it was counted."
FAR_OUT_AT_LEAST = 2
EQUAL = ["source", "start", "period"]


def with_intervals(rows: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """Add `low` and `high`, the ends of the 95% interval of the value shown, if its count and denominator are
    known: Byar's for rates, Wilson's for proportions. If the count was rounded, the interval covers every
    count it may stand for."""
    count = rows["count"].cast(pl.Float64).to_numpy().astype(float)
    of = rows["denominator"].cast(pl.Float64).to_numpy().astype(float)
    value = rows["value"].cast(pl.Float64).to_numpy().astype(float)
    base = rows["rounding"].fill_null(1).to_numpy().astype(float)
    count = np.where(np.isnan(value) | ~(of > 0), np.nan, count)
    slack = np.where(base > 1, base / 2, 0.0)
    least, most = np.maximum(count - slack, 0), count + slack
    if _is_proportion(indicator):
        low, high = wilson(least, of)[0], wilson(np.minimum(most, of), of)[1]
    else:
        low, high = byar(least)[0] / of, byar(most)[1] / of
    # A figure computed by its publisher has its own unit, which value and share reveal.
    scale = np.full(len(value), indicator.scale)
    if indicator.method == "published":
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = np.where(count > 0, value * of / count, np.nan)
    return rows.with_columns(
        low=pl.Series(low * scale, nan_to_null=True), high=pl.Series(high * scale, nan_to_null=True)
    )


def _is_proportion(indicator: Indicator) -> bool:
    return indicator.method == "share" or (indicator.method == "published" and indicator.unit.startswith("%"))


def compared(
    rows: pl.DataFrame, indicator: Indicator, small: Sequence[str], sets: pl.DataFrame
) -> pl.DataFrame:
    """Add how each place compares with those of its set that have a figure of the same source and period.

    `sets`: from `comparators.sets_of`.

    percentile   0 to 1, high where need is high, of the value shown
    drawn        the same for the value drawn to the mean as far as chance may explain it
    best, worst  the best and worst rank it can have (1 is most need) given the 95% intervals; null without one
    compared     how many places were compared
    among        what they are: “authorities in the South East”; null without a set that is filled
    middle       their median
    """
    parts = []
    for part in rows.partition_by(EQUAL, maintain_order=True):
        measured = part.filter(_comparable(indicator, small))["place"]
        own = chosen(sets, measured, part["place"])
        of = dict(own.select("place", "set").iter_rows())
        for name, label in own.select("set", "label").unique(maintain_order=True).iter_rows():
            members = part.join(sets.filter(pl.col("set") == name), on="place", how="semi")
            found = _among(members, indicator, small, label)
            parts.append(
                found.filter(pl.col("place").is_in([place for place, one in of.items() if one == name]))
            )
        alone = part.filter(~pl.col("place").is_in(list(of)))
        if alone.height:
            parts.append(_among(alone, indicator, small, None))
    return pl.concat(parts, how="vertical_relaxed")


def _comparable(indicator: Indicator, small: Sequence[str]) -> pl.Expr:
    number = pl.col("state") == NUMBER
    return number & ~pl.col("place").is_in(list(small)) if indicator.method == "published" else number


@dataclass(frozen=True)
class Measured:
    """The figures of some places, an entry for each; NaN where one has none. `counts`: whether it is compared."""

    counts: Bools
    value: Floats
    count: Floats
    denominator: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Standing:
    """How each of them compares with the others, an entry for each; NaN and None where nothing is said."""

    percentile: Floats
    drawn: Floats
    shrunk: Floats
    best: Floats
    worst: Floats
    far_out: Bools
    compared: int | None
    middle: float | None


def standing(of: Measured, indicator: Indicator, *, is_set: bool) -> Standing:
    """These places compared with one another; with nobody unless they are a set and enough of it have a figure."""
    value = np.where(of.counts, of.value, np.nan)
    drawn = value
    if indicator.method in ("rate", "share"):
        count = np.where(np.isnan(value), np.nan, of.count)
        drawn = shrunk(count, of.denominator, proportion=indicator.method == "share") * indicator.scale
    known = ~np.isnan(value)
    enough = is_set and int(known.sum()) >= FEWEST
    sign = 1 if indicator.direction == "high_is_worse" else -1
    nothing = np.full(len(value), np.nan)
    best, worst = _ranks(of, known, sign) if enough else (nothing, nothing)
    far_out = np.zeros(len(value), dtype=bool)
    # Of a few places, a town among villages is no sign of visitors.
    if enough and int(known.sum()) >= ENOUGH and indicator.method == "rate" and indicator.by_residents:
        below, above = np.quantile(value[known], [0.25, 0.75])
        far_out = known & (value > above + 3 * (above - below))  # Tukey's outer fence
    return Standing(
        percentile=percentiles(sign * value) if enough else nothing,
        drawn=percentiles(sign * drawn) if enough else nothing,
        shrunk=drawn,
        best=best,
        worst=worst,
        far_out=far_out,
        compared=int(known.sum()) if enough else None,
        middle=float(np.median(value[known])) if enough else None,
    )


def _among(rows: pl.DataFrame, indicator: Indicator, small: Sequence[str], label: str | None) -> pl.DataFrame:
    """These places compared with one another; with nobody, if they have no `label`."""
    counts = rows.select(_comparable(indicator, small).fill_null(False)).to_series().to_numpy()
    columns = ("value", "count", "denominator", "low", "high")
    measured = {name: rows[name].cast(pl.Float64).to_numpy().astype(float) for name in columns}
    found = standing(Measured(counts, **measured), indicator, is_set=label is not None)
    brought = rows["source"][0] not in indicator.source
    return rows.with_columns(
        percentile=pl.Series(found.percentile, nan_to_null=True),
        drawn=pl.Series(found.drawn, nan_to_null=True),
        shrunk=pl.Series(found.shrunk, nan_to_null=True),
        best=pl.Series(found.best, nan_to_null=True).cast(pl.Int64),
        worst=pl.Series(found.worst, nan_to_null=True).cast(pl.Int64),
        compared=pl.lit(found.compared, pl.Int64),
        among=pl.lit(label if found.compared is not None else None, pl.String),
        middle=pl.lit(found.middle, pl.Float64),
        residents_mislead=pl.Series(found.far_out, dtype=pl.Boolean),
        note=pl.when((pl.col("state") == NUMBER) & ~pl.Series(counts, dtype=pl.Boolean))
        .then(pl.lit(HANDFUL))
        .when((pl.col("state") != MISSING) & pl.lit(brought))
        .then(pl.lit(BROUGHT))
        .when(pl.col("state").is_in([NUMBER, MISSING]))
        .then("why"),
    )


def _ranks(of: Measured, known: Bools, sign: int) -> tuple[Floats, Floats]:
    low, high = (of.low, of.high) if sign > 0 else (-of.high, -of.low)
    has = known & ~np.isnan(low) & ~np.isnan(high)
    best, worst = np.full(len(known), np.nan), np.full(len(known), np.nan)
    # A place without an interval may stand anywhere.
    found = rank_bounds(np.where(has, low, -np.inf)[known], np.where(has, high, np.inf)[known])
    best[known], worst[known] = found
    best[~has], worst[~has] = np.nan, np.nan
    return best, worst


def where_few_live(made: pl.DataFrame, indicators: Sequence[Indicator]) -> pl.DataFrame:
    """Where several rates by residents are extreme, few people live and many visit: none of these rates is
    reliable."""
    by_residents = [one.slug for one in indicators if one.method == "rate" and one.by_residents]
    visited = (
        made.filter("residents_mislead")
        .group_by("place")
        .agg(pl.len())
        .filter(pl.col("len") >= FAR_OUT_AT_LEAST)["place"]
        .to_list()
    )
    return made.with_columns(
        residents_mislead=pl.col("place").is_in(visited)
        & pl.col("indicator").is_in(by_residents)
        & (pl.col("state") == NUMBER)
    ).with_columns(
        note=pl.when("residents_mislead")
        .then(pl.concat_str(pl.lit(VISITED), "note", separator=" ", ignore_nulls=True))
        .otherwise("note")
    )
