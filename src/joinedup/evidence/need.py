"""From figures to how much each place needs work on each theme: general pressure, and what stands out. No database.

The model is `joinedup.engines.need`; here stand the sets of places that are compared, and what each figure is to it.
Suppressed or missing never counts as zero: a need about which nothing is known is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from joinedup.engines.need import themes as model
from joinedup.engines.need.verdicts import NONE, NOT_MEASURED, PROXY
from joinedup.evidence.comparators import chosen, sets_of
from joinedup.evidence.comparison import HANDFUL
from joinedup.evidence.figures import AT_RISK, CHILDREN, FIGURES, at_risk, figures, populations
from joinedup.evidence.indicators import Indicator
from joinedup.evidence.methods import year_of
from joinedup.evidence.sources.contract import NUMBER
from joinedup.late_imports import polars as pl

__all__ = ["AT_RISK", "FIGURES", "at_risk", "earlier_years", "figures", "need", "populations"]

# Ages that the Census gives together, of which a published rate's are a part: 0 to 15.
AGES_COUNTED = 16
EARLIER = {
    "place": str,
    "indicator": str,
    "source": str,
    "year": int,
    "value": float,
}
# A figure says a tenth less of today for every year of its age, and never less than this.
LEAST_FRESH = 0.3


def need(
    known_figures: pl.DataFrame,
    indicators: Sequence[Indicator],
    places: pl.DataFrame,
    as_of: str,
    *,
    population: pl.DataFrame | None = None,
    earlier: pl.DataFrame | None = None,
    themes: Sequence[str] = (),
) -> pl.DataFrame:
    """How much each place needs work on each theme, how certain that is, and what stands out there.

    `known_figures`: as `figures.figures` makes them. `places`: place, name, kind, parent, force. `population`: from
    `populations`, for the counts that published rates stand for. `earlier`: from `earlier_years`, for how much they
    waver. `themes`: further themes to include, on which nothing is measured. Returns, for every place and theme, what
    `engines.need.need` does (pressure, stands_out, verdict…) and

    kind        of the place
    need        0 to 1, the share of the set's places that are expected below; null where nothing that measures the
                theme or stands for it can be compared. It is stated only if the certainty allows (see `models.ENOUGH`)
    certainty   0 to 1: the reliability, times how much the figures say of the theme (1 where they measure it, else the
                weight of the best that stands for it), times how fresh they are (a tenth less for each year, not
                below 0.3)
    parts       what it is made of: indicator, own, weight, percentile, value, unit, lower, upper, middle, period,
                state, source (who keeps the records)
    """
    weights = pl.DataFrame(
        [
            (one.slug, theme, weight, theme in one.measures)
            for one in indicators
            for theme, weight in one.themes.items()
        ],
        schema={"indicator": pl.String, "theme": pl.String, "weight": pl.Float64, "own": pl.Boolean},
        orient="row",
    ).filter(pl.col("weight") > 0)
    usable = known_figures.filter(
        pl.col("state") == NUMBER,
        ~pl.col("residents_mislead").fill_null(False),
        pl.col("note").is_null() | ~pl.col("note").str.contains(HANDFUL, literal=True),
    )
    compared = sets(places, usable, indicators)
    found = model.need(
        _for_model(usable, indicators, population),
        _described(indicators),
        weights,
        compared,
        _alike(earlier, usable),
        themes=themes,
    )
    asked = pl.DataFrame({"theme": sorted({*weights["theme"], *themes})}, schema={"theme": pl.String})
    every = known_figures.select("place", "kind").unique().join(asked, how="cross")
    rows = every.join(found, on=["place", "theme"], how="left").with_columns(
        verdict=pl.col("verdict").fill_null(NOT_MEASURED),
        measured=pl.col("measured").fill_null(NONE),
        figures=pl.col("figures").fill_null([]),
    )
    parts = _parts(known_figures, indicators, weights, rows)
    says = pl.when(pl.col("measured") == PROXY).then("best").otherwise(1.0)
    fresh = pl.max_horizontal(1 - 0.1 * (int(as_of[:4]) - pl.col("year")), pl.lit(LEAST_FRESH)).clip(
        upper_bound=1
    )
    return (
        rows.join(parts, on=["place", "theme"], how="left")
        .with_columns(
            parts=pl.col("parts").fill_null([]),
            certainty=pl.when(pl.col("need").is_not_null())
            .then((pl.col("reliability") * says * fresh).clip(0, 1))
            .otherwise(0.0),
        )
        .drop("best", "year")
        .sort("place", "theme")
    )


def sets(places: pl.DataFrame, usable: pl.DataFrame, indicators: Sequence[Indicator]) -> pl.DataFrame:
    """The one set with whose places each is compared for need, as the model wants them: place,
    set, label, group, own, and all members of each such set.

    Authorities that run schools and children's services are compared with each other, districts of a county with
    districts and authorities like them, wards with wards of their police force area; England and Wales apart. Of whole
    force areas, regions and countries no need is worked out.
    """
    upper, lower = sets_of(places, upper=True), sets_of(places, upper=False)
    # A model of sixteen places for each of them would make 300 models: need keeps to the sets that many share.
    lower, upper = (each.filter(~pl.col("set").str.starts_with("like:")) for each in (lower, upper))
    lower = lower.filter(pl.col("set") != "forces")
    upper = upper.filter(pl.col("set") != "forces", ~pl.col("set").str.starts_with("wards:"))
    context = [one.slug for one in indicators if one.is_context]
    measured = usable.filter(~pl.col("indicator").is_in(context))["place"].unique()
    is_ward = pl.col("set").str.starts_with("wards:")
    below = lower.filter(~is_ward & ~pl.col("place").is_in(upper["place"].unique().implode()))[
        "place"
    ].unique()
    wards = lower.filter(is_ward)["place"].unique()
    parts = []
    for tier, every, among in (
        ("upper", upper, upper["place"].unique()),
        ("lower", lower, below),
        ("ward", lower, wards),
    ):
        own = chosen(every, measured, among).select("place", "set", own=pl.lit(True))
        members = every.join(own.select("set").unique(), on="set", how="semi").select("place", "set", "label")
        alone = pl.DataFrame({"place": among}, schema={"place": pl.String}).join(own, on="place", how="anti")
        parts += [
            each.with_columns(
                group=pl.concat_str(pl.lit(f"{tier}:"), pl.col("place").str.head(1)),
                set=pl.concat_str(pl.lit(f"{tier}:"), "set"),
            )
            for each in (
                members.join(own, on=["place", "set"], how="left").with_columns(
                    pl.col("own").fill_null(False)
                ),
                alone.with_columns(
                    set=pl.lit(None, pl.String), label=pl.lit(None, pl.String), own=pl.lit(True)
                ),
            )
        ]
    return pl.concat([each.select("place", "set", "label", "group", "own") for each in parts]).sort(
        "place", "set"
    )


def earlier_years(observations: pl.DataFrame, indicators: Sequence[Indicator]) -> pl.DataFrame:
    """The former years of published figures: place, indicator, source, year, value. Years that overlap (put together by
    the publisher) are left out: they waver less than their figures do."""
    names = {one.value: one.slug for one in indicators if one.method == "published" and one.pooled == 1}
    return (
        observations.filter(
            pl.col("indicator").is_in(list(names)), pl.col("state") == NUMBER, pl.col("value").is_not_null()
        )
        .with_columns(
            year=year_of("period"), indicator=pl.col("indicator").replace_strict(names, default=None)
        )
        .filter(pl.col("year").is_not_null())
        .unique(["place", "indicator", "source", "year"], keep="first", maintain_order=True)
        .select(pl.col(name).cast(kind) for name, kind in EARLIER.items())
    )


def _alike(earlier: pl.DataFrame | None, usable: pl.DataFrame) -> pl.DataFrame:
    """Those of the source that the place's figure is from."""
    if earlier is None:
        return pl.DataFrame(schema=EARLIER)
    return earlier.join(
        usable.select("place", "indicator", "source"), on=["place", "indicator", "source"], how="semi"
    )


def _described(indicators: Sequence[Indicator]) -> pl.DataFrame:
    """The indicators as the model wants them."""
    rows = [
        (
            one.slug, _kind(one), 1 if one.direction == "high_is_worse" else -1, one.scale, one.unit, one.family,
            one.records, one.is_context,
        )
        for one in indicators
    ]  # fmt: skip
    return pl.DataFrame(
        rows,
        schema={
            "indicator": pl.String, "kind": pl.String, "sign": pl.Int64, "scale": pl.Float64, "unit": pl.String,
            "family": pl.String, "records": pl.String, "context": pl.Boolean,
        },
        orient="row",
    )  # fmt: skip


def _kind(one: Indicator) -> str:
    if one.method == "published":
        return "percent" if one.unit.startswith("%") else "rate"
    return {"rate": "count", "share": "share", "mean": "score"}[one.method]


def _for_model(
    usable: pl.DataFrame, indicators: Sequence[Indicator], population: pl.DataFrame | None
) -> pl.DataFrame:
    """The figures as the model wants them, with the count that a published rate stands for, where that is known."""
    per = {}
    for one in indicators:
        found = re.search(r"per ([\d,]+)", one.unit)
        if one.ages and found:
            people = (one.ages[1] - one.ages[0] + 1) / AGES_COUNTED
            per[one.slug] = people * one.pooled / float(found[1].replace(",", ""))
    children = (
        population.filter(pl.col("group") == CHILDREN).select("place", children="people")
        if population is not None
        else pl.DataFrame(schema={"place": pl.String, "children": pl.Float64})
    )
    stands_for = (
        pl.col("value")
        * pl.col("children")
        * pl.col("indicator").replace_strict(per, default=None, return_dtype=pl.Float64)
    )
    return usable.join(children, on="place", how="left").select(
        "place", "indicator", "value", "count", of="denominator", lower="low", upper="high", more="spread",
        expected=pl.coalesce("count", stands_for), source="source", start="start", period="period",
    )  # fmt: skip


def _parts(
    known_figures: pl.DataFrame, indicators: Sequence[Indicator], weights: pl.DataFrame, rows: pl.DataFrame
) -> pl.DataFrame:
    """place, theme, parts, best (weight of a part that is known), year (mean of the parts known, by weight)."""
    keepers = {one.slug: one.records for one in indicators if not one.is_context}
    facts = (
        rows.select("place", "theme", "figures").explode("figures").drop_nulls("figures").unnest("figures")
    )
    facts = facts.select("place", "theme", "indicator", "unit", "lower", "upper", "middle")
    proxy = pl.col("measured") == PROXY
    used = (
        known_figures.select("place", "indicator", "value", "state", "period", percentile="drawn")
        .filter(pl.col("indicator").is_in(list(keepers)))
        .join(weights, on="indicator")
        .join(rows.select("place", "theme", "measured"), on=["place", "theme"])
        .filter(pl.when(proxy).then(~pl.col("own")).otherwise(pl.col("own")), pl.col("measured") != NONE)
        .join(facts, on=["place", "theme", "indicator"], how="left")
        .with_columns(source=pl.col("indicator").replace_strict(keepers), year=year_of("period"))
        .sort("place", "theme", pl.col("weight"), "indicator", descending=[False, False, True, False])
    )
    known = pl.col("state") == NUMBER
    weight = pl.col("weight").filter(known)
    part = pl.struct(
        "indicator", "own", "weight", "percentile", "value", "unit", "lower", "upper", "middle", "period", "state",
        "source",
    )  # fmt: skip
    return used.group_by("place", "theme", maintain_order=True).agg(
        parts=part,
        best=weight.max(),
        year=(pl.col("year").filter(known) * weight).sum() / weight.sum(),
    )
