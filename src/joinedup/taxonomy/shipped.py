"""Themes and sectors that ship, as frames: for programs without a database."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from joinedup.late_imports import polars as pl

REFERENCE = Path(str(resources.files("joinedup.data"))) / "reference"


def themes() -> pl.DataFrame:
    """theme, name."""
    return _read("taxonomy.csv").select("theme", "name")


def sectors() -> pl.DataFrame:
    """sector, name."""
    return _read("sectors.csv").select(pl.col("sector_id").alias("sector"), pl.col("sector").alias("name"))


def _read(name: str) -> pl.DataFrame:
    return pl.read_csv(REFERENCE / name, infer_schema=False)
