"""Read a folder of CSV files as the engine's tables; unreadable ones are refused in one plain sentence."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from joinedup.engines.matching import Tables
from joinedup.engines.matching.tables import COLUMNS, NUMBER, REQUIRED
from joinedup.offline.delimited import Refused
from joinedup.offline.typed_columns import read_columns
from joinedup.offline.uk_bounds import where

SEVEN = ("places", "needs", "partners", "initiatives", "offers", "links", "mix")
# Tables whose other columns, not known to the engine, are numbers too.
OTHERS = {"profiles": NUMBER}


def read_folder(path: Path) -> Tables:
    """The tables in a folder: seven required ones, and the optional ones that exist. Raises `Refused`."""
    if not path.is_dir():
        raise Refused(f"There is no folder “{path}”.")
    absent = [f"{name}.csv" for name in SEVEN if not (path / f"{name}.csv").is_file()]
    if absent:
        raise Refused(
            f"“{path}” lacks {', '.join(absent)}: add it, with a header line alone if there is nothing to say."
        )
    found = {
        name: read_columns(path / f"{name}.csv", columns, REQUIRED[name], others=OTHERS.get(name))
        for name, columns in COLUMNS.items()
        if (path / f"{name}.csv").is_file()
    }
    _refuse_swapped(found["places"])
    return Tables(**found)


def _refuse_swapped(places: pl.DataFrame) -> None:
    """Refuse swapped coordinates: distances would be wrong without any other sign of it."""
    if {"latitude", "longitude"} <= set(places.columns):
        known = places.drop_nulls(["latitude", "longitude"])
        if where(known["latitude"].to_numpy(), known["longitude"].to_numpy()).are_swapped:
            raise Refused(
                "places.csv: these places lie outside the United Kingdom: are the columns latitude and longitude "
                "swapped? Give each its name, and try again."
            )
