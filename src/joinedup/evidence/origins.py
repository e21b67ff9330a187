"""The source of a dataset: the one that recognised it or, for plain tables, the series that it continues."""

from __future__ import annotations

from collections.abc import Iterable

from joinedup.evidence.models import Dataset
from joinedup.evidence.sources import tidy
from joinedup.evidence.sources.contract import SCHEMA

# Figures carry where each cell came from, as primary keys of datasets and as its source.
HELD = {**SCHEMA, "datasets": list[int], "source": str}


def source_of(dataset: Dataset) -> str:
    """Two people's plain tables are two sources: how they relate is not known."""
    if dataset.source == tidy.SOURCE.name:
        return f"{dataset.source}:{dataset.name}"
    return dataset.source


def by_source(datasets: Iterable[Dataset]) -> dict[str, list[Dataset]]:
    """Datasets by source, each in the order given."""
    found: dict[str, list[Dataset]] = {}
    for dataset in datasets:
        found.setdefault(source_of(dataset), []).append(dataset)
    return found
