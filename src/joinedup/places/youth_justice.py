"""Which councils share one youth justice service, as far as it is known: read from `data/country/youth_justice.csv`.

Known from published figures that are one for all councils of a service; of Wales, from inspections (each row says so).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

from joinedup.places.shipped import SHIPPED


@dataclass(frozen=True)
class YouthJusticeService:
    """`name` is empty for a service of one council; `covers`: the names of all authorities that it is for; `source`:
    how that is known."""

    name: str
    covers: tuple[str, ...]
    source: str


def youth_justice_service(code: str) -> YouthJusticeService | None:
    """The service that covers an authority that runs social care (GSS code); None where nothing is known."""
    return _services().get(code)


@cache
def _services() -> dict[str, YouthJusticeService]:
    with (SHIPPED / "youth_justice.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    together: dict[str, list[str]] = {}
    for row in rows:
        together.setdefault(row["service"] or row["code"], []).append(row["name"])
    return {
        row["code"]: YouthJusticeService(
            row["service"], tuple(sorted(together[row["service"] or row["code"]])), row["source"]
        )
        for row in rows
    }
