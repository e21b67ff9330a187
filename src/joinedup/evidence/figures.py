"""From observations to the latest figure of each indicator in each place. Pure computation.

Three states are kept apart throughout: a number, suppressed, missing. The last two never count as nought:
they leave a figure unknown.

Rates are by residents of the 2021 Census. People at risk are residents aged 16 to 24 (Census 2021), the
youngest band above childhood that exists for today's small areas; for work with children, residents aged 0 to 15.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from joinedup.evidence.indicators import Indicator
from joinedup.evidence.methods import ancestors, months_to, percentiles, shrunk, year_of
from joinedup.evidence.sources import source_named
from joinedup.evidence.sources.contract import MISSING, NUMBER, SUPPRESSED

FIGURES: dict[str, pl.DataType] = {
    "indicator": pl.String(),
    "place": pl.String(),
    "kind": pl.String(),
    "start": pl.String(),
    "period": pl.String(),
    "count": pl.Float64(),
    "denominator": pl.Float64(),
    "value": pl.Float64(),
    "shrunk": pl.Float64(),
    "state": pl.String(),
    "percentile": pl.Float64(),
    "rank": pl.Int64(),
    "compared": pl.Int64(),
    "middle": pl.Float64(),
    "residents_mislead": pl.Boolean(),
    "note": pl.String(),
    "source": pl.String(),
}
AT_RISK, CHILDREN = "residents-16-24", "residents-0-15"
ABOUT_CHILDREN = frozenset(
    {
        "after-school-safety",
        "children-in-care",
        "childhood-trauma",
        "domestic-abuse",
        "early-years",
        "family-support",
        "school-belonging",
        "school-exclusion",
        "special-needs",
    }
)
FEWEST_COMPARATORS = 5
# Below this many residents aged 0 to 15 a published rate of children stands on a handful, and a nought may be
# rounded away (the City of London: one primary school). It is shown, and not compared.
FEWEST_CHILDREN = 2000
FAR_OUT_AT_LEAST = 2
HANDFUL = "Too few children live here for this rate to be compared."
VISITED = "Few people live here and many come: a rate by residents misleads."
# A mean over a place stands when the parts that are known hold this share of its residents.
MOST_OF_IT = 0.9


def populations(observations: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Residents of every place, summed from LSOAs upwards.

    `observations`: columns of the observation schema, of which the groups named residents… are used.
    `places`: place, kind, parent. Returns place, group, people (persons).
    """
    people = observations.filter(
        pl.col("indicator").str.starts_with("residents"), pl.col("state") == NUMBER
    ).select("place", group="indicator", people="count")
    upwards = ancestors(places)
    return (
        people.join(upwards, on="place")
        .group_by(place="ancestor", group="group")
        .agg(pl.col("people").sum())
        .sort("place", "group")
    )


def at_risk(population: pl.DataFrame, theme: str = "") -> dict[str, float]:
    """Who a theme is about, by place (Census 2021): residents aged 0 to 15 for work with children, their schools
    and their families, else residents aged 16 to 24. The census bands at today's neighbourhoods are no finer."""
    group = CHILDREN if theme in ABOUT_CHILDREN else AT_RISK
    return dict(population.filter(pl.col("group") == group).select("place", "people").iter_rows())


def figures(
    observations: pl.DataFrame,
    population: pl.DataFrame,
    indicators: Sequence[Indicator],
    places: pl.DataFrame,
    as_of: str,
) -> pl.DataFrame:
    """The latest figure of each indicator in each place, as known at `as_of` (YYYY-MM).

    `observations`: the observation schema. `population`: from `populations`. `places`: place, kind, parent.
    Returns one row for every place of a kind that the indicator has, known or not, with the columns of
    `FIGURES`: `value` in the indicator's unit; `shrunk`, the value drawn to the mean of its comparators as
    far as chance may explain it (empirical Bayes, see `methods.shrunk`); `percentile`, 0 to 1, high where
    need is high, among places of the same kind; `rank`, 1 where it is highest, of how many `compared`; their
    median, `middle`; `residents_mislead` for rates by residents of a place where two or more of them lie
    beyond the outer fence (few live there and many come); a `note` to show beside it; and its `source`.
    """
    upwards = ancestors(places)
    children = population.filter(pl.col("group") == "residents-0-15", pl.col("people") < FEWEST_CHILDREN)
    small = children["place"].to_list()
    made = []
    for indicator in indicators:
        own = observations.filter(pl.col("indicator").is_in(indicator.observed))
        for kind in indicator.grain:
            there = places.filter(pl.col("kind") == kind).select("place", "kind")
            if there.is_empty():
                continue
            if indicator.method == "rate":
                rows = _rates(own, population, indicator, there, as_of)
            elif indicator.method == "published":
                rows = _published(own, there, as_of)
            else:
                rows = _from_neighbourhoods(own, population, indicator, there, upwards, as_of)
            made.append(_compared(rows, indicator, small))
    if not made:
        return pl.DataFrame(schema=FIGURES)
    return _where_few_live(pl.concat(made), indicators).sort("indicator", "kind", "place")


def _where_few_live(made: pl.DataFrame, indicators: Sequence[Indicator]) -> pl.DataFrame:
    """Where several rates by residents lie far out, few live and many come: none of them is to be trusted."""
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
    ).with_columns(note=pl.when("residents_mislead").then(pl.lit(VISITED)).otherwise("note"))


def _source_of(indicator: Indicator, kind: str) -> str:
    """The source of observations of a kind of place; the first where it is worked out from smaller places."""
    named = {name: source_named(name) for name in indicator.source}
    return next(
        (name for name, source in named.items() if source and kind in source.grain), indicator.source[0]
    )


def _rates(
    own: pl.DataFrame, population: pl.DataFrame, indicator: Indicator, there: pl.DataFrame, as_of: str
) -> pl.DataFrame:
    """Counts of the last months over residents; known only where every month of every part is a number."""
    own = own.filter(pl.col("period") <= as_of).join(there, on="place", how="semi")
    last = own["period"].max()
    window = months_to(str(last), indicator.window) if last is not None else []
    # Two files may hold the same month; it counts once.
    own = own.filter(pl.col("period").is_in(window)).unique(["indicator", "place", "period"], keep="last")
    counts = own.group_by("place").agg(
        count=pl.col("count").sum(),
        numbers=(pl.col("state") == NUMBER).sum(),
        hidden=(pl.col("state") == SUPPRESSED).any(),
    )
    people = (
        population.filter(pl.col("group").is_in(indicator.denominator))
        .group_by("place")
        .agg(denominator=pl.col("people").sum(), groups=pl.len())
        .filter(pl.col("groups") == len(indicator.denominator), pl.col("denominator") > 0)
    )
    whole = pl.col("numbers") == len(window) * len(indicator.numerator)
    state = (
        pl.when(pl.col("hidden").fill_null(False))
        .then(pl.lit(SUPPRESSED))
        .when((whole & pl.col("denominator").is_not_null()).fill_null(False))
        .then(pl.lit(NUMBER))
        .otherwise(pl.lit(MISSING))
    )
    known = pl.col("state") == NUMBER
    return (
        there.join(counts, on="place", how="left")
        .join(people, on="place", how="left")
        .with_columns(state=state)
        .with_columns(
            start=pl.lit(window[0] if window else None, pl.String),
            period=pl.lit(window[-1] if window else None, pl.String),
            count=pl.when(known).then("count"),
            value=pl.when(known).then(pl.col("count") / pl.col("denominator") * indicator.per),
        )
    )


def _published(own: pl.DataFrame, there: pl.DataFrame, as_of: str) -> pl.DataFrame:
    """The publisher's own figure, of the latest year in which at least half of the places have a number."""
    own = own.join(there, on="place", how="semi").with_columns(year=year_of("period"))
    own = own.filter(pl.col("year") <= int(as_of[:4]))
    numbers = own.filter(pl.col("state") == NUMBER).group_by("year", "period").len()
    enough = numbers.filter(pl.col("len") * 2 >= there.height).sort("year", "period")
    period = enough["period"][-1] if enough.height else None
    latest = own.filter(pl.col("period") == pl.lit(period, pl.String)).unique(
        "place", keep="last", maintain_order=True
    )
    return there.join(
        latest.select("place", "count", "denominator", "value", "state"), on="place", how="left"
    ).with_columns(
        state=pl.col("state").fill_null(MISSING),
        start=pl.lit(period, pl.String),
        period=pl.lit(period, pl.String),
    )


def _from_neighbourhoods(
    own: pl.DataFrame,
    population: pl.DataFrame,
    indicator: Indicator,
    there: pl.DataFrame,
    upwards: pl.DataFrame,
    as_of: str,
) -> pl.DataFrame:
    """A mean over residents, or a share of neighbourhoods, from the values of the LSOAs in each place."""
    own = own.filter(pl.col("period").str.head(4) <= as_of[:4])
    period = own["period"].max()
    residents = population.filter(pl.col("group") == "residents").select("place", "people")
    parts = (
        own.filter(pl.col("period") == pl.lit(period, pl.String))
        .join(residents, on="place")
        .join(upwards.rename({"ancestor": "whole"}), on="place")
        .with_columns(known=pl.col("state") == NUMBER)
    )
    known_people = (pl.col("people") * pl.col("known")).sum()
    if indicator.method == "mean":
        gathered = parts.group_by(place="whole").agg(
            value=(pl.col("value") * pl.col("people")).filter("known").sum() / known_people * indicator.per,
            denominator=known_people,
            covered=known_people / pl.col("people").sum(),
        )
        gathered = gathered.with_columns(count=pl.lit(None, pl.Float64))
    else:
        gathered = parts.group_by(place="whole").agg(
            count=(pl.col("value") <= indicator.at_most).filter("known").sum().cast(pl.Float64),
            denominator=pl.col("known").sum().cast(pl.Float64),
            covered=known_people / pl.col("people").sum(),
        )
        share = pl.col("count") / pl.col("denominator") * indicator.per
        gathered = gathered.with_columns(value=share)
    enough = (pl.col("covered") >= MOST_OF_IT).fill_null(False)
    return there.join(gathered, on="place", how="left").with_columns(
        *(pl.when(enough).then(name).alias(name) for name in ("count", "denominator", "value")),
        state=pl.when(enough).then(pl.lit(NUMBER)).otherwise(pl.lit(MISSING)),
        start=pl.lit(period, pl.String),
        period=pl.lit(period, pl.String),
    )


def _compared(rows: pl.DataFrame, indicator: Indicator, small: Sequence[str]) -> pl.DataFrame:
    """Add what the other places of the kind say: shrunk value, percentile, median, and who lies far out."""
    counts = (rows["state"] == NUMBER).to_numpy()
    if indicator.method == "published":
        counts &= ~rows["place"].is_in(small).to_numpy()
    value = np.where(counts, rows["value"].cast(pl.Float64).to_numpy(), np.nan).astype(float)
    drawn = value
    if indicator.method in ("rate", "share"):
        count = rows["count"].cast(pl.Float64).to_numpy().astype(float)
        denominator = rows["denominator"].cast(pl.Float64).to_numpy().astype(float)
        count = np.where(np.isnan(value), np.nan, count)
        drawn = shrunk(count, denominator, proportion=indicator.method == "share") * indicator.per
    known = ~np.isnan(value)
    enough = int(known.sum()) >= FEWEST_COMPARATORS
    standing = percentiles(drawn if indicator.direction == "high_is_worse" else -drawn)
    far_out = np.zeros(len(value), dtype=bool)
    if enough and indicator.method == "rate" and indicator.by_residents:
        low, high = np.quantile(value[known], [0.25, 0.75])
        far_out = known & (value > high + 3 * (high - low))  # Tukey's outer fence
    return rows.with_columns(
        indicator=pl.lit(indicator.slug),
        shrunk=pl.Series(drawn, nan_to_null=True),
        percentile=pl.Series(standing if enough else np.full(len(value), np.nan), nan_to_null=True),
        rank=pl.Series(standing if enough else np.full(len(value), np.nan), nan_to_null=True)
        .rank("min", descending=True)
        .cast(pl.Int64),
        compared=pl.lit(int(known.sum()), pl.Int64),
        middle=pl.lit(float(np.median(value[known])) if enough else None, pl.Float64),
        residents_mislead=pl.Series(far_out, dtype=pl.Boolean),
        note=pl.when((pl.col("state") == NUMBER) & ~pl.Series(counts)).then(pl.lit(HANDFUL)),
        source=pl.lit(_source_of(indicator, rows["kind"][0])),
    ).select(pl.col(name).cast(kind) for name, kind in FIGURES.items())
