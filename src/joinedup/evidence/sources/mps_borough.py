"""MPS recorded crime by borough: the last 24 months, and the earlier months from April 2010."""

from __future__ import annotations

from joinedup.evidence.sources import mps
from joinedup.evidence.sources.contract import Codes, Reading, Source
from joinedup.late_imports import polars as pl
from joinedup.offline.delimited import TextTable
from joinedup.places.words import plain

NEEDED = {"MajorText", "MinorText", "BoroughName"}
# Entries that the publisher lists beside the boroughs and that are not places.
NOT_BOROUGHS = {
    plain(name)
    for name in (
        "Unknown",
        "London Heathrow and London City Airports",
        "Aviation Security (SO18)",
        "Aviation Security",
        "Heathrow",
        "N/K",
        "Other / NK",
    )
}
UNKNOWN_NAME = "?"


def recognises(header: list[str]) -> bool:
    return set(header) >= NEEDED and "WardCode" not in header


def take(table: TextTable, codes: Codes) -> Reading:
    boroughs = codes.names.get("local_authority", {})
    given = table.frame["BoroughName"].drop_nulls().unique().to_list()
    found: dict[str, str | None] = {name: boroughs.get(plain(name), UNKNOWN_NAME) for name in given}
    found |= {name: None for name in given if plain(name) in NOT_BOROUGHS}
    place = pl.col("BoroughName").replace_strict(found, default=UNKNOWN_NAME, return_dtype=pl.String)
    return mps.take_wide(
        table, codes, major="MajorText", minor="MinorText", place=place, kind="local_authority"
    )


SOURCE = Source(
    name="mps_borough",
    title="MPS recorded crime by borough",
    publisher=mps.PUBLISHER,
    licence=mps.LICENCE,
    grain=("local_authority",),
    caveats=(*mps.CAVEATS, "Offences that the publisher could place in no borough are not counted in any."),
    disclosure=mps.DISCLOSURE,
    recognises=recognises,
    take=take,
)
