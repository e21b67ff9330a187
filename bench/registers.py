"""Registers of partnerships in folders of CSV files, and the places, themes and sectors to read them with."""

from __future__ import annotations

import re
from datetime import date
from importlib import resources
from pathlib import Path

import polars as pl

from joinedup.engines.reading import Register, read_register
from joinedup.places.shipped import SHIPPED, frames

CODE = re.compile(r"[EW]\d{8}")
NEIGHBOUR_KM = 40.0


def read_folder(folder: Path, as_of: date) -> Register:
    """The register of a folder: one CSV file a table, read with the places that its codes are in."""
    given = tables(folder)
    return read_register(given, places_around(codes_in(given)), themes(), sectors(), as_of=as_of)


def tables(folder: Path) -> dict[str, pl.DataFrame]:
    """The tables of a folder as frames of text."""
    return {path.stem: pl.read_csv(path, infer_schema=False) for path in sorted(folder.glob("*.csv"))}


def codes_in(given: dict[str, pl.DataFrame]) -> set[str]:
    """Every code of a place that occurs in the tables of partners, actions and asks."""
    cells = (frame[column] for name, frame in given.items() if name != "support" for column in frame.columns)
    return {code for cell in cells for text in cell.drop_nulls() for code in CODE.findall(text)}


def places_around(codes: set[str]) -> pl.DataFrame:
    """The authorities among these codes with their wards and police forces, the other authorities of their county or
    within 40 km, and every county, region and country."""
    wide = pl.read_csv(SHIPPED / "areas.csv.gz", infer_schema_length=None)
    members = pl.read_csv(SHIPPED / "memberships.csv.gz").filter(pl.col("kind") == "police_force")
    forces = members.filter(pl.col("place").is_in(codes))["code"].unique().sort()
    authorities = wide.filter(pl.col("kind") == "local_authority")
    own = authorities.filter(pl.col("code").is_in(codes))
    wards = frames(*forces)[0].filter(pl.col("kind") == "ward", pl.col("parent").is_in(own["code"].to_list()))
    counties = [code for code in own["parent"].unique() if str(code).startswith("E10")]
    near = authorities.filter(_near(own) | pl.col("parent").is_in(counties))
    wider = wide.filter(
        pl.col("kind").is_in(["county", "region", "country"]) | pl.col("code").is_in(forces.to_list())
    )
    columns = ["code", "name", "kind", "parent", "latitude", "longitude"]
    return (
        pl.concat([part.select(columns) for part in (wards, near, wider)], how="vertical_relaxed")
        .unique("code")
        .sort("code")
    )


def _near(own: pl.DataFrame) -> pl.Expr:
    """Whether an authority's middle lies within 40 km of one of these; flat arithmetic is enough for a name."""
    found = pl.lit(False)
    for latitude, longitude in own.select("latitude", "longitude").drop_nulls().iter_rows():
        north, east = (pl.col("latitude") - latitude) * 111.3, (pl.col("longitude") - longitude) * 68.5
        found = found | ((north**2 + east**2) < NEIGHBOUR_KM**2)
    return found


def themes() -> pl.DataFrame:
    """The themes of the product: theme, name."""
    return _reference("taxonomy.csv").select("theme", "name")


def sectors() -> pl.DataFrame:
    """The sectors of the product: sector, name."""
    return _reference("sectors.csv").select(
        pl.col("sector_id").alias("sector"), pl.col("sector").alias("name")
    )


def _reference(name: str) -> pl.DataFrame:
    return pl.read_csv(Path(str(resources.files("joinedup.data"))) / "reference" / name, infer_schema=False)
