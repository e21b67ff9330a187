"""What ships about places, as files: where they lie, and one archive read. Knows no database."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any

from joinedup.engines.reading.cells import folded, pieces
from joinedup.late_imports import polars as pl

SHIPPED = Path(str(resources.files("joinedup.data"))) / "country"
CHANGES = {"old": str, "new": str, "kind": str, "share": float}
CODE = re.compile(r"[EW]\d{8}")
NEIGHBOUR_KM = 40.0
AROUND = ["code", "name", "kind", "parent", "latitude", "longitude"]


def read_parts(force: str, folder: Path = SHIPPED) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, Any]]:
    """The wards and neighbourhoods of a police force's area, what old codes became, and outlines by code."""
    with zipfile.ZipFile(folder / "parts" / f"{force}.zip") as archive:
        places = pl.read_csv(io.BytesIO(archive.read("places.csv")), infer_schema_length=None)
        changes = pl.read_csv(io.BytesIO(archive.read("changes.csv")), schema=pl.Schema(CHANGES))
        return places, changes, json.loads(archive.read("outlines.json"))


def frames(*forces: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Everything wider than a ward, and the wards and neighbourhoods of these police force areas; what their old codes
    became. As `evidence.sources.contract.Codes.of` takes them, for programs without a database."""
    parts = [read_parts(force) for force in forces]
    wide = pl.read_csv(SHIPPED / "areas.csv.gz", infer_schema_length=None)
    places = pl.concat([wide, *(part[0] for part in parts)], how="diagonal_relaxed")
    return places, pl.concat([pl.DataFrame(schema=pl.Schema(CHANGES)), *(part[1] for part in parts)])


def around(cells: Iterable[str]) -> pl.DataFrame:
    """What lies around the places that these cells name by code or name: their authorities with their wards and police
    forces, the other authorities of their county or within 40 km, and every county, region and country.

    Returns code, name, kind, parent, latitude, longitude, by code. Of a county or a force that is named, its
    authorities count where none is named itself.
    """
    texts = set(cells)
    wide = pl.read_csv(SHIPPED / "areas.csv.gz", infer_schema_length=None)
    members = pl.read_csv(SHIPPED / "memberships.csv.gz").filter(pl.col("kind") == "police_force")
    authorities = wide.filter(pl.col("kind") == "local_authority")
    codes = {code for text in texts for code in CODE.findall(text)}
    codes |= _of_wards(codes - set(wide["code"])) | _named(texts, authorities)
    if not codes & set(authorities["code"]):
        wider = codes | _named(texts, wide.filter(pl.col("kind").is_in(["county", "police_force"])))
        codes |= set(authorities.filter(pl.col("parent").is_in(wider))["code"])
        codes |= set(members.filter(pl.col("code").is_in(wider))["place"])
    own = authorities.filter(pl.col("code").is_in(codes))
    forces = members.filter(pl.col("place").is_in(codes))["code"].unique().sort()
    wards = frames(*forces)[0].filter(pl.col("kind") == "ward", pl.col("parent").is_in(own["code"].to_list()))
    counties = [code for code in own["parent"].unique() if str(code).startswith("E10")]
    near = authorities.filter(_near(own) | pl.col("parent").is_in(counties))
    wider_kinds = pl.col("kind").is_in(["county", "region", "country"])
    rest = wide.filter(wider_kinds | pl.col("code").is_in(forces.to_list()))
    parts = [part.select(AROUND) for part in (wards, near, rest)]
    return pl.concat(parts, how="vertical_relaxed").unique("code").sort("code")


def _of_wards(codes: set[str]) -> set[str]:
    """The authorities of those of these codes that are wards."""
    if not codes:
        return set()
    found: set[str] = set()
    for path in sorted((SHIPPED / "parts").iterdir()):
        with zipfile.ZipFile(path) as archive:
            places = pl.read_csv(io.BytesIO(archive.read("places.csv")), infer_schema_length=None)
        found |= set(places.filter(pl.col("kind") == "ward", pl.col("code").is_in(codes))["parent"])
    return found


def _named(texts: set[str], places: pl.DataFrame) -> set[str]:
    """The places whose whole names these cells hold, alone or in a list."""
    names = {folded(name): code for code, name in places.select("code", "name").iter_rows()}
    parts = {folded(part) for text in texts for part in pieces(text, r"[;|\n,]")}
    return {names[part] for part in parts if part in names}


def _near(own: pl.DataFrame) -> pl.Expr:
    """Whether an authority's middle lies within 40 km of one of these; flat arithmetic is enough for a name."""
    found = pl.lit(False)
    for latitude, longitude in own.select("latitude", "longitude").drop_nulls().iter_rows():
        north, east = (pl.col("latitude") - latitude) * 111.3, (pl.col("longitude") - longitude) * 68.5
        found = found | ((north**2 + east**2) < NEIGHBOUR_KM**2)
    return found
