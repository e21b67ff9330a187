"""Registers of partnerships in folders of CSV files, and the places, themes and sectors to read them with."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from joinedup.engines.reading import Register, read_register
from joinedup.places.shipped import CODE
from joinedup.places.shipped import around as places_around
from joinedup.taxonomy.shipped import sectors, themes

__all__ = ["codes_in", "places_around", "read_folder", "sectors", "tables", "themes"]


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
