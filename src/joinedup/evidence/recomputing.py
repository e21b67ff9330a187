"""From the observations that are held to rows of figures and of need, ready to be stored."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from joinedup.evidence.figures import at_risk, figures, populations
from joinedup.evidence.indicators import Indicator, indicators
from joinedup.evidence.methods import months_to
from joinedup.evidence.models import Dataset, Figure, Need
from joinedup.evidence.need import BREAKS, need
from joinedup.evidence.observations import held
from joinedup.evidence.sources.contract import NUMBER
from joinedup.places.queries import code_frames
from joinedup.taxonomy.models import Theme

# The public page speaks of boroughs and wards; neighbourhoods are for the partnership's maps.
KINDS = ("local_authority", "ward")
TREND = {"indicator": pl.String(), "place": pl.String(), "trend": pl.Float64()}


def work_out(
    datasets: Sequence[Dataset], as_of: datetime.date, say: Callable[[float], None]
) -> tuple[list[Figure], list[Need]]:
    """Every figure and need of boroughs and wards, from `datasets` (newest first), not yet saved."""
    places = code_frames()[0].filter(pl.col("ended").is_null()).rename({"code": "place"})
    measured = [_of_kinds(one) for one in indicators()]
    found = _observations(datasets, measured, places)
    say(0.4)
    population = populations(found, places)
    month = f"{as_of:%Y-%m}"
    values = figures(found, population, measured, places.select("place", "kind", "parent"), month)
    values = values.filter(pl.col("period").is_not_null())
    moved = trends(found, measured, places)
    values = values.join(moved, on=["indicator", "place"], how="left")
    say(0.7)
    themes = list(Theme.objects.values_list("slug", flat=True))
    needs = need(values.drop("trend"), measured, month, themes=themes).filter(pl.col("theme").is_in(themes))
    say(0.9)
    return _figure_rows(values, datasets), _need_rows(
        needs, values, {theme: at_risk(population, theme) for theme in themes}, as_of
    )


def _of_kinds(indicator: Indicator) -> Indicator:
    return replace(indicator, grain=tuple(kind for kind in indicator.grain if kind in KINDS))


def _observations(
    datasets: Sequence[Dataset], measured: Sequence[Indicator], places: pl.DataFrame
) -> pl.DataFrame:
    """What the figures are made from: residents and scores of neighbourhoods, and the rest without them.

    Crime by neighbourhood is most of what is held, and no figure of a borough or ward is made from it.
    """
    small = [one.value for one in measured if one.method in ("mean", "share")]
    large = [slug for one in measured if one.method in ("rate", "published") for slug in one.observed]
    residents = [d for d in datasets if d.source == "census_population"]
    wide = places.filter(pl.col("kind") != "lsoa")["place"].to_list()
    return pl.concat(
        [held(residents), held(datasets, indicators=small), held(datasets, indicators=large, places=wide)]
    ).unique(["indicator", "place", "period"], keep="first", maintain_order=True)


def trends(found: pl.DataFrame, measured: Sequence[Indicator], places: pl.DataFrame) -> pl.DataFrame:
    """`need.trend` for every place at once: indicator, place, trend (-1 to 1), only where it can be said.

    Every place of a kind is judged at the same months: the 24 that end with the newest one held for the kind.
    """
    kinds = places.select("place", "kind")
    made = [pl.DataFrame(schema=TREND)]
    for indicator in measured:
        if indicator.method != "rate":
            continue
        own = found.filter(pl.col("indicator").is_in(indicator.numerator)).join(kinds, on="place")
        for kind in indicator.grain:
            rows = own.filter(pl.col("kind") == kind)
            last = rows["period"].max()
            if last is None:
                continue
            window = months_to(str(last), 24)
            if any(window[0] < changed <= window[-1] for changed in BREAKS):
                continue
            counted = (
                rows.filter(pl.col("period").is_in(window), pl.col("state") == NUMBER)
                .group_by("place")
                .agg(
                    months=pl.len(),
                    before=pl.col("count").filter(pl.col("period") < window[12]).sum(),
                    last=pl.col("count").filter(pl.col("period") >= window[12]).sum(),
                )
                .filter(pl.col("months") == 24 * len(indicator.numerator))
            )
            both = pl.col("last") + pl.col("before")
            made.append(
                counted.select(
                    indicator=pl.lit(indicator.slug),
                    place="place",
                    trend=pl.when(both > 0).then((pl.col("last") - pl.col("before")) / both).otherwise(0.0),
                )
            )
    return pl.concat(made)


def _dataset_of(datasets: Sequence[Dataset]) -> Callable[[str, str], Dataset | None]:
    """The newest current dataset of a source whose periods reach the one that is asked for."""
    current = [dataset for dataset in datasets if dataset.replaced_by_id is None]

    def of(source: str, period: str) -> Dataset | None:
        own = [dataset for dataset in current if dataset.source == source]
        inside = [dataset for dataset in own if dataset.period_start <= period <= dataset.period_end]
        return next(iter(inside or own), None)

    return of


def _figure_rows(values: pl.DataFrame, datasets: Sequence[Dataset]) -> list[Figure]:
    dataset_of = _dataset_of(datasets)
    rows = []
    for row in values.iter_rows(named=True):
        dataset = dataset_of(row["source"], row["period"])
        if dataset is None:
            continue
        number = row["state"] == Figure.State.NUMBER
        rows.append(
            Figure(
                indicator=row["indicator"],
                place_id=row["place"],
                period=row["period"],
                state=row["state"],
                value=row["value"] if number else None,
                count=row["count"] if number else None,
                denominator=row["denominator"],
                percentile=row["percentile"],
                rank=row["rank"],
                compared=row["compared"],
                middle=row["middle"],
                trend=row["trend"] if number else None,
                note=(row["note"] or "")[:250],
                dataset=dataset,
            )
        )
    return rows


def _need_rows(
    needs: pl.DataFrame, values: pl.DataFrame, people: dict[str, dict[str, float]], as_of: datetime.date
) -> list[Need]:
    moved = {
        (place, indicator): trend
        for place, indicator, trend in values.select("place", "indicator", "trend").iter_rows()
        if trend is not None
    }
    rows = []
    for row in needs.iter_rows(named=True):
        known = [part for part in row["parts"] if part["percentile"] is not None]
        parts: list[dict[str, Any]] = [
            {name: part[name] for name in ("indicator", "weight", "percentile", "state", "period")}
            for part in row["parts"]
        ]
        at_risk_here = people[row["theme"]].get(row["place"])
        rows.append(
            Need(
                place_id=row["place"],
                theme_id=row["theme"],
                need=row["need"],
                certainty=row["certainty"],
                trend=_mean_trend(row["place"], known, moved),
                people_at_risk=None if at_risk_here is None else round(at_risk_here),
                parts=parts,
                worked_out_on=as_of,
            )
        )
    return rows


def _mean_trend(place: str, parts: list[dict[str, Any]], moved: dict[tuple[str, str], float]) -> float | None:
    """The trends of the parts that have one, weighted as in the need; None where none has."""
    told = [(moved[place, p["indicator"]], p["weight"]) for p in parts if (place, p["indicator"]) in moved]
    total = sum(weight for _, weight in told)
    return sum(trend * weight for trend, weight in told) / total if total else None
