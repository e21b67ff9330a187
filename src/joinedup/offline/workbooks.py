"""Read one sheet of a publisher's workbook (XLSX): values only, nothing is evaluated.

A workbook often begins with sheets of notes, so the caller says by which header the right sheet is known.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from joinedup.engines.words import listing
from joinedup.offline import archives
from joinedup.offline.delimited import MOST_COLUMNS, Refused, TextTable, csv_bytes, quoted, table_of

Recognises = Callable[[list[str]], bool]

# The largest workbook that a publisher's table by neighbourhood was seen to need is a fifth of it.
LARGEST = 60 * 1024**2  # unpacked bytes
MOST_PARTS, MOST_SHEETS = 2_000, 100
# The last row of a sheet in Excel: a forged number of a row would be filled up to with empty ones.
LAST_ROW = 1_048_576
# A header may stand below a title and notes.
HEADER_WITHIN = 15
TOO_LARGE = (
    "The workbook holds more than 60 MB when unpacked. Save the sheet that you need as CSV and bring that."
)
DAMAGED = "The workbook is cut off or damaged. Download it again."
# What openpyxl may raise for a damaged part, besides what the archive may. Either parser of XML that it may use raises
# a kind of SyntaxError.
BROKEN = (*archives.BROKEN, SyntaxError, KeyError, TypeError, IndexError, AttributeError, OSError)
MAIN_PART = "xl/workbook.xml"


def is_workbook(path: Path) -> bool:
    """Whether it is an archive that holds an XLSX workbook; damaged archives are none."""
    try:
        with zipfile.ZipFile(path) as archive:
            return MAIN_PART in archive.namelist()
    except archives.BROKEN:
        return False


def table_in(path: Path, recognises: Recognises | None) -> TextTable:
    """The table of the one visible sheet with a header that is recognised (None: that holds anything).

    Raises `Refused`.
    """
    _refuse_unsafe(path)
    try:
        with _opened(path) as book:
            sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"][:MOST_SHEETS]
            headers = [(sheet, _rows_above_header(sheet, recognises)) for sheet in sheets]
            found = [(sheet, above) for sheet, above in headers if above is not None]
            if not sheets:
                raise Refused("The workbook has no sheet that can be read. Download it again.")
            if not found:
                raise Refused(
                    f"No sheet of this workbook ({_named(sheets)}) has the columns of a known publisher. "
                    "Bring a publisher's file unchanged."
                )
            if len(found) > 1:
                raise Refused(
                    f"Several sheets of this workbook can be read ({_named([sheet for sheet, _ in found])}). "
                    "Save the one that you need as CSV and bring that."
                )
            ((sheet, above),) = found
            body = csv_bytes(_records(sheet, above))
    except Refused:
        raise
    except BROKEN as error:
        raise Refused(DAMAGED) from error
    table = table_of(body)
    return replace(table, above=above, notes=[f"Read from the sheet “{quoted(sheet.title)}”.", *table.notes])


def _named(sheets: list[Any]) -> str:
    names = [f"“{quoted(sheet.title, 40)}”" for sheet in sheets]
    return listing([*names[:5], *([f"{len(names) - 5} more"] if len(names) > 5 else [])])


def _refuse_unsafe(path: Path) -> None:
    """Before anything is unpacked: how large it would be, and whether it declares entities, as none does."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST:
                raise Refused(TOO_LARGE)
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as stream:
                        if b"<!DOCTYPE" in stream.read(8_192).upper():
                            raise Refused(
                                "This workbook was not saved by a spreadsheet program. Bring the table as CSV."
                            )
    except archives.BROKEN as error:
        raise Refused(DAMAGED) from error


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    import openpyxl  # takes a quarter of a second, which only whoever brings a workbook should wait for

    book = openpyxl.load_workbook(
        io.BytesIO(path.read_bytes()), read_only=True, data_only=True, keep_links=False
    )
    try:
        yield book
    finally:
        book.close()


def _rows_above_header(sheet: Any, recognises: Recognises | None) -> int | None:
    """How many rows stand above the header; None if no row near the top is one."""
    sheet.reset_dimensions()  # the size that a file declares may be wrong
    rows = sheet.iter_rows(max_row=HEADER_WITHIN, max_col=MOST_COLUMNS, values_only=True)
    for above, row in enumerate(rows):
        header = _trimmed([_text(value) for value in row])
        if header and (recognises is None or recognises(header)):
            return above
    return None


def _records(sheet: Any, above: int) -> Iterator[list[str]]:
    """The header and the rows below it, one cell wider than the header, so that a figure beside the table is
    seen; no wider, since empty columns cost time too."""
    first = sheet.iter_rows(min_row=above + 1, max_row=above + 1, max_col=MOST_COLUMNS, values_only=True)
    width = len(_trimmed([_text(value) for value in next(first)])) + 1
    for row in sheet.iter_rows(min_row=above + 1, max_row=LAST_ROW, max_col=width, values_only=True):
        yield [_text(value) for value in row] + [""] * (width - len(row))


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(value: object) -> str:
    """What a CSV file would have in the cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).replace("\0", "").split())
