"""From bytes or pasted text to sheets of cell texts, and from one of them to a header and rows. Evaluates and stores
nothing.

CSV (UTF-8, UTF-16, Windows-1252 or old Mac; comma, semicolon or tab) and XLSX (visible sheets; values only). Which
sheet and which row of headings is `headers`. Raises `Unreadable` with one sentence for the uploader.
"""

from __future__ import annotations

import csv
import io
import re
import statistics
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError

from joinedup.at_work import while_waiting
from joinedup.engines.reading.page_text import repaired
from joinedup.engines.words import seen
from joinedup.offline.workbook_process import (
    NOT_READ,
    BookLine,
    Broken,
    Contents,
    Joined,
    Limits,
    Stopped,
    whole_book,
)

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5_000
MOST_COLUMNS = 100
LONGEST_CELL = 5_000
# A sheet is not read beyond these: empty rows and columns cost time too.
LAST_ROW, LAST_COLUMN = 20_000, 400
MOST_SHEETS = 30
# Letters and marks beyond English that stand in British lists: what an old encoding is told by.
_EXPECTED = frozenset("£€ ‘’“”–—…•·°²½¼éèêëáàâäãåíìîïóòôöõøúùûüçñßÉÁÖÜŵŷŴŶ®™")
# A workbook of 5 MB unpacks to perhaps ten times that; far more is a bomb. The largest lists that people brought took
# 0.15 GB and two seconds.
LIMITS = Limits(unpacked=60 * 1024**2, memory=512 * 1024**2, seconds=8, cells=1_000_000, said=32 * 1024**2)
# The apostrophe by which a spreadsheet keeps a number as text, and our own lists what would run as a formula.
_AS_TEXT = re.compile(r"^'(?=[=+\-@]|[\d.,/ ]+$)")


class Unreadable(ValidationError):
    """The file cannot be read; the message is one sentence fit to show."""


@dataclass(frozen=True)
class RawSheet:
    """A sheet as it stands: rows of cell texts from row 1, without what is empty at the ends. `merged`: joined cells as
    [first row, first column, last row, last column], from 0. `refused`: why it cannot be read, if it cannot."""

    name: str
    rows: list[list[str]]
    merged: list[list[int]] = field(default_factory=list)
    refused: str = ""


@dataclass(frozen=True)
class Book:
    """The visible sheets that hold anything, in order, and the names of those that are hidden."""

    sheets: list[RawSheet]
    hidden: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Spreadsheet:
    """`rows` are as wide as `header`; `first_row` is the number in the file of the first row."""

    header: list[str]
    rows: list[list[str]]
    first_row: int


def open_file(content: bytes) -> Book:
    """The sheets of a CSV or XLSX file."""
    if not content.strip():
        raise Unreadable("The file is empty.")
    if len(content) > MOST_BYTES:
        raise Unreadable("The file is larger than 5 MB: bring it in parts.")
    if content.startswith(b"PK\x03\x04"):
        # Its kind stands first, unpacked (OpenDocument 1.3, part 2, 3.3).
        if b"mimetypeapplication/vnd.oasis.opendocument" in content[:100]:
            raise Unreadable("This is an OpenDocument file (.ods): save it as Excel (.xlsx) or as CSV.")
        return _xlsx(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(
            "This is an old or locked Excel file: save it as .xlsx without a password, or as CSV."
        )
    return open_text(_decoded(content))


def open_text(text: str) -> Book:
    """Text as pasted from a spreadsheet, or the content of a CSV file: one sheet without a name."""
    if not text.strip():
        raise Unreadable("There is nothing in it.")
    if len(text) > MOST_BYTES:
        raise Unreadable("The text is longer than 5 MB: bring it in parts.")
    if "\0" in text:
        raise Unreadable("This is not a spreadsheet: bring a CSV or XLSX file.")
    rows = _tidy(_records(text, _delimiter(text)))
    if not rows:
        raise Unreadable("There is nothing in it.")
    return Book([RawSheet("", rows)])


def below(raw: RawSheet, header: Sequence[str], first: int) -> Spreadsheet:
    """The rows of a sheet from `first` (from 0) on, under these headings."""
    rows = raw.rows[first:]
    if sum(any(row) for row in rows) > MOST_ROWS:
        raise Unreadable("There are more than 5,000 rows: bring them in parts.")
    if not any(map(any, rows)):
        raise Unreadable("There is a header and nothing below it.")
    width = max(len(header), *(len(row) for row in rows))
    named = [cell or f"Column {n}" for n, cell in enumerate([*header, *[""] * (width - len(header))], 1)]
    return Spreadsheet(named, [row + [""] * (width - len(row)) for row in rows], first + 1)


def _decoded(content: bytes) -> str:
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        controls = sum(c < " " and c not in "\t\r\n\f\v" for c in text[:20_000])
        if not controls:
            return repaired(text)
    raise Unreadable("This is not a spreadsheet: bring a CSV or XLSX file.")


def _encodings(content: bytes) -> list[str]:
    """In the order in which they are tried."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ["utf-16"]
    # Without its mark: of text in our letters every second byte is nought.
    even, odd = content[:2_000:2].count(0), content[1:2_000:2].count(0)
    if max(even, odd) > len(content[:2_000]) / 4 and min(even, odd) == 0:
        return ["utf-16-be" if even else "utf-16-le"]
    old = sorted(("cp1252", "mac_roman"), key=lambda each: -_looks_right(content, each))
    return ["utf-8-sig", *old]


def _looks_right(content: bytes, encoding: str) -> int:
    """How many more of the letters beyond English belong into a British list than do not."""
    try:
        beyond = [letter for letter in content.decode(encoding) if letter > "\x7f"]
    except UnicodeDecodeError:
        return -len(content)
    return sum(1 if letter in _EXPECTED else -1 for letter in beyond)


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


def _xlsx(content: bytes) -> Book:
    """The visible sheets, read in a process of its own."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        # A row more than is read, by which a sheet that goes on is known.
        lines = whole_book(file, LIMITS, style="british", last_row=LAST_ROW + 1, columns=LAST_COLUMN)
        try:
            with while_waiting(), closing(lines):
                book = _book(lines)
        except Stopped as stopped:
            raise Unreadable(NOT_READ[stopped.reason]) from None
    if not book.sheets:
        raise Unreadable("No sheet in this file holds anything.")
    return book


_ENOUGH = "The sheets before it hold too much to read it too: bring it in a file of its own."


_BROKEN = "This sheet is damaged. Open the file, save it again, and bring that."


def _book(lines: Iterator[BookLine]) -> Book:
    contents = next(lines)
    assert isinstance(contents, Contents)
    read: list[RawSheet] = []
    for title in contents.visible[:MOST_SHEETS]:
        enough = sum(len(each.rows) for each in read) > LAST_ROW
        read.append(RawSheet(title, [], refused=_ENOUGH) if enough else _raw(title, lines))
    return Book([sheet for sheet in read if sheet.rows or sheet.refused], contents.hidden)


def _raw(title: str, lines: Iterator[BookLine]) -> RawSheet:
    """The next sheet, or why it cannot be read: another one of the file may be the list. Raises `Stopped` where the
    whole file cannot be read."""
    rows: list[list[str]] = []
    refused = ""
    try:
        for each in lines:
            if isinstance(each, Joined):
                return RawSheet(title, _tidy(rows), [] if refused else each.ranges, refused)
            if isinstance(each, Broken):
                return RawSheet(title, [], refused=refused or _BROKEN)
            if isinstance(each, list) and not refused:
                try:
                    cells = [seen(cell) for cell in each]
                    _refuse_long(len(rows) + 1, cells)
                    rows.append(cells)
                except Unreadable as refusal:
                    rows, refused = [], refusal.messages[0]
    except Stopped as stopped:
        if stopped.reason != "too much":
            raise
        return RawSheet(title, [], refused=refused or NOT_READ["too much"])
    # The reading stopped in a sheet before it.
    return RawSheet(title, [], refused=_ENOUGH)


def _refuse_long(number: int, cells: Sequence[str]) -> None:
    """Before a row is kept. `number` is that of the row in its sheet."""
    if number > LAST_ROW:
        raise Unreadable("The sheet goes on far below row 5,000: bring it in parts, or delete what is empty.")
    if len(cells) > MOST_COLUMNS:
        raise Unreadable("The sheet has more than 100 columns: bring only those that matter.")
    if any(len(cell) > LONGEST_CELL for cell in cells):
        raise Unreadable(f"A cell in row {number} holds more than 5,000 characters.")


def _tidy(records: Iterable[Sequence[str]]) -> list[list[str]]:
    """Rows without what is empty at their ends and below them; raises for what is too long or too wide."""
    rows = []
    for number, record in enumerate(records, 1):
        # PostgreSQL cannot store null characters.
        cells = [_AS_TEXT.sub("", cell.replace("\0", "").strip()) for cell in record]
        while cells and not cells[-1]:
            cells.pop()
        _refuse_long(number, cells)
        rows.append(cells)
    while rows and not rows[-1]:
        rows.pop()
    return rows
