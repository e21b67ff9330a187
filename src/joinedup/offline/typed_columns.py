"""The columns of a file as text, numbers, days, flags and lists; an invalid cell is refused with its line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from joinedup.engines.reading.register import DAY, NUMBER, WORDS, YES
from joinedup.late_imports import polars as pl
from joinedup.offline.delimited import Refused, TextRows, quoted

TRUE, FALSE = {"true", "yes", "1", "y"}, {"false", "no", "0", "n"}
# A larger number of anything is a typing error, and would break sums.
LARGEST = 1e12


def typed(rows: TextRows, kinds: dict[str, Any]) -> pl.DataFrame:
    """The rows of a file as a frame with those of the columns that it has. Raises `Refused`."""
    columns = {}
    for at, name in enumerate(rows.header):
        kind = kinds.get(name)
        if name and kind is not None:
            columns[name] = pl.Series(name, _values(rows, at, _PARSERS.get(kind, _text)), dtype=kind)
    return pl.DataFrame(columns)


def _values(rows: TextRows, at: int, parse: Callable[[str], Any]) -> list[Any]:
    values = []
    for line, row in zip(rows.lines, rows.cells, strict=True):
        try:
            values.append(parse(row[at].strip()))
        except ValueError as error:
            name = quoted(rows.header[at])
            raise Refused(
                f"{rows.name}, line {line}: “{quoted(row[at])}” in column {name} is not {error}."
            ) from error
    return values


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
    if cell.lower() not in TRUE | FALSE:
        raise ValueError("true or false")
    return cell.lower() in TRUE


def _day(cell: str) -> date | None:
    if not cell:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(cell, form).date()
        except ValueError:
            continue
    raise ValueError("a date like 2026-11-30 or 30/11/2026")


_PARSERS: dict[Any, Callable[[str], Any]] = {NUMBER: _number, DAY: _day, YES: _flag, WORDS: _words}
