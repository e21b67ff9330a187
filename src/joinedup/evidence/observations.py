"""Read the store: what is held today, over all files, each source separately, with the files it came from."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from joinedup.evidence import store
from joinedup.evidence.methods import months_to
from joinedup.evidence.models import Dataset
from joinedup.evidence.sources import source_named
from joinedup.evidence.sources.contract import MISSING, NUMBER, SCHEMA, SUPPRESSED, Revision
from joinedup.late_imports import polars as pl
from joinedup.places.successions import parts_to_sum

CELL = ["indicator", "place", "period"]
# What is held about a cell, from which source, and the keys of its datasets.
HELD: dict[str, Any] = {**SCHEMA, "source": str, "datasets": list[int]}


def home() -> Path:
    """The folder of an installation that holds observations."""
    return Path(settings.HOME) / "store"


def newest_first(sources: Collection[str] | None = None) -> list[Dataset]:
    """Every dataset that counts, including replaced but not withdrawn ones, newest first; optionally only
    those of some sources. One query."""
    rows = Dataset.objects.filter(withdrawn_at=None).order_by("-imported_at", "-pk")
    return list(rows if sources is None else rows.filter(source__in=sources))


def version(datasets: Iterable[Dataset]) -> str:
    """A short hash that changes whenever what these datasets hold changes: for cache keys."""
    names = " ".join(sorted(f"{d.pk}:{d.stored_as}" for d in datasets))
    return hashlib.sha256(names.encode()).hexdigest()[:16]


def held(
    datasets: Iterable[Dataset],
    *,
    indicators: Collection[str] | None = None,
    places: Collection[str] | None = None,
) -> pl.DataFrame:
    """Observations in the columns of `HELD`, one per source and cell of indicator, place and period.

    `datasets`: newest first. A source defines what its newer files replace (`Revision`). Most replace the
    cells that they have, whatever series they belong to: earlier months remain, as in publishers' rolling
    releases, and so do places and counts that a partial file leaves out. Others replace whole months of their
    reporter, and what several reported about one cell is added up. Two sources never become one cell: the
    caller chooses between them.

    An authority that took over from others also has the cells of the time before, summed from their counts
    (`_taken_over`). One query.
    """
    sums = parts_to_sum()
    wanted = None if places is None else {*places, *_below(places, sums)}
    found = _held(datasets, indicators, wanted)
    if sums and found.height:
        found = _taken_over(found, sums)
    return (
        found
        if places is None or wanted == set(places)
        else found.filter(pl.col("place").is_in(list(places)))
    )


def _below(places: Collection[str], sums: Mapping[str, Sequence[str]]) -> set[str]:
    """The codes that these took over from, over several changes."""
    found: set[str] = set()
    waiting = list(places)
    while waiting:
        for old in sums.get(waiting.pop(), ()):
            if old not in found:
                found.add(old)
                waiting.append(old)
    return found


def _taken_over(found: pl.DataFrame, sums: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """With cells of each new authority (`sums`: code to the codes that it took over from, the oldest first) made of
    those of its parts, where it has none of its own.

    A count, and what it is of, is the sum of all parts: hidden if one is hidden, not said if one is not known or not
    there. A rate is never added or averaged: it is kept only where there is a single part, the same area under another
    code.
    """
    for new, parts in sums.items():
        own = found.filter(pl.col("place").is_in(list(parts)))
        if own.is_empty():
            continue
        whole = (pl.col("state") == NUMBER).all() & pl.col("count").is_not_null().all()
        alone = pl.lit(len(parts) == 1)
        made = (
            own.group_by("indicator", "period", "source", maintain_order=True)
            .agg(
                _parts=pl.col("place").n_unique(),
                count=pl.when(whole).then(pl.col("count").sum()),
                denominator=pl.when(whole & pl.col("denominator").is_not_null().all()).then(
                    pl.col("denominator").sum()
                ),
                value=pl.when(alone).then(pl.col("value").first()),
                state=pl.when((pl.col("state") == SUPPRESSED).any())
                .then(pl.lit(SUPPRESSED))
                .when(whole | (alone & (pl.col("state") == NUMBER).all()))
                .then(pl.lit(NUMBER))
                .otherwise(pl.lit(MISSING)),
                datasets=pl.col("datasets").list.explode().unique().sort(),
            )
            .filter(pl.col("_parts") == len(parts))
            .with_columns(place=pl.lit(new))
            .join(found.filter(pl.col("place") == new), on=["indicator", "period", "source"], how="anti")
        )
        found = pl.concat([found, made.select(list(HELD))])
    return found


def _held(
    datasets: Iterable[Dataset], indicators: Collection[str] | None, places: Collection[str] | None
) -> pl.DataFrame:
    by_source: dict[str, list[Dataset]] = {}
    for dataset in datasets:
        by_source.setdefault(dataset.source, []).append(dataset)
    frames = []
    for name, own in by_source.items():
        source = source_named(name)
        rule = source.replaces if source else Revision.CELLS
        found = (_by_months if rule is Revision.MONTHS else _by_cells)(own, indicators, places)
        frames.append(found.with_columns(source=pl.lit(name)).select(list(HELD)))
    return pl.concat(frames) if frames else pl.DataFrame(schema=HELD)


def _read(
    dataset: Dataset, indicators: Collection[str] | None, places: Collection[str] | None
) -> pl.DataFrame:
    found = store.read_series(home() / dataset.stored_as, indicators=indicators, places=places)
    return found.with_columns(datasets=pl.lit([dataset.pk], dtype=pl.List(pl.Int64)))


def _by_cells(
    datasets: Sequence[Dataset], indicators: Collection[str] | None, places: Collection[str] | None
) -> pl.DataFrame:
    found = pl.concat([_read(dataset, indicators, places) for dataset in datasets])
    return found.unique(CELL, keep="first", maintain_order=True) if len(datasets) > 1 else found


def _by_months(
    datasets: Sequence[Dataset], indicators: Collection[str] | None, places: Collection[str] | None
) -> pl.DataFrame:
    """Added up in the order of reporters: the same sum to the last bit, in whatever order files were
    imported."""
    series: dict[str, list[Dataset]] = {}
    for dataset in datasets:
        series.setdefault(dataset.name if dataset.reported_by else "", []).append(dataset)
    # Data imported before forces were told apart counts in months that no force's own file covers.
    named = {month for whose, own in series.items() if whose for each in own for month in _months_of(each)}
    frames = []
    for whose, own in sorted(series.items()):
        told = set() if whose else set(named)
        for dataset in own:
            found = _read(dataset, indicators, places).filter(~pl.col("period").is_in(list(told)))
            told.update(_months_of(dataset))
            frames.append(found)
    found = pl.concat(frames)
    if len(series) == 1:
        return found
    whole = (pl.col("state") == NUMBER).all()
    return found.group_by(CELL, maintain_order=True).agg(
        count=pl.when(whole).then(pl.col("count").sum()),
        denominator=pl.col("denominator").first(),
        value=pl.col("value").first(),
        state=pl.when((pl.col("state") == SUPPRESSED).any())
        .then(pl.lit(SUPPRESSED))
        .when(whole)
        .then(pl.lit(NUMBER))
        .otherwise(pl.lit(MISSING)),
        datasets=pl.col("datasets").list.explode().sort(),
    )


def _months_of(dataset: Dataset) -> list[str]:
    """The months that a dataset covers whole."""
    if dataset.covers:
        return list(dataset.covers)
    first, last = (int(each[:4]) * 12 + int(each[5:7]) for each in (dataset.period_start, dataset.period_end))
    return months_to(dataset.period_end, last - first + 1)
