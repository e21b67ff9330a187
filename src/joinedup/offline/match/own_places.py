"""Places that a folder brings itself, as the engine takes them."""

from __future__ import annotations

from joinedup.late_imports import polars as pl
from joinedup.offline.delimited import Refused
from joinedup.offline.uk_bounds import where

# What is wider or narrower than an authority; any other kind, and a blank one, is an authority.
WIDER = ("county", "region", "country", "police_force")
NARROWER = {"ward": "ward", "neighbourhood": "ward", "lsoa": "ward", "msoa": "ward"}


def own_places(given: pl.DataFrame) -> pl.DataFrame:
    """code, name, kind, parent, latitude, longitude: one row a code, what is narrower than an authority as a ward of
    it. Raises `Refused` for swapped coordinates: distances would be wrong without any other sign of it."""
    known = given.drop_nulls(["latitude", "longitude"])
    if len(known) and where(known["latitude"].to_numpy(), known["longitude"].to_numpy()).are_swapped:
        raise Refused(
            "places.csv: these places lie outside the United Kingdom: are the columns latitude and longitude "
            "swapped? Give each its name, and try again."
        )
    rows = {
        row["code"]: {**row, "name": row["name"] or row["code"], "kind": _kind(row["kind"])}
        for row in sorted(given.iter_rows(named=True), key=str, reverse=True)
        if row["code"]
    }
    for row in rows.values():
        if row["kind"] == "ward":
            row["parent"] = _authority(row["parent"], rows)
    return pl.DataFrame([rows[code] for code in sorted(rows)], schema=given.schema, orient="row")


def _kind(given: str | None) -> str:
    plain = (given or "").strip().lower().replace(" ", "_")
    return plain if plain in WIDER else NARROWER.get(plain, "local_authority")


def _authority(code: str | None, rows: dict[str, dict[str, str]]) -> str | None:
    """The authority above, through what lies between."""
    seen: set[str] = set()
    while code in rows and rows[code]["kind"] == "ward" and code not in seen:
        seen.add(code)
        code = rows[code]["parent"]
    return code if code in rows else None
