"""A folder of CSV files as the engine's tables; what cannot be read is refused in one plain sentence."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from joinedup.engines.matching import Tables
from joinedup.engines.matching.tables import COLUMNS, DAY, FLAG, NUMBER, REQUIRED, WORDS
from joinedup.places.bounds import where

SEVEN = ("places", "needs", "partners", "initiatives", "offers", "links", "mix")
YES, NO = {"true", "yes", "1", "y"}, {"false", "no", "0", "n"}
# More people, pounds or anything else than this is a slip of the keyboard, and breaks sums that it enters.
LARGEST = 1e12
# As much of a cell as helps to find it.
QUOTED = 60
# Letters of one cell; what the csv module takes by itself.
LONGEST_CELL = 131_072
# No table that is read here comes near these.
LONGEST_HEADER, MOST_COLUMNS = 200_000, 2_000


class Refused(Exception):
    """Why the input cannot be used, in one plain sentence that says what to do."""


def read_folder(path: Path) -> Tables:
    """The tables in a folder: seven that must be there, and the optional ones that are. Raises `Refused`."""
    if not path.is_dir():
        raise Refused(f"There is no folder “{path}”.")
    absent = [f"{name}.csv" for name in SEVEN if not (path / f"{name}.csv").is_file()]
    if absent:
        raise Refused(
            f"“{path}” lacks {', '.join(absent)}: add it, with a header line alone if there is nothing to say."
        )
    found = {
        name: read_table(path / f"{name}.csv", columns, REQUIRED[name])
        for name, columns in COLUMNS.items()
        if (path / f"{name}.csv").is_file()
    }
    _refuse_swapped(found["places"])
    return Tables(**found)


def _refuse_swapped(places: pl.DataFrame) -> None:
    """Distances between places would be wrong, and nothing would show it."""
    if {"latitude", "longitude"} <= set(places.columns):
        known = places.drop_nulls(["latitude", "longitude"])
        if where(known["latitude"].to_numpy(), known["longitude"].to_numpy()).are_swapped:
            raise Refused(
                "places.csv: these places lie outside the United Kingdom: are the columns latitude and longitude "
                "swapped? Give each its name, and try again."
            )


def read_table(path: Path, columns: dict[str, Any], required: tuple[str, ...]) -> pl.DataFrame:
    """One file as a frame with those of the columns that it has. Raises `Refused`."""
    header, lines, cells = _rows(path, required)
    kinds = dict(columns)
    if path.stem == "profiles":
        kinds |= {name: NUMBER for name in header if name and name != "place"}
    columns = {}
    for at, name in enumerate(header):
        if name not in kinds:
            continue
        parse = _PARSERS.get(kinds[name], _text)
        values = []
        for line, row in zip(lines, cells, strict=True):
            try:
                values.append(parse(row[at].strip()))
            except ValueError as error:
                raise Refused(
                    f"{path.name}, line {line}: “{quoted(row[at])}” in column {quoted(name)} is not {error}."
                ) from error
        columns[name] = pl.Series(name, values, dtype=kinds[name])
    return pl.DataFrame(columns)


def _rows(path: Path, required: tuple[str, ...]) -> tuple[list[str], list[int], list[list[str]]]:
    """The header, and for each row that is not blank the line where it ends and its cells."""
    lines: list[int] = []
    cells: list[list[str]] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            _refuse_long_header(path, file.readline(LONGEST_HEADER + 1))
            file.seek(0)
            # One setting for the whole process, which a library may have changed.
            csv.field_size_limit(LONGEST_CELL)
            rows = csv.reader(file, strict=True)
            header = [name.strip() for name in next(rows, [])]
            _check_header(path, required, header)
            for row in rows:
                if not any(cell.strip() for cell in row):
                    continue
                if len(row) != len(header):
                    raise Refused(
                        f"{path.name}, line {rows.line_num}, has {len(row)} cells where the header has {len(header)}."
                    )
                if any("\0" in cell for cell in row):
                    raise Refused(_not_text(path))
                lines.append(rows.line_num)
                cells.append(row)
    except UnicodeDecodeError as error:
        raise Refused(_not_text(path)) from error
    except csv.Error as error:
        if "field limit" in str(error):
            raise Refused(
                f"{path.name} has a cell of more than {LONGEST_CELL:,} letters after line "
                f"{(lines or [1])[-1]:,}: see whether a quotation mark is astray."
            ) from error
        what = "a quotation mark is opened and not closed" if "unexpected end" in str(error) else error
        raise Refused(f"{path.name} is not a CSV file that can be read: {what}.") from error
    except OSError as error:
        raise Refused(f"{path.name} cannot be read: {error.strerror}.") from error
    return header, lines, cells


def _refuse_long_header(path: Path, line: str) -> None:
    if len(line) > LONGEST_HEADER or line.count(",") >= MOST_COLUMNS:
        raise Refused(
            f"The first line of {path.name} is no header of a table: it has more than {MOST_COLUMNS:,} columns or "
            f"{LONGEST_HEADER:,} letters."
        )


def _check_header(path: Path, required: tuple[str, ...], header: list[str]) -> None:
    if any("\0" in name for name in header):
        raise Refused(_not_text(path))
    if not any(header):
        raise Refused(f"{path.name} is empty: it needs a header line.")
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise Refused(f"{path.name} has the column {quoted(twice[0])} more than once.")
    lacking = [name for name in required if name not in header]
    if lacking:
        raise Refused(
            f"{path.name} has no column {', '.join(lacking)}; its header is: {quoted(', '.join(header), 200)}."
        )


def _not_text(path: Path) -> str:
    return f"{path.name} is not UTF-8 text: save it as “CSV UTF-8”."


def quoted(cell: str, most: int = QUOTED) -> str:
    """The start of what a file or a person wrote, on one line, to be read in a sentence."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in cell).split())
    return plain if len(plain) <= most else f"{plain[:most]}…"


def _text(cell: str) -> str | None:
    return cell or None


def _words(cell: str) -> list[str] | None:
    return [part for each in cell.split(";") if (part := each.strip())] or None


def _number(cell: str) -> float | None:
    if not cell:
        return None
    try:
        value = float(cell.replace(",", ""))
    except ValueError:
        raise ValueError("a number") from None
    if value - value != 0:
        raise ValueError("a finite number")
    if abs(value) > LARGEST:
        raise ValueError("a number that can be meant: it is larger than a million million")
    return value


def _flag(cell: str) -> bool | None:
    if not cell:
        return None
    if cell.lower() not in YES | NO:
        raise ValueError("true or false")
    return cell.lower() in YES


def _day(cell: str) -> date | None:
    if not cell:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(cell, form).date()
        except ValueError:
            continue
    raise ValueError("a date like 2026-11-30 or 30/11/2026")


_PARSERS: dict[Any, Callable[[str], Any]] = {NUMBER: _number, DAY: _day, FLAG: _flag, WORDS: _words}
