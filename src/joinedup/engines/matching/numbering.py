"""Columns of codes, lists, dates and numbers as arrays."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from joinedup.engines.matching.tree import Floats, Ints

# Fewer rows than this are read one by one: asking for a whole column at once would take longer.
FEW = 2000
# So many different words fit into one mask.
MOST_WORDS = 62


def distinct(columns: list[pl.Series]) -> list[str]:
    found: set[str] = set()
    for column in columns:
        few = len(column) < FEW
        found.update(column.to_list() if few else column.drop_nulls().unique().to_list())
    return sorted(found - {None})


def words_of(frame: pl.DataFrame, column: str) -> list[str]:
    """The different words in the lists of a column, sorted."""
    if frame.height < FEW:
        return sorted({word for words in frame[column].to_list() for word in words or () if word is not None})
    return distinct([frame[column].explode()])


def number(column: pl.Series, of: Mapping[str, int]) -> Ints:
    """The number of each code, -1 where it is blank or has none."""
    if not of:
        return np.full(len(column), -1, dtype=np.int64)
    if len(column) < FEW:
        return np.array([of.get(code, -1) for code in column.to_list()], dtype=np.int64)
    codes = column.replace_strict(list(of), list(of.values()), default=-1, return_dtype=pl.Int64)
    return codes.fill_null(-1).to_numpy().astype(np.int64)


def listed(frame: pl.DataFrame, column: str, of: Mapping[str, int]) -> tuple[Ints, Ints]:
    """A list column as (row, number of the code) pairs; codes without a number are left out."""
    if frame.height < FEW:
        pairs = [
            (row, of[code])
            for row, codes in enumerate(frame[column].to_list())
            for code in codes or ()
            if code in of
        ]
        both = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        return both[:, 0].copy(), both[:, 1].copy()
    long = frame.select(pl.col(column)).with_row_index("_row").explode(column).drop_nulls(column)
    code = number(long[column], of)
    return long["_row"].to_numpy().astype(np.int64)[code >= 0], code[code >= 0]


def days(column: pl.Series, blank: int) -> Ints:
    """Dates as days since 1970."""
    # Blanks become not-a-number on the way.
    number = column.cast(pl.Int32).to_numpy().astype(float)
    return np.where(np.isnan(number), blank, number).astype(np.int64)


def floats(column: pl.Series) -> Floats:
    """Blanks are NaN."""
    return column.cast(pl.Float64).to_numpy().astype(float)


def masks(frame: pl.DataFrame, column: str) -> Ints:
    """Lists of a few free words as bit masks. Past `MOST_WORDS` different ones the rest count as unknown."""
    words = words_of(frame, column)[:MOST_WORDS]
    row, word = listed(frame, column, {w: i for i, w in enumerate(words)})
    mask = np.zeros(frame.height, dtype=np.int64)
    np.bitwise_or.at(mask, row, np.left_shift(np.int64(1), word))
    return mask
