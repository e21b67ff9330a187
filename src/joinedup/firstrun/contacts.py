"""Contacts as people paste them: one per line, in any of the usual layouts. Pure."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Sequence

from joinedup.privacy.detect import EMAIL
from joinedup.spreadsheets.cells import is_nothing
from joinedup.spreadsheets.columns import headings_of, plain, suggest
from joinedup.spreadsheets.headers import read_text
from joinedup.spreadsheets.kinds import KINDS
from joinedup.spreadsheets.parse import MOST_ROWS, Spreadsheet, Unreadable

HEADER = ["Organisation", "Sector", "Role", "Name", "E-mail"]
MAPPING = {"name": 0, "sector": 1, "role": 2, "contact": 3, "email": 4}
FIELDS = KINDS["partners"].fields


def contacts(text: str, sectors: Collection[str]) -> tuple[Spreadsheet, dict[str, int]]:
    """The lines as a sheet, and which column is which.

    One contact per line: organisation, sector (optional), role, name (optional), e-mail address; separated by
    commas, semicolons or tabs. A first line with headings is used. `sectors`: names of sectors in lower case,
    to tell a sector from a role. Raises `Unreadable` with one sentence.
    """
    if not text.strip():
        raise Unreadable("Paste at least one line.")
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    known = {plain(word) for word in headings_of("partners", FIELDS)}
    if len(lines) > 1 and sum(plain(cell) in known for cell in _cells(lines[0][1])) > 1:
        sheet = read_text(text, known)
        mapping = suggest(sheet.header, "partners", FIELDS, {})
        if "name" in mapping:
            return sheet, mapping
    if len(lines) > MOST_ROWS:
        raise Unreadable("There are more than 5,000 lines: paste them in parts.")
    rows: list[list[str]] = [[""] * len(HEADER) for _ in range(lines[-1][0])]
    for number, line in lines:
        rows[number - 1] = _row(_cells(line), sectors)
    return Spreadsheet(HEADER, rows, 1), dict(MAPPING)


def _cells(line: str) -> list[str]:
    delimiter = next((mark for mark in "\t;" if mark in line), ",")
    try:
        cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True, strict=True))
    except csv.Error:
        cells = line.split(delimiter)
    return [cell.strip() for cell in cells]


def _row(cells: Sequence[str], sectors: Collection[str]) -> list[str]:
    """The five cells in our order. If all five are given their positions are used; otherwise each is
    identified by its look."""
    if len(cells) == len(HEADER):
        return list(cells)
    name, *rest = cells
    # A mistyped address is still one, so that its line says so; but “Lead @ the hub” is not, beside a whole one.
    marked = [cell for cell in rest if "@" in cell]
    address = next((cell for cell in marked if EMAIL.is_in(cell)), next(iter(marked), ""))
    others = [cell for cell in rest if cell != address and not is_nothing(cell)]
    sector = ""
    if others and _plain_sector(others[0]) in sectors:
        sector = others.pop(0)
    if len(others) > 2:
        # A role with a comma in it: the last part is the name.
        others = [", ".join(others[:-1]), others[-1]]
    role, person = [*others, "", ""][:2]
    return [name, sector, role, person, address]


def _plain_sector(text: str) -> str:
    return re.sub(
        r"\s+", " ", text.casefold().replace("&", "and").replace("_", " ").replace("-", " ")
    ).strip()
