"""The columns of a CSV file as text, codes or whole numbers; an unreadable cell is refused with its line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joinedup.engines import periods
from joinedup.late_imports import polars as pl
from joinedup.offline.delimited import Refused, TextTable, quoted
from joinedup.offline.table_files import open_table

# A larger number in one cell, or in total, is a typing error.
LARGEST, LARGEST_SUM = 1_000_000_000, 2_000_000_000

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class CsvFile:
    """A file with the required columns."""

    name: str
    table: TextTable

    @property
    def rows(self) -> int:
        return self.table.frame.height

    def has(self, column: str) -> bool:
        return column in self.table.header

    def text(self, column: str) -> pl.Series:
        """A column as text without surrounding blanks; null if empty."""
        stripped = self.table.frame.get_column(column).str.strip_chars()
        return stripped.set(stripped == "", None) if (stripped == "").any() else stripped

    def refuse(self, wrong: pl.Series, why: Callable[[int, int], str]) -> None:
        """Raise `Refused` with the file and line of the first wrong row, if there is one. `why`: makes a
        sentence from the number of that row and how many are wrong."""
        rows = wrong.fill_null(False).arg_true()
        if not rows.len():
            return
        row = int(rows[0])
        line = self.table.lines([self.table.frame["record"][row]])[0]
        raise Refused(f"{self.name}, line {line}: {why(row, rows.len())}")

    def filled(self, column: str) -> pl.Series:
        """The text of a column that must be filled in every row. Raises `Refused`."""
        text = self.text(column)
        self.refuse(text.is_null(), lambda row, n: f"{column} is blank{_and_more(n)}.")
        return text


def opened(path: Path, *required: str) -> CsvFile:
    """The file, which must have rows and the required columns. Raises `Refused`."""
    if path.is_dir():
        raise Refused(f"“{path}” is a folder: give a CSV file.")
    try:
        table = open_table(path)
    except FileNotFoundError as error:
        raise Refused(f"There is no file “{path}”.") from error
    except OSError as error:
        raise Refused(f"“{path}” cannot be read: {error.strerror}.") from error
    except Refused as error:
        raise Refused(f"{path.name}: {error}") from error
    csv_file = CsvFile(path.name, table)
    need_columns(csv_file, required)
    if not csv_file.rows:
        raise Refused(f"{path.name} has a header line and no rows.")
    return csv_file


def need_columns(csv_file: CsvFile, columns: Iterable[str]) -> None:
    lacking = [name for name in columns if not csv_file.has(name)]
    if lacking:
        there = quoted(", ".join(csv_file.table.header), 200)
        raise Refused(f"{csv_file.name} has no column {', '.join(lacking)}; its columns are: {there}.")


def plural(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _and_more(rows: int) -> str:
    return f", as in {rows - 1:,} more rows" if rows > 2 else ", as in 1 more row" if rows == 2 else ""


def codes(text: pl.Series, names: Sequence[str]) -> pl.Series:
    """The position of each among the names, from 0; null if it is not one."""
    return text.cast(pl.Enum(pl.Series(names, dtype=pl.String)), strict=False).to_physical().cast(pl.Int64)


def areas(csv_file: CsvFile, names: Sequence[str], places: str) -> Ints:
    """Numbers of the areas of a file. Raises `Refused` if one is not among the places."""
    text = csv_file.filled("area")
    found = codes(text, names)

    def why(row: int, rows: int) -> str:
        unknown = text.filter(found.is_null()).n_unique()
        others = unknown - 1
        also = f" nor {'is' if others == 1 else 'are'} {others:,} other{'s' * (others > 1)}" if others else ""
        return f"the area “{quoted(text[row])}” is not in {places}{also} ({rows:,} row{'s' * (rows > 1)})."

    csv_file.refuse(found.is_null(), why)
    return found.to_numpy()


def dated(csv_file: CsvFile) -> tuple[str, Ints]:
    """The kind of the periods of a file, and the number of each row's period (`periods.number`). Raises
    `Refused`."""
    text = csv_file.filled("period")
    labels = text.unique(maintain_order=True)
    read: list[tuple[str, int] | None] = []
    for each in labels:
        try:
            read.append(periods.number(each))
        except ValueError:
            read.append(None)
    bad = [each for each, at in zip(labels, read, strict=True) if at is None]
    csv_file.refuse(
        text.is_in(bad),
        lambda row, n: (
            f"“{quoted(text[row])}” is not a period{_and_more(n)}: write a day as 2024-03-31, a month as 2024-03, "
            "a year as 2024."
        ),
    )
    found = [at for at in read if at is not None]
    kind = found[0][0]
    odd = [each for each, at in zip(labels, found, strict=True) if at[0] != kind]
    csv_file.refuse(
        text.is_in(odd),
        lambda row, n: (
            f"“{quoted(text[row])}” is not a {kind}, as “{quoted(labels[0])}” above is{_and_more(n)}: keep to days, "
            "months or years in one file."
        ),
    )
    numbers = np.array([at for _, at in found], np.int64)
    return kind, numbers[codes(text, labels.to_list()).to_numpy()]


def whole(csv_file: CsvFile, column: str = "count") -> tuple[Ints, NDArray[np.bool_]]:
    """Whole numbers from 0, and which are known: a blank is unknown and becomes 0. Raises `Refused`."""
    text = csv_file.text(column)
    found = text.cast(pl.Int64, strict=False)
    odd = text.is_not_null() & found.is_null()
    if odd.any():
        # 3.0 is as whole as 3.
        real = number(csv_file, column)
        csv_file.refuse(
            odd & (real != real.floor()).fill_null(True),
            lambda row, n: f"“{quoted(text[row])}” is not a whole number{_and_more(n)}.",
        )
        _in_bounds(csv_file, column, text, real)
        found = real.cast(pl.Int64)
    _in_bounds(csv_file, column, text, found)
    known = found.is_not_null().to_numpy()
    counts = found.fill_null(0).to_numpy()
    if counts.sum() > LARGEST_SUM:
        raise Refused(
            f"{csv_file.name} counts {int(counts.sum()):,}: more than {LARGEST_SUM:,} cannot be meant."
        )
    return counts, known


def number(csv_file: CsvFile, column: str) -> pl.Series:
    """Finite numbers; null if blank. Raises `Refused`."""
    text = csv_file.text(column)
    found = text.cast(pl.Float64, strict=False)
    csv_file.refuse(
        text.is_not_null() & ~found.is_finite().fill_null(False),
        lambda row, n: f"{column} “{quoted(text[row])}” is not a number{_and_more(n)}.",
    )
    return found


def positive(csv_file: CsvFile, column: str) -> pl.Series:
    """Numbers from 0; null if blank. Raises `Refused`."""
    found = number(csv_file, column)
    _in_bounds(csv_file, column, csv_file.text(column), found)
    return found


def _in_bounds(csv_file: CsvFile, column: str, text: pl.Series, found: Any) -> None:
    csv_file.refuse(found < 0, lambda row, n: f"{column} “{quoted(text[row])}” is below 0{_and_more(n)}.")
    csv_file.refuse(
        found > LARGEST,
        lambda row, n: (
            f"{column} “{quoted(text[row])}” is larger than can be meant ({LARGEST:,}){_and_more(n)}."
        ),
    )
