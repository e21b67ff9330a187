"""From bytes or pasted text to a header and rows of cell texts. Evaluates and stores nothing.

CSV (UTF-8, UTF-16 with a mark, or Windows-1252; comma, semicolon or tab) and XLSX (first visible sheet with
data; values only). Raises `Unreadable` with one sentence for the uploader.
"""

from __future__ import annotations

import csv
import io
import statistics
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from joinedup.engines.words import seen
from joinedup.offline.workbook_process import Limits, Stopped, sheets
from joinedup.privacy.case_lists import looks_like_data
from joinedup.spreadsheets.columns import plain

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5_000
MOST_COLUMNS = 100
LONGEST_CELL = 5_000
# A sheet is not read beyond these: empty rows and columns cost time too.
LAST_ROW, LAST_COLUMN = 20_000, 400
HEADER_WITHIN = 15
# A workbook of 5 MB unpacks to perhaps ten times that; far more is a bomb. The largest lists that people brought took
# 0.15 GB and two seconds.
LIMITS = Limits(unpacked=60 * 1024**2, memory=512 * 1024**2, seconds=8, cells=1_000_000, said=32 * 1024**2)
_TOO_MUCH = "This file unpacks to far more than a list of 5,000 rows: bring it as CSV."
_NOT_READ = {
    "too large": _TOO_MUCH,
    "too much": _TOO_MUCH,
    "damaged": "The file is damaged or incomplete: open it, save it again, and bring that.",
    "entities": "This file was not saved by a spreadsheet program: bring CSV.",
    "no workbook": "This is a ZIP file, not a spreadsheet: bring a CSV or XLSX file.",
}


class Unreadable(ValidationError):
    """The file cannot be read; the message is one sentence fit to show."""


@dataclass(frozen=True)
class Spreadsheet:
    """`rows` are as wide as `header`; `first_row` is the number in the file of the first row."""

    header: list[str]
    rows: list[list[str]]
    first_row: int


def read_file(content: bytes, known: Iterable[str] = ()) -> Spreadsheet:
    """A CSV or XLSX file. `known`: headings by which the header row is recognised below a title."""
    if not content.strip():
        raise Unreadable("The file is empty.")
    if len(content) > MOST_BYTES:
        raise Unreadable("The file is larger than 5 MB: bring it in parts.")
    if content.startswith(b"PK\x03\x04"):
        return _sheet(_xlsx(content), known)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(
            "This is an old or locked Excel file: save it as .xlsx without a password, or as CSV."
        )
    return read_text(_decoded(content), known)


def read_text(text: str, known: Iterable[str] = ()) -> Spreadsheet:
    """Text as pasted from a spreadsheet, or the content of a CSV file."""
    if not text.strip():
        raise Unreadable("There is nothing in it.")
    if len(text) > MOST_BYTES:
        raise Unreadable("The text is longer than 5 MB: bring it in parts.")
    if "\0" in text:
        raise Unreadable("This is not a spreadsheet: bring a CSV or XLSX file.")
    return _sheet(_records(text, _delimiter(text)), known)


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        controls = sum(c < " " and c not in "\t\r\n\f\v" for c in text[:20_000])
        if not controls:
            return text
    raise Unreadable("This is not a spreadsheet: bring a CSV or XLSX file.")


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            yield [seen(cell) for cell in row]
    except csv.Error:
        raise Unreadable(
            f"The file breaks off or its quotation marks do not match, near line {reader.line_num}."
        ) from None


def _delimiter(text: str) -> str:
    """The one that gives the most columns in most of the first lines."""
    lines = text[:50_000].splitlines()[:30]
    best, widest = ",", 1.0
    for delimiter in ("\t", ";", ","):
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        width = statistics.median(widths) if widths else 0
        if width > widest:
            best, widest = delimiter, width
    return best


def _xlsx(content: bytes) -> list[list[str]]:
    """The rows of the first visible sheet that holds anything, read in a process of its own."""
    rows: list[list[str]] = []
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        try:
            with closing(sheets(file, LIMITS, style="british", columns=LAST_COLUMN)) as read:
                for each in read:
                    if isinstance(each, list):
                        _refuse_long(len(rows) + 1, each)
                        rows.append([seen(cell) for cell in each])
                    elif any(rows):
                        break
                    else:
                        rows = []
        except Stopped as stopped:
            raise Unreadable(_NOT_READ[stopped.reason]) from None
    if not any(rows):
        raise Unreadable("No sheet in this file holds anything.")
    return rows


def _refuse_long(number: int, cells: Sequence[str]) -> None:
    """Before a row is kept. `number` is that of the row in its sheet."""
    if number > LAST_ROW:
        raise Unreadable("The sheet goes on far below row 5,000: bring it in parts, or delete what is empty.")
    if len(cells) > MOST_COLUMNS:
        raise Unreadable("The sheet has more than 100 columns: bring only those that matter.")
    if any(len(cell) > LONGEST_CELL for cell in cells):
        raise Unreadable(f"A cell in row {number} holds more than 5,000 characters.")


def _sheet(records: Iterable[Sequence[str]], known: Iterable[str]) -> Spreadsheet:
    rows = []
    for number, record in enumerate(records, 1):
        # PostgreSQL cannot store null characters.
        cells = [cell.replace("\0", "").strip() for cell in record]
        while cells and not cells[-1]:
            cells.pop()
        _refuse_long(number, cells)
        rows.append(cells)
    while rows and not rows[-1]:
        rows.pop()
    at = _header_row(rows, {plain(word) for word in known})
    header, below = rows[at], rows[at + 1 :]
    if sum(bool(row) for row in below) > MOST_ROWS:
        raise Unreadable("There are more than 5,000 rows: bring them in parts.")
    if not any(below):
        raise Unreadable("There is a header and nothing below it.")
    width = max(len(header), *(len(row) for row in below))
    named = [cell or f"Column {n}" for n, cell in enumerate([*header, *[""] * (width - len(header))], 1)]
    return Spreadsheet(named, [row + [""] * (width - len(row)) for row in below], at + 2)


def _header_row(rows: Sequence[Sequence[str]], known: set[str]) -> int:
    """The row near the top with the most known headings; else the first that is wider than a title."""
    if not rows:
        raise Unreadable("There is nothing in it.")
    top = rows[:HEADER_WITHIN]
    # A word in a row of dates and numbers is a value that happens to be called as a column.
    scores = [0 if looks_like_data(row) else sum(plain(cell) in known for cell in row) for row in top]
    if max(scores):
        return scores.index(max(scores))
    wide = [n for n, row in enumerate(top) if sum(bool(cell) for cell in row) > 1]
    return wide[0] if wide else next(n for n, row in enumerate(rows) if row)
