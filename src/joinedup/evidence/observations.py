"""Reading the store: what is held today, over all files, each figure from the newest file that has it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from pathlib import Path

import polars as pl
from django.conf import settings

from joinedup.evidence import store
from joinedup.evidence.models import Dataset
from joinedup.evidence.sources.contract import SCHEMA

CELL = ["indicator", "place", "period"]


def home() -> Path:
    """The folder of an installation that observations lie in."""
    return Path(settings.HOME) / "store"


def newest_first(sources: Collection[str] | None = None) -> list[Dataset]:
    """Every dataset, replaced ones too, newest first; only those of some sources when asked. One query."""
    rows = Dataset.objects.order_by("-imported_at", "-pk")
    return list(rows if sources is None else rows.filter(source__in=sources))


def version(datasets: Iterable[Dataset]) -> str:
    """A short word that changes whenever what these datasets hold changes: for the keys of caches."""
    names = " ".join(sorted(f"{d.pk}:{d.stored_as}" for d in datasets))
    return hashlib.sha256(names.encode()).hexdigest()[:16]


def held(
    datasets: Iterable[Dataset],
    *,
    indicators: Collection[str] | None = None,
    places: Collection[str] | None = None,
) -> pl.DataFrame:
    """Observations in the columns of `SCHEMA`, `datasets` (primary keys) and `source`, one a cell of indicator, place
    and period.

    `datasets`: newest first. A newer file of a series replaces the older one in the months and the places that it
    covers: earlier months stand, as in publishers' rolling releases, and so do places that a partial file leaves
    out. Where two series have the same cell, the newer import counts.
    """
    covered: dict[str, list[tuple[str, str, pl.DataFrame]]] = {}
    frames = []
    for dataset in datasets:
        found = store.read_series(home() / dataset.stored_as, indicators=indicators, places=places)
        own = (dataset.period_start, dataset.period_end, found.select("place").unique())
        for start, end, there in covered.get(dataset.name, []):
            inside = pl.col("period").is_between(pl.lit(start), pl.lit(end))
            found = pl.concat(
                [found.filter(~inside), found.filter(inside).join(there, on="place", how="anti")]
            )
        covered.setdefault(dataset.name, []).append(own)
        frames.append(
            found.with_columns(
                datasets=pl.lit([dataset.pk], pl.List(pl.Int64)), source=pl.lit(dataset.source, pl.String)
            )
        )
    if not frames:
        return pl.DataFrame(schema={**SCHEMA, "datasets": pl.List(pl.Int64()), "source": pl.String()})
    return pl.concat(frames).unique(CELL, keep="first", maintain_order=True)
