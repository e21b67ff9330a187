"""From the observations held to rows of figures, of their series and of need, ready to be stored."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from joinedup.evidence.completeness import completeness, without_partial_months
from joinedup.evidence.disclosure import rule_of
from joinedup.evidence.figures import at_risk, figures, populations
from joinedup.evidence.indicators import Indicator, indicators
from joinedup.evidence.models import Dataset, Figure, Need, Series
from joinedup.evidence.need import earlier_years, need
from joinedup.evidence.observations import held
from joinedup.evidence.origins import HELD, by_source, source_of
from joinedup.evidence.series import not_whole, series
from joinedup.evidence.sources.policeuk_street import ALL_CRIMES, WITHOUT_PLACE
from joinedup.late_imports import polars as pl
from joinedup.places.queries import code_frames, force_areas
from joinedup.taxonomy.models import Theme

# What has a page; neighbourhoods are for the partnership's maps.
KINDS = ("police_force", "county", "local_authority", "ward")
RESIDENTS = "census_population"
# The computed columns stored in a figure's row: all but the denominator are null unless it is a number.
AS_THEY_ARE = (
    "value", "count", "denominator", "low", "high", "percentile", "compared", "middle", "trend", "spread",
)  # fmt: skip
# The columns of a need that the model gives, stored as they are.
OF_THE_MODEL = (
    "pressure", "pressure_lower", "pressure_upper", "departure", "stands_out", "worse", "verdict", "measured",
)  # fmt: skip


@dataclass(frozen=True)
class WorkedOut:
    """What some datasets come to, not stored yet."""

    figures: list[Figure]
    needs: list[Need]
    series: list[Series]


def work_out(datasets: Sequence[Dataset], as_of: datetime.date, say: Callable[[float], None]) -> WorkedOut:
    """Every figure and need of the places that have a page, from `datasets` (newest first), as known on `as_of`."""
    if not datasets:
        return WorkedOut([], [], [])
    every = code_frames()[0]
    places = every.filter(pl.col("ended").is_null()).rename({"code": "place"})
    places = places.join(force_areas(every), on="place", how="left").with_columns(
        force=pl.when(pl.col("kind") == "police_force").then("place").otherwise("force")
    )
    measured = [_of_kinds(one) for one in indicators()]
    held_now = _observations(datasets, measured, places)
    complete = completeness(held_now)
    forces = dict(places.select("place", "force").iter_rows())
    area = pl.col("place").replace_strict(forces, default=None, return_dtype=pl.String)
    is_force = pl.col("place").is_in(list(complete))
    found = without_partial_months(held_now, complete, pl.when(is_force).then("place").otherwise(area))
    say(0.4)
    population = populations(found.filter(pl.col("source") == RESIDENTS), places)
    month = f"{as_of:%Y-%m}"
    rules = {dataset.pk: rule_of(dataset.disclosure) for dataset in datasets}
    kept = places.select("place", "name", "kind", "parent", "force")
    values = figures(found, population, measured, kept, month, rules, complete)
    values = values.filter(pl.col("period").is_not_null())
    made = _figure_rows(values, datasets)
    of_the_past = series(found, not_whole(held_now, found), made, measured, rules)
    say(0.7)
    themes = list(Theme.objects.values_list("slug", flat=True))
    needs = need(
        values,
        measured,
        kept,
        month,
        population=population,
        earlier=earlier_years(found, measured),
        themes=themes,
    ).filter(pl.col("theme").is_in(themes))
    say(0.9)
    people = {theme: at_risk(population, theme) for theme in themes}
    return WorkedOut(made, _need_rows(needs, values, people, as_of), of_the_past)


def _of_kinds(indicator: Indicator) -> Indicator:
    return replace(indicator, grain=tuple(kind for kind in indicator.grain if kind in KINDS))


def _observations(
    datasets: Sequence[Dataset], measured: Sequence[Indicator], places: pl.DataFrame
) -> pl.DataFrame:
    """The observations behind the figures: residents and scores of neighbourhoods, and the rest without them;
    each cell once for every source that has it.

    Crime by neighbourhood is most of what is held, and only sources that have nothing wider are added up from it.
    """
    small = [one.value for one in measured if one.method in ("mean", "share")]
    large = [slug for one in measured if one.method in ("rate", "published") for slug in one.observed]
    large += [ALL_CRIMES, WITHOUT_PLACE]
    wide = places.filter(pl.col("kind") != "lsoa")["place"].to_list()
    frames = [pl.DataFrame(schema=HELD)]
    for source, own in by_source(datasets).items():
        if source == RESIDENTS:
            frames.append(held(own))
            continue
        both = [held(own, indicators=small), held(own, indicators=large, places=wide)]
        frames += [frame.select(*HELD).with_columns(source=pl.lit(source)) for frame in both]
    return pl.concat([frame.select(*HELD) for frame in frames])


def _dataset_of(datasets: Sequence[Dataset]) -> Callable[[str, str], Dataset | None]:
    """The newest current dataset of a source whose periods include the one asked for: where a missing figure
    would have come from."""
    current = [dataset for dataset in datasets if dataset.replaced_by_id is None]

    def of(source: str, period: str) -> Dataset | None:
        own = [dataset for dataset in current if source_of(dataset) == source]
        inside = [dataset for dataset in own if dataset.period_start <= period <= dataset.period_end]
        return next(iter(inside or own), None)

    return of


def _figure_rows(values: pl.DataFrame, datasets: Sequence[Dataset]) -> list[Figure]:
    dataset_of = _dataset_of(datasets)
    newest = {dataset.pk: n for n, dataset in enumerate(datasets)}
    by_pk = {dataset.pk: dataset for dataset in datasets}
    rows = []
    for row in values.iter_rows(named=True):
        own = sorted((pk for pk in row["datasets"] if pk in by_pk), key=newest.__getitem__)
        dataset = by_pk[own[0]] if own else dataset_of(row["source"], row["period"])
        if dataset is None:
            continue
        below = sorted((pk for pk in row["people_from"] if pk in by_pk), key=newest.__getitem__)
        rows.append(
            Figure(
                indicator=row["indicator"],
                place_id=row["place"],
                start=row["start"],
                period=row["period"],
                state=row["state"],
                best_rank=row["best"],
                worst_rank=row["worst"],
                among=row["among"] or "",
                note=(row["note"] or "")[:250],
                not_counted=[[month, int(fault)] for month, fault in row["not_counted"] or []],
                dataset=dataset,
                rests_on=list(dict.fromkeys([*(own or [dataset.pk]), *below])),
                **{name: row[name] for name in AS_THEY_ARE},
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
        at_risk_here = people[row["theme"]].get(row["place"])
        rows.append(
            Need(
                place_id=row["place"],
                theme_id=row["theme"],
                need=row["need"],
                certainty=row["certainty"],
                trend=_mean_trend(row["place"], known, moved),
                people_at_risk=None if at_risk_here is None else round(at_risk_here),
                parts=row["parts"],
                shared_with=row["shared_with"] or "",
                among=row["label"] or "",
                compared=row["size"],
                **{name: row[name] for name in OF_THE_MODEL},
                worked_out_on=as_of,
            )
        )
    return rows


def _mean_trend(place: str, parts: list[dict[str, Any]], moved: dict[tuple[str, str], float]) -> float | None:
    """The trends of the parts that have one, weighted as in the need; None if none has."""
    told = [(moved[place, p["indicator"]], p["weight"]) for p in parts if (place, p["indicator"]) in moved]
    total = sum(weight for _, weight in told)
    return sum(trend * weight for trend, weight in told) / total if total else None
