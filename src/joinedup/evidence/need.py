"""From figures to how much each place needs work on each theme. Pure computation.

Suppressed or missing never counts as zero: a need about which nothing is known is unknown.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from joinedup.evidence.figures import AT_RISK, FIGURES, at_risk, figures, populations
from joinedup.evidence.indicators import Indicator
from joinedup.evidence.methods import year_of
from joinedup.evidence.sources.contract import NUMBER

__all__ = ["AT_RISK", "FIGURES", "at_risk", "figures", "need", "populations"]


def need(
    known_figures: pl.DataFrame,
    indicators: Sequence[Indicator],
    as_of: str,
    *,
    themes: Sequence[str] = (),
    weights: Mapping[str, Mapping[str, float]] | None = None,
) -> pl.DataFrame:
    """How much each place needs work on each theme, and how certain that is.

    `weights`: theme to indicator to weight; by default those of the indicators. `themes`: further themes to
    include, on which nothing is measured. Returns, for every place and theme,

    need        0 to 1, the weighted mean of the percentiles that are known (those of the values drawn to the mean);
                null if none is. It is stated only if the certainty allows (see `models.ENOUGH`)
    certainty   0 to 1, the product of: the share of the theme's weight that is known; how fresh it is (a
                tenth less for each year, not below 0.3); how many sources it is based on (1: 0.5, 2: 0.75, 3:
                0.875); and 0.7 for the part of it that is a rate by residents where these mislead
    sources     how many sources it is based on: those that an indicator names count the same things and are one
    parts       what it is made of: indicator, weight, percentile, value, period, state, source, residents_mislead
    """
    if weights is None:
        weights = {
            theme: {one.slug: one.themes[theme] for one in indicators if theme in one.themes}
            for theme in sorted({theme for one in indicators for theme in one.themes})
        }
    stated = pl.DataFrame(
        [(theme, slug, weight) for theme, parts in weights.items() for slug, weight in parts.items()],
        schema={"theme": pl.String, "indicator": pl.String, "weight": pl.Float64},
        orient="row",
    ).filter(pl.col("weight") > 0)
    families = pl.DataFrame(
        [(one.slug, name, one.source[0]) for one in indicators for name in one.source],
        schema={"indicator": pl.String, "source": pl.String, "family": pl.String},
        orient="row",
    )
    totals = stated.group_by("theme").agg(stated=pl.col("weight").sum())
    asked = sorted({*weights, *themes})
    every = (
        known_figures.select("place", "kind")
        .unique()
        .join(pl.DataFrame({"theme": asked}, schema={"theme": pl.String}), how="cross")
    )
    measured = known_figures.with_columns(percentile="drawn").join(stated, on="indicator")
    rows = measured.join(families, on=["indicator", "source"], how="left").with_columns(
        known=(pl.col("state") == NUMBER) & pl.col("percentile").is_not_null(),
        source=pl.coalesce("family", "source"),
        fresh=(1 - 0.1 * (int(as_of[:4]) - year_of("period"))).clip(0.3, 1.0),
    )
    weight = pl.col("weight").filter("known")
    known_weight = weight.sum()
    part = pl.struct(
        "indicator", "weight", "percentile", "value", "period", "state", "source", "residents_mislead"
    )
    summed = (
        rows.sort("place", "theme", pl.col("weight"), "indicator", descending=[False, False, True, False])
        .group_by("place", "theme", maintain_order=True)
        .agg(
            known_weight=known_weight,
            need=(pl.col("percentile") * pl.col("weight")).filter("known").sum() / known_weight,
            fresh=(pl.col("fresh") * pl.col("weight")).filter("known").sum() / known_weight,
            misleading=(pl.col("residents_mislead") * pl.col("weight")).filter("known").sum() / known_weight,
            sources=pl.col("source").filter("known").n_unique().cast(pl.Int64),
            parts=part,
        )
    )
    known = pl.col("known_weight") > 0
    certainty = (
        pl.col("known_weight")
        / pl.col("stated")
        * pl.col("fresh")
        * (1 - 0.5 ** pl.col("sources"))
        * (1 - 0.3 * pl.col("misleading"))
    )
    return (
        every.join(summed, on=["place", "theme"], how="left")
        .join(totals, on="theme", how="left")
        .select(
            "place",
            "kind",
            "theme",
            need=pl.when(known).then("need"),
            certainty=pl.when(known).then(certainty.clip(0, 1)).otherwise(0.0),
            sources=pl.col("sources").fill_null(0),
            parts=pl.col("parts").fill_null([]),
        )
        .sort("place", "theme")
    )
