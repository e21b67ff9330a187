"""What ships about places, as frames, for tests that need no database."""

import polars as pl

from joinedup.places.loading import SHIPPED, read_parts

__all__ = ["CITY", "LONDON", "MET", "SHIPPED", "frames", "read_parts"]

MET, CITY = "E23000001", "E23000034"
LONDON = "E12000007"


def frames(*forces: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Everything wider than a ward, and the wards and neighbourhoods of these forces; what their old codes became."""
    parts = [read_parts(force) for force in forces]
    wide = pl.read_csv(SHIPPED / "areas.csv.gz", infer_schema_length=None)
    places = pl.concat([wide, *(part[0] for part in parts)], how="diagonal_relaxed")
    return places, pl.concat(part[1] for part in parts)
