"""MPS recorded crime by neighbourhood (LSOA), the last 24 months."""

from __future__ import annotations

from joinedup.evidence.sources import mps
from joinedup.evidence.sources.contract import Codes, Reading, Source
from joinedup.late_imports import polars as pl
from joinedup.offline.delimited import TextTable

NEEDED = {"LSOA Code", "Major Category", "Minor Category"}


def recognises(header: list[str]) -> bool:
    return set(header) >= NEEDED


def take(table: TextTable, codes: Codes) -> Reading:
    return mps.take_wide(
        table,
        codes,
        major="Major Category",
        minor="Minor Category",
        place=pl.col("LSOA Code").str.strip_chars(),
        kind="lsoa",
    )


SOURCE = Source(
    name="mps_lsoa",
    title="MPS recorded crime by LSOA",
    publisher=mps.PUBLISHER,
    licence=mps.LICENCE,
    grain=("lsoa",),
    caveats=(
        *mps.CAVEATS,
        "Sexual offences are withheld at this level, and offences without a usable location are left out "
        "(15% of weapons offences): totals are below the borough file.",
    ),
    disclosure=mps.DISCLOSURE,
    recognises=recognises,
    take=take,
)
