"""How much of registers as people keep them is read, and how often the guesses are right.

    .venv/bin/python bench/reading.py FOLDER…                      exact, guessed and unread cells by table and column
    .venv/bin/python bench/reading.py FOLDER… --sheet TICK.csv     a blind sheet of guesses, stratified by column
    .venv/bin/python bench/reading.py --ticked TICK.csv…           the share right by column and in all

A sheet is ticked by somebody who reads the row's own words and the meaning of the columns in docs/methods/reading.md,
and writes yes, no or ? under `right`.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import polars as pl

from joinedup.engines.reading import Register

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.registers import codes_in, places_around, read_folder, tables  # noqa: E402

AS_OF = date(2026, 11, 30)
SHEET = ["number", "words", "column", "given", "read as", "right"]
# The columns of a register's own tables whose cells are counted under another name.
CELLS = {
    "amount_gbp": "amount",
    "amount_max_gbp": "amount_max",
    "reach_per_year": "reach",
    "via_sectors": "via",
}
RIGHT = {
    "yes": 1.0,
    "y": 1.0,
    "1": 1.0,
    "right": 1.0,
    "true": 1.0,
    "no": 0.0,
    "n": 0.0,
    "0": 0.0,
    "wrong": 0.0,
    "false": 0.0,
}


def main(arguments: list[str] | None = None) -> int:
    """Counts, a sheet, or the share right; 2 where a folder has no table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--as-of", type=date.fromisoformat, default=AS_OF)
    parser.add_argument("--sheet", type=Path)
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ticked", nargs="+", type=Path, default=[])
    asked = parser.parse_args(arguments)
    if asked.ticked:
        show_ticked(asked.ticked)
        return 0
    if not asked.folders:
        print("Name the folders of registers to read.")
        return 0
    registers = {}
    for folder in asked.folders:
        if not any(folder.glob("*.csv")):
            print(f"{folder} holds no CSV files.", file=sys.stderr)
            return 2
        registers[folder] = read_folder(folder, asked.as_of)
    if asked.sheet:
        write_sheet(asked.sheet, registers, asked.sample, asked.seed)
    else:
        for folder, register in registers.items():
            show_counts(folder, register)
    return 0


def show_counts(folder: Path, register: Register) -> None:
    """One line a table and column: cells with something in them, and how they were read."""
    guessed: dict[tuple[str, str], set[str]] = defaultdict(set)
    unread: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in register.guesses.iter_rows(named=True):
        (unread if row["read_as"] is None else guessed)[row["table"], row["column"]].add(row["id"])
    print(f"{folder.name}: {len(register.guesses)} guesses")
    print(f"{'':4}{'table':<13}{'column':<15}{'cells':>6}{'exact':>7}{'guessed':>9}{'unread':>8}")
    total: Counter[str] = Counter()
    filled = _filled(folder)
    for table, column in sorted(filled.keys() | guessed.keys() | unread.keys()):
        cells = filled.get((table, column), 0)
        without = unread[table, column] - guessed[table, column]
        some, none = len(guessed[table, column]), len(without)
        exact = max(0, cells - some - none)
        total.update(cells=cells, exact=exact, guessed=some, unread=none)
        print(f"{'':4}{table:<13}{column:<15}{cells:>6}{exact:>7}{some:>9}{none:>8}")
    print(
        f"{'':4}{'in all':<28}{total['cells']:>6}{total['exact']:>7}{total['guessed']:>9}{total['unread']:>8}\n"
    )


def _filled(folder: Path) -> dict[tuple[str, str], int]:
    """How many cells of each column say something."""
    return {
        (table, CELLS.get(column, column)): frame[column].drop_nulls().str.strip_chars().ne("").sum()
        for table, frame in tables(folder).items()
        for column in frame.columns
    }


def write_sheet(target: Path, registers: dict[Path, Register], sample: int, seed: int) -> None:
    """A blind sheet: guesses drawn evenly from the columns, in an order of chance, without rule or how sure."""
    chance = random.Random(seed)
    by_column: dict[str, list[dict[str, str]]] = defaultdict(list)
    for folder, register in registers.items():
        given = tables(folder)
        names = dict(places_around(codes_in(given)).select("code", "name").iter_rows())
        for row in register.guesses.filter(pl.col("read_as").is_not_null()).iter_rows(named=True):
            by_column[f"{row['table']}.{row['column']}"].append(
                {
                    "words": _words(given, row["table"], row["id"]),
                    "column": f"{row['table']}.{row['column']}",
                    "given": row["given"],
                    "read as": "; ".join(
                        f"{part} {names[part]}" if part in names else part
                        for part in row["read_as"].split(";")
                    ),
                    "right": "",
                }
            )
    for rows in by_column.values():
        chance.shuffle(rows)
    drawn = []
    while len(drawn) < sample and any(by_column.values()):
        for column in sorted(by_column):
            if by_column[column] and len(drawn) < sample:
                drawn.append(by_column[column].pop())
    chance.shuffle(drawn)
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, SHEET)
        writer.writeheader()
        writer.writerows({"number": number, **row} for number, row in enumerate(drawn, 1))
    print(f"{len(drawn)} guesses of {len(by_column)} columns in {target}")


def _words(given: dict[str, pl.DataFrame], table: str, id: str) -> str:
    """The row's own words."""
    frame = given.get(table)
    if frame is None:
        return ""
    columns = frame.columns
    for row in frame.iter_rows(named=True):
        ids = (
            row.get("id"),
            f"{row.get('partner_a')}-{row.get('partner_b')}",
            f"{row.get('partner')}-{row.get('date')}",
        )
        if id in ids:
            return " | ".join(f"{column}: {row[column]}" for column in columns if row[column])
    return ""


def show_ticked(sheets: list[Path]) -> None:
    """The share right by column and in all; "?" and blanks are counted apart."""
    marks: dict[str, list[float]] = defaultdict(list)
    open_marks = 0
    for sheet in sheets:
        with sheet.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                mark = RIGHT.get((row["right"] or "").strip().casefold())
                if mark is None:
                    open_marks += 1
                else:
                    marks[row["column"]].append(mark)
    for column, given in sorted(marks.items()):
        print(f"{column:<28}{len(given):>5} ticked  {sum(given) / len(given):.2f} right")
    every = [mark for given in marks.values() for mark in given]
    share = f"{sum(every) / len(every):.3f}" if every else "none"
    print(f"{'in all':<28}{len(every):>5} ticked  {share} right, {open_marks} open")


if __name__ == "__main__":
    raise SystemExit(main())
