"""Delimited text files, read and written: the only place that knows encodings, quotation marks and size
limits.

`read_rows` is for the small files that somebody writes for a command: UTF-8, and every row as wide as the
header. `table_of` is for the large files of publishers: Windows encoding and short rows are accepted, and
Polars splits the cells. The error messages differ: the first kind of file can be corrected, the second
downloaded again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from joinedup.late_imports import polars as pl

# No table comes near these; a larger one is not a table, or has stray quotation marks.
MOST_COLUMNS = 2_000
LONGEST_HEADER = 200_000  # characters of a hand-written file, bytes of a publisher's
CSV_CELL = 131_072  # characters; the default of the csv module
LONGEST_CELL = 32_767  # bytes, of a publisher's file; as many characters as a cell of Excel may have
# The first bytes of files that are not text.
SIGNS = {
    b"%PDF": "a PDF. Ask the publisher for the table as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file. Save the sheet as CSV and bring that",
    b"\x89PNG": "a picture. Ask the publisher for the table as CSV",
    b"[": "JSON. Bring the same figures as CSV",
    b"{": "JSON. Bring the same figures as CSV",
    b"SQLite format 3": "a database. Export the table as CSV and bring that",
}
# How much of a cell to quote, enough to find it.
QUOTED = 60
# A cell that a spreadsheet would take for a formula is written as text.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Refused(Exception):
    """Why a file or a request cannot be used: one or two plain sentences that say what to do."""


def quoted(cell: object, most: int = QUOTED) -> str:
    """The start of a text, on one line, to be quoted in a sentence."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in str(cell)).split())
    return plain if len(plain) <= most else f"{plain[:most]}…"


def csv_text(header: list[str], rows: Iterable[list[object]]) -> str:
    """Rows under a header as CSV, safe to open in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def csv_bytes(rows: Iterable[list[str]]) -> bytes:
    """Rows as CSV, each cell as it is, to be read again with `table_of`."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def _safe(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _csv_reader(lines: Iterable[str], *, strict: bool = False) -> Any:
    # The limit is global to the process, so a library may have changed it.
    csv.field_size_limit(CSV_CELL)
    return csv.reader(lines, strict=strict)


def _refuse_no_header(letters: int, commas: int, *, of: str = "", what_to_do: str = "") -> None:
    if letters > LONGEST_HEADER or commas >= MOST_COLUMNS:
        raise Refused(
            f"The first line{of} is no header of a table: it has more than {MOST_COLUMNS:,} columns or "
            f"{LONGEST_HEADER:,} letters.{what_to_do}"
        )


def _there_twice(header: list[str]) -> str | None:
    return min((name for name in header if name and header.count(name) > 1), default=None)


@dataclass
class TextRows:
    """The non-blank rows of a file: for each the line where it ends, and its cells, one per header name, as
    written."""

    name: str
    header: list[str]
    lines: list[int]
    cells: list[list[str]]


def read_rows(path: Path, required: tuple[str, ...], *, windows: bool = False) -> TextRows:
    """Read a hand-written file that has the required columns. Raises `Refused`.

    `windows`: letters that are not UTF-8 are read as Windows-1252, which spreadsheets write."""
    if windows and not _is_utf8(_bytes(path)):
        return _read_rows(path, required, "cp1252")
    return _read_rows(path, required, "utf-8-sig")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"{path.name} cannot be read: {error.strerror}.") from error


def _read_rows(path: Path, required: tuple[str, ...], encoding: str) -> TextRows:
    found = TextRows(path.name, [], [], [])
    try:
        with path.open(encoding=encoding, newline="") as file:
            first = file.readline(LONGEST_HEADER + 1)
            _refuse_no_header(len(first), first.count(","), of=f" of {path.name}")
            file.seek(0)
            _read_into(found, _csv_reader(file, strict=True), required)
    except UnicodeDecodeError as error:
        raise Refused(_not_utf8(path.name)) from error
    except csv.Error as error:
        raise Refused(_not_csv(found, str(error))) from error
    except OSError as error:
        raise Refused(f"{path.name} cannot be read: {error.strerror}.") from error
    return found


def _read_into(found: TextRows, rows: Any, required: tuple[str, ...]) -> None:
    found.header.extend(name.strip() for name in next(rows, []))
    _check_names(found, required)
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(found.header):
            raise Refused(
                f"{found.name}, line {rows.line_num}, has {len(row)} cells where the header has {len(found.header)}."
            )
        if any("\0" in cell for cell in row):
            raise Refused(_not_utf8(found.name))
        found.lines.append(rows.line_num)
        found.cells.append(row)


def _check_names(found: TextRows, required: tuple[str, ...]) -> None:
    header = found.header
    if any("\0" in name for name in header):
        raise Refused(_not_utf8(found.name))
    if not any(header):
        raise Refused(f"{found.name} is empty: it needs a header line.")
    twice = _there_twice(header)
    if twice:
        raise Refused(f"{found.name} has the column {quoted(twice)} more than once.")
    if len(header) == 1 and re.search(r"[;\t|]", header[0]):
        raise Refused(f"The columns of {found.name} are not parted by commas: save it as CSV with commas.")
    lacking = [name for name in required if name not in header]
    if lacking:
        raise Refused(
            f"{found.name} has no column {', '.join(lacking)}; its header is: {quoted(', '.join(header), 200)}."
        )


def _not_utf8(name: str) -> str:
    return f"{name} is not UTF-8 text: save it as “CSV UTF-8”."


def _not_csv(found: TextRows, error: str) -> str:
    if "field limit" in error:
        return (
            f"{found.name} has a cell of more than {CSV_CELL:,} letters after line {(found.lines or [1])[-1]:,}: see "
            "whether a quotation mark is astray."
        )
    what = "a quotation mark is opened and not closed" if "unexpected end" in error else error
    return f"{found.name} is not a CSV file that can be read: {what}."


@dataclass
class TextTable:
    """A publisher's file as text: `header`, and `frame` with one string column each, blank cells null.

    `frame` also has `record`, the number of the row below the header, from 0. `above`: how many lines stand
    above it in the file as it was brought that are not here (a title in a workbook, earlier parts of a large file).
    `records`: how many rows there were with the blank ones, where it was text.
    """

    header: list[str]
    frame: pl.DataFrame
    ends_clean: bool = True
    notes: list[str] = field(default_factory=list)
    text: bytes = b""
    above: int = 0
    records: int = 0

    def lines(self, records: list[int]) -> list[int]:
        """Line numbers in the file (from 1) of records, counting quoted line breaks."""
        if not records:
            return []
        if not self.text:
            return [self.above + record + 2 for record in records]
        wanted, found = set(records), {}
        last = max(records)
        for record, line in enumerate(_starts(self.text)):
            if record - 1 in wanted:
                found[record - 1] = self.above + line
            if record > last:
                break
        return [found.get(record, self.above + record + 2) for record in records]


def _starts(text: bytes) -> Iterator[int]:
    """The line on which each record starts, the header first."""
    line, inside, fresh = 1, False, True
    for physical in io.BytesIO(text):
        if fresh:
            yield line
        if physical.count(b'"') % 2:
            inside = not inside
        fresh = not inside
        line += 1


def table_of(body: bytes, *, above: int = 0, goes_on: bool = False) -> TextTable:
    """The table in the bytes of a publisher's text file. Raises `Refused`.

    UTF-8 with or without a byte order mark, else Windows-1252; CRLF or LF; blank columns at the right are
    dropped. Of a file in parts: `above` lines stand between the header and this part, and it `goes_on`.
    """
    _refuse_what_is_no_text(body)
    if not body[:4096].strip() and not body.strip():
        raise Refused("The file is empty. Download it again.")
    return _delimited(*_decoded(body, above), above, goes_on)


def _refuse_what_is_no_text(body: bytes) -> None:
    for sign, what in SIGNS.items():
        if body.startswith(sign):
            raise Refused(f"This is {what}.")
    if body.startswith((b"PK\x03\x04", b"\x1f\x8b")):
        raise Refused("This is an archive inside an archive. Unpack it and bring the CSV file.")


def _decoded(body: bytes, above: int) -> tuple[bytes, list[str]]:
    """The text as UTF-8 bytes without byte order mark, with a note if it was not UTF-8."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")) or _every_other_is_nul(body[:1000]):
        raise Refused(
            "The text is UTF-16, which Excel calls Unicode Text. Save it as CSV UTF-8 and bring that."
        )
    if b"\0" in body:
        line = above + body.count(b"\n", 0, body.index(b"\0")) + 1
        raise Refused(f"This is not a text file. Line {line:,} has a NUL byte: bring the table as CSV.")
    notes = []
    body = body.removeprefix(b"\xef\xbb\xbf")
    if not _is_utf8(body):
        try:
            body = body.decode("cp1252").encode()
        except UnicodeDecodeError as error:
            raise Refused(
                "The letters cannot be read: neither UTF-8 nor Windows-1252. Save it as CSV UTF-8."
            ) from error
        notes.append("The file is not UTF-8; it was read as Windows-1252.")
    if b"\n" not in body:
        body = body.replace(b"\r", b"\n")
    return body, notes


def _every_other_is_nul(start: bytes) -> bool:
    """Whether it is UTF-16 without a byte order mark, if the letters are mostly Latin."""
    half = len(start) // 2
    return half > 1 and max(start[::2].count(0), start[1::2].count(0)) > 0.9 * half


def _is_utf8(body: bytes) -> bool:
    if body.isascii():  # nearly every file, and much faster to check
        return True
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _delimited(body: bytes, notes: list[str], above: int, goes_on: bool) -> TextTable:
    ends_clean = body.endswith(b"\n")
    one_end = re.search(rb"[^\r\n]\r?\n\Z", body[-4:])
    text = body if one_end else body.rstrip(b"\r\n") + b"\n"
    header = _header(text)
    if len(header) == 1 and re.search(r"[;\t|]", header[0]):
        raise Refused("The columns are not parted by commas. Save the file as CSV with commas.")
    if not any(header):
        raise Refused("The columns have no names. Bring the table with their names in the first line.")
    twice = _there_twice(header)
    if twice:
        raise Refused(f"The column {twice} is there twice. Keep the right one and try again.")
    if not goes_on:
        _not_cut_off(text, len(header))
    frame = _parsed(text, [f"column_{i}" for i in range(len(header))], above)
    _refuse_long_cells(frame, text, above)
    return _table(header, frame, TextTable(header, frame, ends_clean, notes, text, above))


def _header(text: bytes) -> list[str]:
    """The names in the header, which may span several lines if a name is in quotation marks."""
    first = text[: LONGEST_HEADER + 1].partition(b"\n")[0]
    as_csv = " Bring the table as CSV, with the names of its columns in the first line."
    _refuse_no_header(len(first), first.count(b","), what_to_do=as_csv)
    start = text[:LONGEST_HEADER].decode("utf-8", "ignore")
    try:
        return [name.strip() for name in next(_csv_reader(io.StringIO(start, newline="")))]
    except csv.Error as error:
        raise Refused(
            "The header cannot be read: a quotation mark is astray in it, or a name is far too long. Save it again."
        ) from error


def _refuse_long_cells(frame: pl.DataFrame, text: bytes, above: int) -> None:
    """Refuse a cell so long that it must have swallowed others, or is not one of a table."""
    longest = frame.select(pl.all().str.len_bytes().max())
    for at, name in enumerate(frame.columns):
        if (longest[name][0] or 0) > LONGEST_CELL:
            record = (frame[name].str.len_bytes() > LONGEST_CELL).fill_null(False).arg_true()[0]
            (line,) = TextTable([], frame, text=text, above=above).lines([record])
            raise Refused(
                f"Line {line:,} has a cell of {longest[name][0]:,} letters in column {at + 1}, as no table of figures "
                "has. See whether a quotation mark is astray, and save it again."
            )


def _parsed(text: bytes, names: list[str], above: int) -> pl.DataFrame:
    try:
        # Our own names, since the header's may be blank.
        return pl.read_csv(text, infer_schema=False, new_columns=names)
    except pl.exceptions.PolarsError as error:
        if found := _too_wide(text, len(names)):
            line, cells = above + found[0], found[1]
            raise Refused(
                f"Line {line} has {cells:,} cells where the header has {len(names):,}. "
                "Put commas that belong to a cell in quotation marks."
            ) from error
        raise Refused("The rows cannot be told apart: a quotation mark is astray. Save it again.") from error


def _too_wide(text: bytes, width: int) -> tuple[int, int] | None:
    """The first line with more cells than the header, and how many; None if no line can be blamed."""
    reader = _csv_reader(io.StringIO(text.decode(), newline=""))
    try:
        return next(((reader.line_num, len(row)) for row in reader if len(row) > width), None)
    except csv.Error:  # a cell longer than that reader accepts
        return None


def _not_cut_off(text: bytes, width: int) -> None:
    again = "The file looks cut off. Download it again."
    if b'"' in text and text.count(b'"') % 2:
        raise Refused(f"A quotation mark is opened and not closed. {again}")
    last = text[text.rfind(b"\n", 0, len(text) - 1) + 1 :].rstrip(b"\r\n")
    if last.count(b'"') % 2:  # the end of a cell with a line break inside: the parser will judge it
        return
    if len(last) > LONGEST_CELL:  # a long cell: it is judged once the rows are split
        return
    cells: list[str] = next(_csv_reader([last.decode()]), [])
    if len(cells) < width:
        raise Refused(f"The last line has {len(cells)} of {width} columns. {again}")


def _table(header: list[str], frame: pl.DataFrame, found: TextTable) -> TextTable:
    blank = [i for i, name in enumerate(header) if not name]
    for i in blank:
        if frame.get_column(f"column_{i}").drop_nulls().len():
            raise Refused(f"Column {i + 1} has figures but no name. Name it or remove it.")
    frame = frame.drop([f"column_{i}" for i in blank])
    header = [name for name in header if name]
    frame.columns = header
    if b'"' in found.text and b'""' in found.text:
        frame = frame.with_columns(pl.all().replace({"": None}))
    records = frame.height
    frame = frame.with_row_index("record").with_columns(pl.col("record").cast(pl.Int64))
    if all(frame[name].null_count() for name in header):  # else no row can be blank
        frame = frame.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in header))
    return replace(found, header=header, frame=frame, records=records)
