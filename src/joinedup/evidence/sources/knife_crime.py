"""MPS knife crime dashboard: knife crime by borough and ward, month by month, in long form.

The file is sparse: a place and month without a row is a true zero for every place that is in it.
"""

from __future__ import annotations

from joinedup.evidence.sources import mps
from joinedup.evidence.sources.contract import MISSING, NUMBER, Codes, Reading, Source, finish
from joinedup.late_imports import polars as pl
from joinedup.offline.delimited import TextTable
from joinedup.places.words import plain

WORDS = {
    "Knife Crime": "knife-crime",
    "Knife Crime with Injury": "knife-crime-with-injury",
    "Knife Crime with Injury (Personal Robbery)": "knife-robbery-with-injury",
    "Knife Injury Victims (1-24)": "knife-injury-aged-1-24",
    "Knife Injury Victims (non DA 1-24)": "knife-injury-aged-1-24-not-domestic",
}
NAMES = {  # the dashboard's own column names have varied from release to release
    "month": ("month", "month year"),
    "code": ("area code",),
    "kind": ("crime subtype", "offence subgroup"),
    "measure": ("measure",),
    "count": ("offences", "count"),
}


def _columns(header: list[str]) -> dict[str, str]:
    plain_names = {plain(name): name for name in header}
    return {
        wanted: next(plain_names[name] for name in names if name in plain_names)
        for wanted, names in NAMES.items()
        if any(name in plain_names for name in names)
    }


def recognises(header: list[str]) -> bool:
    return set(_columns(header)) == set(NAMES) and "area type" in {plain(name) for name in header}


def take(table: TextTable, codes: Codes) -> Reading:
    columns = _columns(table.header)
    boroughs, wards = codes.of_kind("local_authority"), codes.of_kind("ward")
    shaped = pl.col("place").str.contains(r"^E(09|05)\d{6}$")
    rows = table.frame.select(
        "record",
        month=pl.col(columns["month"]).str.head(7),
        place=pl.col(columns["code"]).str.strip_chars(),  # ward codes come with a blank after them
        kind=pl.col(columns["kind"]),
        indicator=pl.col(columns["kind"]).replace_strict(WORDS, default=None, return_dtype=pl.String),
        measure=pl.col(columns["measure"]),
        count=pl.col(columns["count"]).cast(pl.Float64, strict=False),
    ).with_columns(
        wrong=pl.when(~pl.col("month").str.contains(r"^20\d\d-(0[1-9]|1[0-2])$").fill_null(False))
        .then(pl.lit("a month that is not like 2024-03"))
        .when(
            pl.col("count").is_null() | (pl.col("count") < 0) | (pl.col("count") != pl.col("count").floor())
        )
        .then(pl.lit("a count that is not a whole number from zero"))
        .when(shaped & ~pl.col("place").is_in(boroughs + wards))
        .then(pl.lit("a place code that is not known")),
        left_out=pl.when(pl.col("measure") != "Offences")
        .then(pl.lit("positive outcomes, which are not offences"))
        .when(pl.col("indicator").is_null())
        .then(pl.lit("crimes other than knife crime"))
        .when(~shaped.fill_null(False))
        .then(pl.lit("offences that the publisher places in no borough or ward")),
    )
    good = rows.filter(pl.col("wrong").is_null() & pl.col("left_out").is_null())
    counts = good.group_by("indicator", "place", "month").agg(pl.col("count").sum())
    # Boroughs and wards are levels of one count: the places of each level are filled with zeros separately.
    observations = (
        good.select("place")
        .unique()
        .join(good.select("indicator").unique(), how="cross")
        .join(good.select("month").unique(), how="cross")
        .join(counts, on=["indicator", "place", "month"], how="left")
        .join(_spoiled(rows), on=["indicator", "place", "month"], how="left")
        .with_columns(known=pl.col("spoiled").is_null())
        .select(
            "indicator",
            "place",
            period="month",
            count=pl.when("known").then(pl.col("count").fill_null(0.0)),
            denominator=pl.lit(None, pl.Float64),
            value=pl.lit(None, pl.Float64),
            state=pl.when("known").then(pl.lit(NUMBER)).otherwise(pl.lit(MISSING)),
        )
    )
    return finish(table, rows, observations, [])


def _spoiled(rows: pl.DataFrame) -> pl.DataFrame:
    """Places and months where a row was refused: neither zero nor the rest of the count."""
    return (
        rows.filter(pl.col("wrong").is_not_null())
        .select("indicator", "place", "month", spoiled=pl.lit(True))
        .unique()
        .drop_nulls()
    )


SOURCE = Source(
    name="knife_crime",
    title="MPS knife crime",
    publisher=mps.PUBLISHER,
    licence=mps.LICENCE,
    grain=("local_authority", "ward"),
    caveats=(
        *mps.CAVEATS,
        "Boroughs and wards are two levels of the same count: never add them.",
        "A person hurt may have been counted in several months if hurt several times.",
    ),
    disclosure=mps.DISCLOSURE,
    recognises=recognises,
    take=take,
)
