"""Whether a change from one year to the next is the place's own, and how much years differ anyway. Pure computation."""

from __future__ import annotations

import math
from collections.abc import Mapping

from joinedup.evidence.completeness import Completeness
from joinedup.evidence.methods import months_to
from joinedup.evidence.sources.policeuk_street import SOURCE as STREET
from joinedup.evidence.windows import YEAR
from joinedup.late_imports import polars as pl

# If this share of an area's places moves the same way, and their sum by more than this factor, the area moved together:
# how it is counted may have changed (drug trafficking in one whole force area, autumn 2024).
TOGETHER, STEP = 0.8, 1.25
# An area with fewer places tells nothing about what they share, or about how years differ.
FEWEST_TOGETHER, FEWEST_TO_DIFFER = 5, 8
# The median of the square of a standard normal deviate: the spread of places without any change of their own.
MEDIAN_OF_CHANCE = 0.4549
# A smaller sum of two years says nothing about how years differ.
LEAST_COUNT = 10
MOVED_TOGETHER = (
    "Nearly all of this police force area moved the same way: how it is counted may have changed."
)
PLACED_OTHERWISE = (
    "The share of crimes that have a place changed between the two years, so they are not compared."
)
BORDERS_CHANGED = "Borders of neighbourhoods here changed between the two years, so they are not compared."
CODES_CHANGED = "Codes of wards here began or ended between the two years, so they are not compared."
# A sum of whole numbers is off from one by less than this.
WHOLE_NUMBER = 1e-4
OF_AREA = ["source", "force", "period", "kind"]


def only_its_own(
    counts: pl.DataFrame, complete: Mapping[str, Completeness], redrawn: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The counts of two years (`last`, `before`), taken away with the reason (`why`) where a change between them is not
    the place's own.

    `counts`: place, kind, source, force, period, last, before. `complete`: by force, whether its months can be
    compared. `redrawn`: source, place, month: wards among which codes began or ended in that month (see
    `codes_in_use.codes_changed`).
    """
    series = counts.select("source", "force", "period").unique()
    unlike = series.filter(
        [
            source == STREET.name and force in complete and not complete[force].is_placed_alike(end)
            for source, force, end in series.iter_rows()
        ]
    ).with_columns(_unlike=pl.lit(True))
    moved = (
        counts.filter(
            pl.col("last").is_not_null(), pl.col("force").is_not_null(), pl.col("last") != pl.col("before")
        )
        .group_by(OF_AREA)
        .agg(
            places=pl.len(),
            up=(pl.col("last") > pl.col("before")).mean(),
            ratio=((pl.col("last").sum() + 0.5) / (pl.col("before").sum() + 0.5)).log().abs(),
        )
        .filter(
            pl.col("places") >= FEWEST_TOGETHER,
            pl.col("ratio") > math.log(STEP),
            (pl.col("up") >= TOGETHER) | (pl.col("up") <= 1 - TOGETHER),
        )
        .select(*OF_AREA, _together=pl.lit(True))
    )
    found = counts.join(unlike, on=["source", "force", "period"], how="left", nulls_equal=True).join(
        moved, on=OF_AREA, how="left", nulls_equal=True
    )
    found = found.join(_within(counts, redrawn), on="place", how="left")
    has_two = pl.col("last").is_not_null()
    # What was counted in a neighbourhood of 2011 that was split is shared by residents, which leaves fractions.
    shared_out = pl.any_horizontal(
        (pl.col(one) - pl.col(one).round()).abs() > WHOLE_NUMBER for one in ("last", "before")
    )
    why = (
        pl.when(has_two & shared_out & (pl.col("kind") == "ward"))
        .then(pl.lit(BORDERS_CHANGED))
        .when(has_two & pl.col("_redrawn").fill_null(False))
        .then(pl.lit(CODES_CHANGED))
        .when(has_two & pl.col("_unlike").fill_null(False) & (pl.col("kind") != "police_force"))
        .then(pl.lit(PLACED_OTHERWISE))
        .when(has_two & pl.col("_together").fill_null(False))
        .then(pl.lit(MOVED_TOGETHER))
    )
    found = found.with_columns(why=why)
    kept = pl.col("why").is_null()
    return found.with_columns(last=pl.when(kept).then("last"), before=pl.when(kept).then("before")).drop(
        "_unlike", "_together", "_redrawn"
    )


def _within(counts: pl.DataFrame, redrawn: pl.DataFrame | None) -> pl.DataFrame:
    """place, _redrawn: those whose two years have such a month in them, not as their first."""
    if redrawn is None or redrawn.is_empty():
        return pl.DataFrame(schema={"place": pl.String, "_redrawn": pl.Boolean})
    starts = {end: months_to(end, 2 * YEAR)[0] for end in counts["period"].unique().drop_nulls()}
    both = counts.join(redrawn, on=["source", "place"]).filter(
        pl.col("month") <= pl.col("period"),
        pl.col("month") > pl.col("period").replace_strict(starts, default=None, return_dtype=pl.String),
    )
    return both.select("place", _redrawn=pl.lit(True)).unique()


def spread(counts: pl.DataFrame) -> pl.DataFrame:
    """Add `spread`: how many times more the two years of like places differ than chance explains, at least 1.

    The variance of a Poisson difference, inflated: the median over the places of an area of (last - before - what all
    share)^2 / (last + before), by the median of chance (the method of over-dispersed limits: Spiegelhalter, Statistics
    in Medicine 24, 2005, with a median so that a place that did change does not hide itself). 1 where too few places
    are held to tell.
    """
    both = pl.col("last") + pl.col("before")
    usable = counts.filter(both >= LEAST_COUNT)
    shared = usable.group_by(OF_AREA).agg(
        drift=(pl.col("last").sum() - pl.col("before").sum()) / both.sum(), places=pl.len()
    )
    off = pl.col("last") - pl.col("before") - pl.col("drift") * both
    phi = (
        usable.join(shared, on=OF_AREA, nulls_equal=True)
        .group_by(OF_AREA)
        .agg(spread=(off.pow(2) / both).median() / MEDIAN_OF_CHANCE, places=pl.col("places").first())
        .filter(pl.col("places") >= FEWEST_TO_DIFFER)
        .select(*OF_AREA, pl.col("spread").clip(lower_bound=1.0))
    )
    return counts.join(phi, on=OF_AREA, how="left", nulls_equal=True).with_columns(
        pl.col("spread").fill_null(1.0)
    )
