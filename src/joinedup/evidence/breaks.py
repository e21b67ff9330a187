"""Changes of recording: months from which a series counts in another way. Data: `breaks.csv`, a row for each.

`source` is a publisher's format, `force` the police force area (GSS code) whose numbers change, empty for all of the
source's, `month` the first that is counted anew. The months before, and those from here on, are two series.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from joinedup.places.body_names import force_called

if TYPE_CHECKING:
    from joinedup.evidence.models import Dataset


@cache
def _rows() -> tuple[dict[str, str], ...]:
    text = (resources.files("joinedup.evidence") / "breaks.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def breaks_of(source: str, force: str | None = None) -> dict[str, str]:
    """The first month after each change (YYYY-MM), with its reason, for one source in a police force area (code)."""
    return {
        row["month"]: row["reason"]
        for row in _rows()
        if row["source"] == source and row["force"] in ("", force or "")
    }


def breaks_for(dataset: Dataset) -> dict[str, str]:
    """The same for the series that a dataset belongs to, by the force that reported it if it has one."""
    return breaks_of(dataset.source, force_called(dataset.reported_by))


def is_broken(months: list[str], source: str, force: str | None = None) -> bool:
    """Whether the counting changed within these months, oldest first."""
    return any(months[0] < changed <= months[-1] for changed in breaks_of(source, force))
