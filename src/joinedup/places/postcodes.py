"""Which authorities the first half of a postcode lies in.

Approximate: each neighbourhood was given to the nearest centre of a postcode district, so a share may be some
hundredths off at an edge. Good for “mostly in one, partly in another”, never for a statistic.
"""

from __future__ import annotations

import csv
import gzip
import re
from functools import cache

from joinedup.places.loading import SHIPPED

POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)( ?\d([A-Z]{2})?)?")


def looks_like_a_postcode(text: str) -> bool:
    """Whether somebody typed a postcode or its first half, such as N1 or SW9 8AB."""
    return POSTCODE.fullmatch(text.strip().upper()) is not None


def district_of(text: str) -> str | None:
    """The first half of a postcode: LE1 of “LE1 4”, “le1” and “LE1 4AB”; None if it is none, or not known."""
    typed = " ".join(text.upper().split())
    found = POSTCODE.fullmatch(typed)
    if found is None:
        return None
    known = _shares()
    halves = [typed.split(" ")[0]] if " " in typed else [typed, typed[:-3], typed[:-1]]
    return next((half for half in halves if half in known), None)


def authorities_of(text: str) -> dict[str, float]:
    """The share of a postcode district's residents in each authority (GSS code), the largest first; empty if
    unknown."""
    district = district_of(text)
    return {} if district is None else _shares()[district]


@cache
def _shares() -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    with gzip.open(SHIPPED / "postcodes.csv.gz", "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            found.setdefault(row["postcode_district"], {})[row["place"]] = float(row["share"])
    return {
        district: dict(sorted(shares.items(), key=lambda each: (-each[1], each[0])))
        for district, shares in found.items()
    }
