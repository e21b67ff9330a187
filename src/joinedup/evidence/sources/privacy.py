"""Signs that a file is about single people. Such a file is refused, and nothing of it is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping

from joinedup.late_imports import polars as pl
from joinedup.offline.delimited import Refused, TextTable
from joinedup.privacy.case_headings import NEVER_BESIDE_COUNTS, plain_heading
from joinedup.privacy.case_lists import find_people
from joinedup.privacy.detect import EMAIL, POSTCODE, TEN_FIGURES_ALONE, passes_nhs_check

ABOUT_PEOPLE = re.compile(r"\b(age|sex|gender|ethnicity|ethnic|religion|diagnosis|offence|injury)\b")
# As Polars reads them. An e-mail address refuses in one cell, since figures need none; in lists of organisations it
# does not. Postcodes and numbers have to fill a column: in a single cell they may be a count or a code.
AN_EMAIL = EMAIL.pattern.pattern
A_POSTCODE = rf"(?i)^(?:{POSTCODE.pattern.pattern})$"
AN_NHS_NUMBER = TEN_FIGURES_ALONE.pattern
LOOKED_AT = 2000
# Rows of a file, or of each part of a large one, whose every cell has to be as its publisher writes it.
ROWS_IN_SHAPE = 1000
# Rows for the rules that spreadsheets have too.
ROWS_COMPARED = 500
# A publisher's own columns do not make a case file: each by its name, and what has to stand beside it. The parent of
# an area is the larger area that it lies in.
OWN_COLUMNS = {
    "Crime ID": frozenset[str](),
    "Parent Name": frozenset({"Indicator ID", "Parent Code", "Area Code", "Area Name"}),
}


def refuse_people(table: TextTable, shapes: Mapping[str, str] | None = None) -> None:
    """Raise `Refused` when the header or the cells look like records of people. No cell is quoted.

    `shapes`: by column, what a publisher writes there (see `Source`). A table of these columns and shapes has no words
    of its own, and is not looked through any further.
    """
    found = headings(table.header)
    if not found and not (shapes and _is_the_publishers(table, shapes)):
        found = _cells(table) or _as_in_spreadsheets(table)
    if found:
        raise Refused(
            f"This file looks like records of single people: it has {found}. JoinedUp takes counts and rates "
            "only, and has kept nothing of it. Ask whoever holds it for totals by area and period."
        )


def headings(header: list[str]) -> str | None:
    """What in the names of the columns speaks of single people, or None."""
    plain = [plain_heading(name) for name in header if not _is_own(name, header)]
    for pattern, what in NEVER_BESIDE_COUNTS:
        if any(re.search(pattern, name) for name in plain):
            return what
    if "name" in plain and any(re.search(r"\b(age|sex|gender)\b", name) for name in plain):
        return "names beside ages or sexes"
    return None


def _is_the_publishers(table: TextTable, shapes: Mapping[str, str]) -> bool:
    """Whether the columns and the cells are those that the publisher writes: of every cell of a small file, else of
    rows spread over it."""
    if set(table.header) != set(shapes) or not table.text or b"@" in table.text:
        return False
    every = max(1, table.frame.height // ROWS_IN_SHAPE)
    as_written = table.frame.select(
        pl.col(name).gather_every(every).str.contains(shape).all() for name, shape in shapes.items()
    )
    return all(as_written.row(0))


def _is_own(name: str, header: list[str]) -> bool:
    return name in OWN_COLUMNS and OWN_COLUMNS[name] <= set(header)


def _cells(table: TextTable) -> str | None:
    about_people = any(ABOUT_PEOPLE.search(plain_heading(name)) for name in table.header)
    has_at = b"@" in table.text or not table.text  # Parquet has no text to look through
    step = max(1, table.frame.height // LOOKED_AT)
    sample = table.frame.gather_every(step)
    for name in table.header:
        cells = table.frame.get_column(name)
        if has_at and cells.str.contains(AN_EMAIL).any():
            return "e-mail addresses"
        some = sample.get_column(name).drop_nulls()
        if some.is_empty():
            continue
        if about_people and some.str.contains(A_POSTCODE).sum() > 0.3 * some.len():
            return "full postcodes beside what is known of a person"
        numbers = some.filter(some.str.contains(AN_NHS_NUMBER))
        if numbers.len() > 0.5 * some.len() and all(passes_nhs_check(text) for text in numbers.head(50)):
            return "NHS numbers"
    return None


def _as_in_spreadsheets(table: TextTable) -> str | None:
    step = max(1, table.frame.height // ROWS_COMPARED)
    sample = table.frame.select(table.header).gather_every(step).fill_null("")
    found = find_people(table.header, sample.rows(), own_columns=lambda name: _is_own(name, table.header))
    if found is None:
        return None
    named = ", ".join(found.columns)
    return f"{found.what} ({named})" if named else found.what
