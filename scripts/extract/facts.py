"""The facts that every installation starts from: themes, sectors, commitments, partners.

`support.csv` and `approaches.csv` are not made here: each row of theirs was read by hand against its source.
"""

from pathlib import Path

import polars as pl
from writing import write_table

TABLES = (
    "themes",
    "taxonomy",
    "mix",
    "sectors",
    "factors",
    "commitments",
    "commitments_later",
    "events",
)
UNKNOWN = {"not shown in stored text": "not stated"}
SEED_SOURCE = (
    "Grants of the Lloyds Bank Foundation for England and Wales 2010 to 2015, published to the "
    "360Giving Standard, CC BY 4.0"
)


def write_facts(facts: Path, directories: Path, output: Path) -> None:
    """Write one CSV a table, with its source columns, and `partners.csv`."""
    for name in TABLES:
        frame = pl.read_csv(facts / f"{name}.csv", infer_schema=False)
        frame = frame.with_columns(
            pl.all().replace(UNKNOWN).str.replace_all(" (stored copy)", "", literal=True)
        )
        write_table(output / f"{name}.csv", frame)
    seed = pl.read_csv(directories / "london_partner_seed.csv", infer_schema=False)
    # A purpose may hold line breaks; one line a partner is easier to read and to correct.
    seed = seed.with_columns(
        pl.col("example_purpose").str.replace_all(r"\s+", " ").str.strip_chars(),
        source=pl.lit(SEED_SOURCE),
    )
    write_table(output / "partners.csv", seed.sort("name", "org_id"))
