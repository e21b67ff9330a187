"""What ships about places, as files: where they lie, and one archive read. Knows no database."""

from __future__ import annotations

import io
import json
import zipfile
from importlib import resources
from pathlib import Path
from typing import Any

import polars as pl

SHIPPED = Path(str(resources.files("joinedup.data"))) / "country"
CHANGES = {"old": pl.String, "new": pl.String, "kind": pl.String, "share": pl.Float64}


def read_parts(force: str, folder: Path = SHIPPED) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, Any]]:
    """The wards and neighbourhoods of a police force's area, what old codes became, and outlines by code."""
    with zipfile.ZipFile(folder / "parts" / f"{force}.zip") as archive:
        places = pl.read_csv(io.BytesIO(archive.read("places.csv")), infer_schema_length=None)
        changes = pl.read_csv(io.BytesIO(archive.read("changes.csv")), schema=CHANGES)
        return places, changes, json.loads(archive.read("outlines.json"))


def frames(*forces: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Everything wider than a ward, and the wards and neighbourhoods of these police force areas; what their old codes
    became. As `evidence.sources.contract.Codes.of` takes them, for programs without a database."""
    parts = [read_parts(force) for force in forces]
    wide = pl.read_csv(SHIPPED / "areas.csv.gz", infer_schema_length=None)
    places = pl.concat([wide, *(part[0] for part in parts)], how="diagonal_relaxed")
    return places, pl.concat(part[1] for part in parts)
