"""MPS recorded crime by ward, the last 24 months."""

from __future__ import annotations

from joinedup.evidence.sources import mps
from joinedup.evidence.sources.contract import Codes, Reading, Source
from joinedup.late_imports import polars as pl
from joinedup.offline.delimited import TextTable

NEEDED = {"MajorText", "MinorText", "WardCode"}


def recognises(header: list[str]) -> bool:
    return set(header) >= NEEDED


def take(table: TextTable, codes: Codes) -> Reading:
    return mps.take_wide(
        table,
        codes,
        major="MajorText",
        minor="MinorText",
        place=pl.col("WardCode").str.strip_chars(),
        kind="ward",
    )


SOURCE = Source(
    name="mps_ward",
    title="MPS recorded crime by ward",
    publisher=mps.PUBLISHER,
    licence=mps.LICENCE,
    grain=("ward",),
    caveats=(
        *mps.CAVEATS,
        "Heathrow Villages is listed under Aviation Security, in some releases under Hillingdon too: added.",
    ),
    disclosure=mps.DISCLOSURE,
    recognises=recognises,
    take=take,
)
