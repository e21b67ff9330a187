"""What a page shows of the past of every figure: each period held, as it may be shown. Pure computation.

Worked out with the figures, from the same observations, and stored beside them (`models.Series`): a page reads a row
instead of the files. What the rules on small numbers hide is not in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from joinedup.evidence import disclosure
from joinedup.evidence.disclosure import DisclosureRule
from joinedup.evidence.indicators import Indicator
from joinedup.evidence.models import Figure, Series
from joinedup.evidence.points import NOT_WHOLE, OF_A_CODE
from joinedup.evidence.sources.contract import MISSING, NUMBER, SUPPRESSED
from joinedup.evidence.windows import MONTH, of_one_source, order_of
from joinedup.late_imports import polars as pl

WHY = {"place": str, "period": str, "why": str}
CELL = ["source", "indicator", "place", "period"]


def series(
    observations: pl.DataFrame,
    not_whole: pl.DataFrame,
    figures: Iterable[Figure],
    indicators: Sequence[Indicator],
    rules: Mapping[int, DisclosureRule],
) -> list[Series]:
    """The series of each figure that is a rate or as published, not yet saved; figures made from neighbourhoods have
    none.

    `observations`: as for `figures.figures`. `not_whole`: the cells (`CELL`) that were numbers, in months that their
    force did not send whole, and are missing there.
    """
    by_indicator: dict[str, list[Figure]] = {}
    for figure in figures:
        by_indicator.setdefault(figure.indicator, []).append(figure)
    found = []
    for indicator in indicators:
        theirs = by_indicator.get(indicator.slug)
        if theirs and indicator.method in ("rate", "published"):
            own = observations.filter(pl.col("indicator").is_in(indicator.observed))
            if indicator.method == "rate":
                own = own.filter(pl.col("period").str.contains(MONTH))
            own = of_one_source(own, order_of(own, indicator))
            own = own.filter(pl.col("place").is_in([figure.place_id for figure in theirs]))
            gaps = not_whole.join(own.select(CELL), on=CELL, how="semi").select("place", "period").unique()
            made = _of_counts if indicator.method == "rate" else _as_published
            found += made(own, gaps, theirs, indicator, rules)
    return found


def not_whole(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The cells that were a number and are missing now."""
    return (
        before.filter(pl.col("state") == NUMBER)
        .select(CELL)
        .join(after.filter(pl.col("state") == MISSING), on=CELL, how="semi")
    )


def _as_published(
    own: pl.DataFrame,
    _gaps: pl.DataFrame,
    _figures: Sequence[Figure],
    indicator: Indicator,
    rules: Mapping[int, DisclosureRule],
) -> list[Series]:
    said = own.with_columns(
        state=pl.when((pl.col("state") == NUMBER) & pl.col("value").is_null())
        .then(pl.lit(MISSING))
        .otherwise("state")
    )
    shown = disclosure.shown(said, rules, DisclosureRule(threshold=indicator.threshold))
    rows = shown.select("place", "period", "value", "state", why=pl.lit(""))
    return _rows(indicator, _points(rows), {})


def _of_counts(
    own: pl.DataFrame,
    gaps: pl.DataFrame,
    figures: Sequence[Figure],
    indicator: Indicator,
    rules: Mapping[int, DisclosureRule],
) -> list[Series]:
    """The counts of a rate, its numerators together, by month; and their sums over its window."""
    least = DisclosureRule(threshold=indicator.threshold)
    not_counted = pl.DataFrame(
        [
            (figure.place_id, month, OF_A_CODE[fault])
            for figure in figures
            for month, fault in figure.not_counted
        ],
        schema=WHY,
        orient="row",
    ).join(own.select("place").unique(), on="place", how="semi")
    own = own.join(not_counted, on=["place", "period"], how="left")
    is_one = pl.col("why").is_not_null() & (pl.col("state") == NUMBER)
    own = own.with_columns(
        count=pl.when(~is_one).then("count"), state=pl.when(is_one).then(pl.lit(MISSING)).otherwise("state")
    )
    months = _by_month(own)
    shown = disclosure.shown_together(_stated(months, len(indicator.observed)), rules, least, of="place")
    whys = pl.concat([not_counted, gaps.with_columns(why=pl.lit(NOT_WHOLE))])
    whys = whys.unique(["place", "period"], keep="first", maintain_order=True)
    rows = shown.select("place", "period", "state", value="count").join(
        whys, on=["place", "period"], how="left"
    )
    rows = rows.with_columns(why=pl.when(pl.col("state") == MISSING).then("why").otherwise(pl.lit("")))
    absent = not_counted.join(rows, on=["place", "period"], how="anti").with_columns(
        state=pl.lit(MISSING), value=pl.lit(None, pl.Float64)
    )
    columns = ["place", "period", "value", "state", "why"]
    sums = disclosure.shown(_sums(_protected(months, rules, least), indicator), rules, least)
    sums = sums.filter(pl.col("state") != MISSING)
    return _rows(
        indicator,
        _points(pl.concat([rows.select(columns), absent.select(columns)])),
        _points(sums.select("place", "period", "state", value="count", why=pl.lit("")).select(columns)),
    )


def _by_month(own: pl.DataFrame) -> pl.DataFrame:
    return own.group_by("place", "period").agg(
        count=pl.col("count").sum(),
        parts=(pl.col("state") == NUMBER).sum(),
        hidden=(pl.col("state") == SUPPRESSED).any(),
        datasets=pl.col("datasets").explode().unique(),
    )


def _protected(
    months: pl.DataFrame, rules: Mapping[int, DisclosureRule], least: DisclosureRule
) -> pl.DataFrame:
    """Those of the places of which a rule hides or rounds something."""
    if not least.hides_nothing:
        return months
    everything = [pk for pk, rule in rules.items() if rule.hides_nothing]
    theirs = months.explode("datasets").filter(~pl.col("datasets").is_in(everything))["place"].unique()
    return months.filter(pl.col("place").is_in(theirs.implode()))


def _sums(months: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """The sum of each window that ends with a month held: small months that are hidden one by one can be shown as one
    sum, and the sum of rounded ones is not the rounded sum."""
    number = pl.col("period").str.head(4).cast(pl.Int64) * 12 + pl.col("period").str.tail(2).cast(pl.Int64)
    found = (
        months.with_columns(number=number)
        .sort("place", "number")
        .rolling("number", period=f"{indicator.window}i", group_by="place")
        .agg(
            period=pl.col("period").last(),
            count=pl.col("count").sum(),
            parts=pl.col("parts").sum(),
            hidden=pl.col("hidden").any(),
            datasets=pl.col("datasets").explode().unique(),
        )
    )
    return _stated(found, indicator.window * len(indicator.observed))


def _stated(rows: pl.DataFrame, wanted: int) -> pl.DataFrame:
    """With the state of each count. A part that is absent or hidden makes the whole unknown: a sum of the others would
    be wrong."""
    return rows.with_columns(
        value=pl.lit(None, pl.Float64),
        state=pl.when("hidden")
        .then(pl.lit(SUPPRESSED))
        .when(pl.col("parts") == wanted)
        .then(pl.lit(NUMBER))
        .otherwise(pl.lit(MISSING)),
    )


def _points(rows: pl.DataFrame) -> dict[str, list[list[Any]]]:
    """By place, as they are kept: the fields of `Point`, without those at the end that are as usual."""
    found: dict[str, list[list[Any]]] = {}
    for place, period, value, state, why in rows.sort("place", "period").iter_rows():
        point = [period, value] if state == NUMBER else [period, None, state, *([why] if why else [])]
        found.setdefault(place, []).append(point)
    return found


def _rows(
    indicator: Indicator, points: dict[str, list[list[Any]]], sums: dict[str, list[list[Any]]]
) -> list[Series]:
    return [
        Series(
            indicator=indicator.slug,
            place_id=place,
            points=own,
            sums=sums.get(place, []),
            threshold=indicator.threshold,
        )
        for place, own in points.items()
    ]
