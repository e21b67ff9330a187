"""Files with one row per LSOA and one column per measure, such as the Census and the Indices of Deprivation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from joinedup.evidence.sources.contract import MISSING, NUMBER, OUTSIDE, Codes, NothingHere, Reading, finish
from joinedup.late_imports import polars as pl
from joinedup.offline.delimited import Refused, TextTable

PLACE = "lsoa21cd"
LSOA = r"^[EW]01\d{6}$"


def take_columns(
    table: TextTable,
    codes: Codes,
    measures: Mapping[str, Sequence[str]],
    *,
    place: str = PLACE,
    period: str,
    as_count: bool,
    lowest: float | None,
    notes: list[str],
) -> Reading:
    """One observation per place and measure; numbers go to `count` or to `value`, a blank is missing.

    `measures`: the columns that are added up to each indicator (mostly one). `place`: the column of LSOA
    codes of 2021. Places not held here are left out: these files cover a country.
    """
    refuse_larger_areas(table, place)
    used = sorted({column for columns in measures.values() for column in columns})
    cells = {column: pl.col(column).cast(pl.Float64, strict=False) for column in used}
    wordy = pl.any_horizontal(pl.col(column).is_not_null() & cells[column].is_null() for column in used)
    low = (
        pl.lit(False)
        if lowest is None
        else pl.any_horizontal((number < lowest).fill_null(False) for number in cells.values())
    )
    rows = table.frame.with_columns(
        wrong=pl.when(~pl.col(place).str.contains(LSOA).fill_null(False))
        .then(pl.lit("an LSOA code that is not like E01000001"))
        .when(pl.col(place).is_in(list(codes.changes)))
        .then(pl.lit("an LSOA code of 2011 in a file of 2021 codes"))
        .when(wordy)
        .then(pl.lit("a figure that is not a number"))
        .when(low)
        .then(pl.lit("a figure below zero")),
        left_out=pl.when(~pl.col(place).is_in(codes.of_kind("lsoa"))).then(pl.lit(OUTSIDE)),
    )
    good = rows.filter(pl.col("wrong").is_null() & pl.col("left_out").is_null())
    rows = rows.with_columns(repeats(good, [place], used))
    good = good.unique(place, keep="first", maintain_order=True)
    figure = "count" if as_count else "value"
    other = "value" if as_count else "count"
    # A sum of which one part is blank is blank.
    sums = {
        slug: pl.sum_horizontal(*(cells[column] for column in columns), ignore_nulls=False)
        for slug, columns in measures.items()
    }
    observations = (
        good.select(pl.col(place).alias("place"), **sums)
        .unpivot(on=list(sums), index="place", variable_name="indicator", value_name=figure)
        .with_columns(
            pl.lit(None, pl.Float64).alias(other),
            period=pl.lit(period),
            denominator=pl.lit(None, pl.Float64),
            state=pl.when(pl.col(figure).is_null()).then(pl.lit(MISSING)).otherwise(pl.lit(NUMBER)),
        )
    )
    return finish(table, rows, observations, notes, held=codes.of_kind("lsoa"))


def refuse_larger_areas(table: TextTable, place: str) -> None:
    """Publishers issue the same table for wards, authorities and output areas, under the same header."""
    given = table.frame[place].drop_nulls()
    if given.len() and given.str.contains(r"^[EKW]\d{8}$").all() and not given.str.contains(LSOA).any():
        raise NothingHere(
            "This table is not by neighbourhood (LSOA). Bring the file of the same table whose rows are LSOAs."
        )


def repeats(good: pl.DataFrame, key: Sequence[str], used: Sequence[str]) -> pl.Expr:
    """`left_out`, with rows that repeat another of the same `key` marked; refuses if two of them disagree."""
    versions = good.unique([*key, *used])
    if versions.select(key).is_duplicated().any():
        raise Refused("Two rows speak of the same LSOA with different figures. Keep the right one.")
    again = good.filter(~pl.struct(key).is_first_distinct())["record"].to_list()
    return (
        pl.when(pl.col("record").is_in(again))
        .then(pl.lit("rows that are there twice"))
        .otherwise("left_out")
        .alias("left_out")
    )
