"""`joinedup match`: opportunities from a folder of CSV files, for analysts who run no site.

The formats are those of `docs/methods/opportunities.md`; lists inside a cell are separated by `;`.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl

from joinedup.engines.matching import Opportunity, Result, Tables, band, opportunities
from joinedup.engines.matching.score import COMPONENTS
from joinedup.engines.matching.tables import COLUMNS, DAY, FLAG, NUMBER, REQUIRED, WORDS

SEVEN = ("places", "needs", "partners", "initiatives", "offers", "links", "mix")
YES, NO = {"true", "yes", "1", "y"}, {"false", "no", "0", "n"}
# A cell that a spreadsheet would take for a formula is written as text.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Refused(Exception):
    """Why the input cannot be used, in one plain sentence that says what to do."""


@dataclass(frozen=True)
class Matched:
    """What a run wrote: how many opportunities, and the rows of the input that it could not use, in sentences."""

    found: int
    left_out: list[str]


def match(input: Path, as_of: date | None, limit: int | None, output: Path) -> Matched:
    """Reads the folder `input`, works out opportunities on `as_of` (today where none is given), and writes them to
    `output`, which ends in .json or .csv. Raises `Refused`; then nothing is written."""
    if output.suffix.lower() not in (".json", ".csv"):
        raise Refused(f"The output file must end in .json or .csv; “{output.name}” does not.")
    if limit is not None and limit < 1:
        raise Refused("The limit must be 1 or more.")
    result = opportunities(read_folder(input), as_of or date.today(), limit=limit)
    write(output, result)
    return Matched(
        found=len(result), left_out=[f"Left out: {n} ({why})." for why, n in result.left_out.items()]
    )


def read_folder(path: Path) -> Tables:
    """The tables in a folder: seven that must be there, and the optional ones that are. Raises `Refused`."""
    if not path.is_dir():
        raise Refused(f"There is no folder “{path}”.")
    absent = [f"{name}.csv" for name in SEVEN if not (path / f"{name}.csv").is_file()]
    if absent:
        raise Refused(
            f"“{path}” lacks {', '.join(absent)}: add it, with a header line alone if there is nothing to say."
        )
    found = {name: _read(path / f"{name}.csv", name) for name in COLUMNS if (path / f"{name}.csv").is_file()}
    return Tables(**found)


def write(path: Path, result: Result) -> None:
    """Writes a result as the JSON document or as CSV, whole or not at all. Raises `Refused` where it cannot."""
    text = (
        _as_csv(result)
        if path.suffix.lower() == ".csv"
        else json.dumps(result.as_dict(), ensure_ascii=False, indent=1)
    )
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("w", encoding="utf-8", newline="") as file:
            file.write(text if text.endswith("\n") else f"{text}\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise Refused(f"“{path}” cannot be written: {error.strerror}.") from error


def _read(path: Path, table: str) -> pl.DataFrame:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, strict=True)
            header = [name.strip() for name in next(rows, [])]
            _check_header(path, table, header)
            lines: list[int] = []
            cells: list[list[str]] = []
            for row in rows:
                if not any(cell.strip() for cell in row):
                    continue
                if len(row) != len(header):
                    raise Refused(
                        f"{path.name}, line {rows.line_num}, has {len(row)} cells where the header has {len(header)}."
                    )
                lines.append(rows.line_num)
                cells.append(row)
    except UnicodeDecodeError as error:
        raise Refused(f"{path.name} is not UTF-8 text: save it as “CSV UTF-8”.") from error
    except csv.Error as error:
        raise Refused(f"{path.name} is not a CSV file that can be read: {error}.") from error
    except OSError as error:
        raise Refused(f"{path.name} cannot be read: {error.strerror}.") from error

    kinds: dict[str, Any] = dict(COLUMNS[table])
    if table == "profiles":
        kinds |= {name: NUMBER for name in header if name != "place"}
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
                    f"{path.name}, line {line}: “{row[at].strip()}” in column {name} is not {error}."
                ) from error
        columns[name] = pl.Series(name, values, dtype=kinds[name])
    return pl.DataFrame(columns)


def _check_header(path: Path, table: str, header: list[str]) -> None:
    if not any(header):
        raise Refused(f"{path.name} is empty: it needs a header line.")
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise Refused(f"{path.name} has the column {twice[0]} more than once.")
    lacking = [name for name in REQUIRED[table] if name not in header]
    if lacking:
        raise Refused(
            f"{path.name} has no column {', '.join(lacking)}; its header is: {', '.join(header)[:200]}."
        )


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

_PLAIN: dict[str, Callable[[Opportunity], object]] = {
    "id": lambda o: o.id,
    "kind": lambda o: o.kind,
    "score": lambda o: o.score,
    "band": lambda o: band(o.score),
    "ask": lambda o: "true" if o.ask else "false",
    "place": lambda o: o.place,
    "theme": lambda o: o.theme,
    "parties": lambda o: ";".join(o.parties),
    "initiatives": lambda o: ";".join(o.initiatives),
    "offers": lambda o: ";".join(o.offers),
    "sentence": lambda o: o.sentence,
    "first_step": lambda o: o.first_step,
    "because": lambda o: " | ".join(fact.text for fact in o.because),
    "would_change": lambda o: " | ".join(o.would_change),
}


def _as_csv(result: Result) -> str:
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["as_of", *_PLAIN, *COMPONENTS])
    for each in result:
        cells = [_safe(read(each)) for read in _PLAIN.values()]
        writer.writerow([result.as_of.isoformat(), *cells, *(each.components[name] for name in COMPONENTS)])
    return out.getvalue()


def _safe(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
