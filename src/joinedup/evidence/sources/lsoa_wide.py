"""Files with one row per LSOA and one column per measure, such as the Census and the Indices of Deprivation."""

from collections.abc import Mapping

import polars as pl

from joinedup.evidence.sources.contract import MISSING, NUMBER, OUTSIDE, Codes, Reading, finish
from joinedup.offline.delimited import Refused, TextTable

PLACE = "lsoa21cd"


def take_columns(
    table: TextTable,
    codes: Codes,
    columns: Mapping[str, str],
    *,
    period: str,
    as_count: bool,
    lowest: float | None,
    notes: list[str],
) -> Reading:
    """One observation per place and column; numbers go to `count` or to `value`, a blank is missing.

    Places not held here are left out: these files cover England.
    """
    used = {column: slug for column, slug in columns.items() if column in table.header}
    numbers = {slug: pl.col(column).cast(pl.Float64, strict=False) for column, slug in used.items()}
    wordy = pl.any_horizontal(
        pl.col(column).is_not_null() & pl.col(column).cast(pl.Float64, strict=False).is_null()
        for column in used
    )
    low = (
        pl.lit(False)
        if lowest is None
        else pl.any_horizontal((number < lowest).fill_null(False) for number in numbers.values())
    )
    rows = table.frame.with_columns(
        wrong=pl.when(~pl.col(PLACE).str.contains(r"^[EW]01\d{6}$").fill_null(False))
        .then(pl.lit("an LSOA code that is not like E01000001"))
        .when(pl.col(PLACE).is_in(list(codes.changes)))
        .then(pl.lit("an LSOA code of 2011 in a file of 2021 codes"))
        .when(wordy)
        .then(pl.lit("a figure that is not a number"))
        .when(low)
        .then(pl.lit("a figure below nought")),
        left_out=pl.when(~pl.col(PLACE).is_in(codes.of_kind("lsoa"))).then(pl.lit(OUTSIDE)),
    )
    good = rows.filter(pl.col("wrong").is_null() & pl.col("left_out").is_null())
    rows = rows.with_columns(_repeats(good, used))
    good = good.unique(PLACE, keep="first", maintain_order=True)
    figure = "count" if as_count else "value"
    other = "value" if as_count else "count"
    observations = (
        good.select(PLACE, **numbers)
        .unpivot(on=list(numbers), index=PLACE, variable_name="indicator", value_name=figure)
        .with_columns(
            pl.col(PLACE).alias("place"),
            pl.lit(None, pl.Float64).alias(other),
            period=pl.lit(period),
            denominator=pl.lit(None, pl.Float64),
            state=pl.when(pl.col(figure).is_null()).then(pl.lit(MISSING)).otherwise(pl.lit(NUMBER)),
        )
    )
    return finish(table, rows, observations, notes, held=codes.of_kind("lsoa"))


def _repeats(good: pl.DataFrame, used: Mapping[str, str]) -> pl.Expr:
    """`left_out`, with rows that repeat another marked; refuses if two rows of a place disagree."""
    versions = good.unique([PLACE, *used])
    if versions[PLACE].is_duplicated().any():
        raise Refused("Two rows speak of the same LSOA with different figures. Keep the right one.")
    again = good.filter(~pl.col(PLACE).is_first_distinct())["record"].to_list()
    return (
        pl.when(pl.col("record").is_in(again))
        .then(pl.lit("rows that are there twice"))
        .otherwise("left_out")
        .alias("left_out")
    )
