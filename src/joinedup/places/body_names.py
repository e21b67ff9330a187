"""What the bodies of areas call themselves: councils, police forces, fire services, health boards, probation regions.

Read from what ships (`data/country/councils.csv`, `bodies.csv`), which says where each name is from.
"""

from __future__ import annotations

import csv
from functools import cache

from joinedup.places.loading import SHIPPED

COUNCIL = "council"


def body_name(kind: str, code: str) -> str | None:
    """The name of the body of an area (GSS code): `kind` is council, police_force, fire, health or probation, the last
    by the code of the police force. None if it is not known."""
    return every_name().get((kind, code))


@cache
def every_name() -> dict[tuple[str, str], str]:
    """All names by kind and code."""
    found = {}
    for table in ("councils", "bodies"):
        with (SHIPPED / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                found[row.get("kind", COUNCIL), row["code"]] = row["name"]
    return found
