"""Which source and which months a figure is made from. Pure computation.

A figure is made from one source's observations: numbers of different sources are never mixed, and data
brought alongside a publisher's series neither hides nor lengthens it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from joinedup.evidence import disclosure
from joinedup.evidence.breaks import is_broken
from joinedup.evidence.disclosure import DisclosureRule
from joinedup.evidence.indicators import Indicator
from joinedup.evidence.methods import months_to
from joinedup.evidence.sources.contract import NUMBER, SUPPRESSED
from joinedup.late_imports import polars as pl

MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"
YEAR = 12


def order_of(own: pl.DataFrame, indicator: Indicator) -> list[str]:
    """The sources of some observations, best first: those the indicator names, in its order, then anybody
    else's, in the order of the observations (newest first)."""
    there = own["source"].unique(maintain_order=True).to_list()
    named = [name for name in indicator.source if name in there]
    return [*named, *(name for name in there if name not in named)]


def of_one_source(own: pl.DataFrame, order: Sequence[str], place: str = "place") -> pl.DataFrame:
    """For each place, the observations of the first source, in an `order`, that covers it."""
    rank = {name: n for n, name in enumerate(order)}
    ranked = own.with_columns(_rank=pl.col("source").replace_strict(rank, return_dtype=pl.Int64))
    return ranked.filter(pl.col("_rank") == pl.col("_rank").min().over(place)).drop("_rank")


def last_months(own: pl.DataFrame, parts: int) -> pl.DataFrame:
    """The month in which the window of each source and police force area ends: source, force, period.

    It is the newest in which the source has all `parts` of a figure for at least half of the places it covers
    there: a month that a few places have before the others does not end the window.
    """
    of = own.group_by("source", "force").agg(
        every=pl.col("place").n_unique(), newest=pl.col("period").max(), _order=pl.int_range(pl.len()).min()
    )
    ends = (
        own.group_by("source", "force", "period", "place")
        .agg(held=pl.col("indicator").n_unique())
        .filter(pl.col("held") == parts)
        .group_by("source", "force", "period")
        .agg(places=pl.len())
        .join(of, on=["source", "force"], nulls_equal=True)
        .filter(pl.col("places") * 2 >= pl.col("every"))
        .group_by("source", "force")
        .agg(period=pl.col("period").max())
    )
    joined = of.join(ends, on=["source", "force"], how="left", nulls_equal=True)
    return joined.select("source", "force", period=pl.coalesce("period", "newest"))


def counted(own: pl.DataFrame, ends: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """Counts of each place in the window that ends as `ends` says, and in its last two years.

    `own`: one source per place, with `force`. Returns place, source, force, start, period, count, whole
    (every month of every part is a number), hidden, datasets, last, before (counts of the last 12 months and
    of the 12 before them; null if a month is not a number or a change of recording falls between).
    """
    parts = len(indicator.numerator)
    longest = max(indicator.window, 2 * YEAR)
    rows = [
        (source, force, month, end, n)
        for source, force, end in ends.iter_rows()
        for n, month in enumerate(reversed(months_to(end, longest)))
    ]
    schema = {"source": pl.String, "force": pl.String, "month": pl.String, "end": pl.String, "ago": pl.Int64}
    window = pl.DataFrame(rows, schema=schema, orient="row")
    # Two files may hold the same month; it counts once.
    own = own.unique(["indicator", "place", "period"], keep="first", maintain_order=True)
    inside = own.join(
        window, left_on=["source", "force", "period"], right_on=["source", "force", "month"], nulls_equal=True
    )
    number = pl.col("state") == NUMBER
    now, last = pl.col("ago") < indicator.window, pl.col("ago") < YEAR
    before = (pl.col("ago") >= YEAR) & (pl.col("ago") < 2 * YEAR)
    found = inside.group_by("place").agg(
        source=pl.col("source").first(),
        force=pl.col("force").first(),
        period=pl.col("end").first(),
        count=pl.col("count").filter(now & number).sum(),
        whole=(now & number).sum() == indicator.window * parts,
        hidden=(now & (pl.col("state") == SUPPRESSED)).any(),
        datasets=pl.col("datasets").filter(now).explode().unique(),
        both=((last | before) & number).sum() == 2 * YEAR * parts,
        last=pl.col("count").filter(last & number).sum(),
        before=pl.col("count").filter(before & number).sum(),
    )
    ends_with = found["period"].unique().to_list()
    starts = {end: months_to(end, indicator.window)[0] for end in ends_with}
    series = found.select("source", "force", "period").unique()
    broken = series.filter(
        [is_broken(months_to(end, 2 * YEAR), source, force) for source, force, end in series.iter_rows()]
    ).with_columns(broken=pl.lit(True))
    found = found.join(broken, on=["source", "force", "period"], how="left", nulls_equal=True)
    said = pl.col("both") & pl.col("broken").is_null()
    return found.with_columns(
        start=pl.col("period").replace_strict(starts, default=None, return_dtype=pl.String),
        last=pl.when(said).then("last"),
        before=pl.when(said).then("before"),
    ).drop("both", "broken")


def trend_shown(rows: pl.DataFrame, rules: Mapping[int, DisclosureRule], least: DisclosureRule) -> pl.Series:
    """How the last 12 months compare with the 12 before, -1 to 1: (last - before) / (last + before); 0 if
    both are zero. Computed from the two counts as they may be shown: None if either may not."""
    sides = []
    for name in ("last", "before"):
        one = rows.select(
            "datasets",
            count=pl.col(name).cast(pl.Float64),
            value=pl.lit(None, pl.Float64),
            state=pl.when(pl.col(name).is_not_null()).then(pl.lit(NUMBER)).otherwise(pl.lit(SUPPRESSED)),
        )
        sides.append(disclosure.shown(one, rules, least)["count"])
    last, before = (side.rename(name) for side, name in zip(sides, ("last", "before"), strict=True))
    both = pl.col("last") + pl.col("before")
    return pl.DataFrame([last, before]).select(
        trend=pl.when(both > 0)
        .then((pl.col("last") - pl.col("before")) / both)
        .when(both.is_not_null())
        .then(0.0)
    )["trend"]
