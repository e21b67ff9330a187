"""Small rows of evidence for tests of pages."""

from __future__ import annotations

import datetime
from typing import Any

from joinedup.evidence.models import Dataset, Figure, Need
from joinedup.places.models import Place


def make_dataset(name: str = "mps_borough", **fields: Any) -> Dataset:
    """A dataset whose file is not in the store: pages must bear that."""
    given: dict[str, Any] = {
        "title": "Recorded crime",
        "source": "mps_borough",
        "publisher": "Testland Police",
        "licence": "OGL v3.0",
        "file_name": "crime.csv",
        "content_hash": "0" * 64,
        "stored_as": f"{name}.parquet",
        "period_start": "2024-03",
        "period_end": "2026-02",
        "rows_read": 1200,
        "rows_kept": 1100,
        "refused": {"a bad month": 100},
        "caveats": ["Not every crime is recorded."],
        "disclosure": {"threshold": None, "because": "Published openly."},
    }
    return Dataset.objects.create(name=name, **(given | fields))


def make_figure(
    dataset: Dataset, place: Place, indicator: str = "violence-with-injury", **fields: Any
) -> Figure:
    given: dict[str, Any] = {
        "period": "2026-02",
        "state": "number",
        "value": 12.5,
        "count": 1250,
        "denominator": 100_000,
        "percentile": 0.9,
        "start": "2025-03",
        "low": 11.8,
        "high": 13.2,
        "best_rank": 1,
        "worst_rank": 1,
        "compared": 32,
        "among": "boroughs in London",
        "middle": 10.0,
    }
    if fields.get("state", "number") != "number":
        given |= dict.fromkeys(
            [
                "value",
                "count",
                "denominator",
                "low",
                "high",
                "percentile",
                "best_rank",
                "worst_rank",
                "compared",
                "middle",
            ]
        )
    return Figure.objects.create(dataset=dataset, place=place, indicator=indicator, **(given | fields))


def make_need(place: Place, theme: str, need: float | None, certainty: float = 0.7, **fields: Any) -> Need:
    return Need.objects.create(
        place=place,
        theme_id=theme,
        need=need,
        certainty=certainty if need is not None else 0,
        worked_out_on=datetime.date(2026, 11, 20),
        **fields,
    )
