"""Opening a file that somebody brought: plain text, compressed, or Parquet; safe to look at, or refused."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from joinedup.evidence.sources import packed
from joinedup.evidence.sources.packed import Refused

__all__ = ["Refused", "Table", "open_table", "plain", "table_of"]

# No publisher's table comes near these; beyond them it is not a table, or its quotation marks are astray.
MOST_COLUMNS = 2_000
LONGEST_HEADER = 200_000  # bytes
CSV_CELL = 131_072  # letters; what the csv module takes by itself
LONGEST_CELL = 32_767  # bytes; as many letters as a cell of Excel may have
SIGNS = {
    b"%PDF": "a PDF. Ask the publisher for the table as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file. Save the sheet as CSV and bring that",
    b"\x89PNG": "a picture. Ask the publisher for the table as CSV",
    b"[": "JSON. Bring the same figures as CSV",
    b"{": "JSON. Bring the same figures as CSV",
    b"SQLite format 3": "a database. Export the table as CSV and bring that",
}


def plain(name: str) -> str:
    """A place name without the differences that publishers make: case, &, hyphens, spaces."""
    return re.sub(r"[^a-z0-9]+", " ", name.casefold().replace("&", " and ")).strip()


@dataclass
class Table:
    """A delimited file as text: `header`, and `frame` with one string column each, blank cells null.

    `frame` also has `record`, the number of the row below the header, from 0.
    """

    header: list[str]
    frame: pl.DataFrame
    ends_clean: bool = True
    notes: list[str] = field(default_factory=list)
    text: bytes = b""

    def lines(self, records: list[int]) -> list[int]:
        """Line numbers in the file (from 1) of records; quoted line breaks are counted."""
        if not records:
            return []
        if not self.text:
            return [record + 2 for record in records]
        wanted, found = set(records), {}
        last = max(records)
        for record, line in enumerate(_starts(self.text)):
            if record - 1 in wanted:
                found[record - 1] = line
            if record > last:
                break
        return [found.get(record, record + 2) for record in records]


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


def open_table(path: Path) -> Table:
    """Read `.csv`, `.csv.gz`, `.zip` with one CSV inside, or `.parquet`.

    UTF-8 with or without its mark, else Windows-1252; CRLF or LF; blank columns at the right are dropped.
    Raises `Refused`.
    """
    if path.stat().st_size == 0:
        raise Refused("The file is empty. Download it again.")
    with path.open("rb") as stream:
        start = stream.read(16)
    if start.startswith(b"PAR1"):
        return _parquet(path)
    return table_of(_unpacked(path, start))


def table_of(body: bytes) -> Table:
    """The table in the bytes of a text file. Raises `Refused`."""
    _refuse_what_is_no_text(body)
    if not body[:4096].strip() and not body.strip():
        raise Refused("The file is empty. Download it again.")
    return _delimited(*_decoded(body))


def _unpacked(path: Path, start: bytes) -> bytes:
    if start.startswith(b"PK"):
        with packed.opened(path) as (archive, found):
            tables = [item for item in found if packed.is_table(item)]
            if len(tables) != 1:
                raise Refused(
                    f"The archive holds {len(tables)} CSV files; it must hold one. Unpack it and bring each alone."
                )
            return packed.content(archive, tables[0])
    if start.startswith(b"\x1f\x8b"):
        return packed.gunzipped(path)
    if path.stat().st_size > packed.LARGEST:
        raise Refused(packed.TOO_LARGE)
    return path.read_bytes()


def _refuse_what_is_no_text(body: bytes) -> None:
    for sign, what in SIGNS.items():
        if body.startswith(sign):
            raise Refused(f"This is {what}.")
    if body.startswith((b"PK\x03\x04", b"\x1f\x8b")):
        raise Refused("This is an archive inside an archive. Unpack it and bring the CSV file.")


def _decoded(body: bytes) -> tuple[bytes, list[str]]:
    """The text as UTF-8 bytes without mark, with a note when it was not UTF-8."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")) or _every_other_is_nul(body[:1000]):
        raise Refused(
            "The text is UTF-16, which Excel calls Unicode Text. Save it as CSV UTF-8 and bring that."
        )
    if b"\0" in body:
        line = body.count(b"\n", 0, body.index(b"\0")) + 1
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
    """UTF-16 without its mark, where letters are mostly Latin."""
    half = len(start) // 2
    return half > 1 and max(start[::2].count(0), start[1::2].count(0)) > 0.9 * half


def _is_utf8(body: bytes) -> bool:
    if body.isascii():  # nearly every file, and much quicker to see
        return True
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _delimited(body: bytes, notes: list[str]) -> Table:
    ends_clean = body.endswith(b"\n")
    one_end = re.search(rb"[^\r\n]\r?\n\Z", body[-4:])
    text = body if one_end else body.rstrip(b"\r\n") + b"\n"
    header = _header(text)
    header = [name.strip() for name in header]
    if len(header) == 1 and re.search(r"[;\t|]", header[0]):
        raise Refused("The columns are not parted by commas. Save the file as CSV with commas.")
    if not any(header):
        raise Refused("The columns have no names. Bring the table with their names in the first line.")
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise Refused(f"The column {twice[0]} is there twice. Keep the right one and try again.")
    _not_cut_off(text, len(header))
    frame = _parsed(text, [f"column_{i}" for i in range(len(header))])
    _refuse_long_cells(frame, text)
    return _table(header, frame, ends_clean=ends_clean, notes=notes, text=text)


def _header(text: bytes) -> list[str]:
    """The names in the first line, which may go over several lines where a name is in quotation marks."""
    first = text[: LONGEST_HEADER + 1].partition(b"\n")[0]
    if len(first) > LONGEST_HEADER or first.count(b",") >= MOST_COLUMNS:
        raise Refused(
            f"The first line is no header of a table: it has more than {MOST_COLUMNS:,} columns or "
            f"{LONGEST_HEADER:,} letters. Bring the table as CSV, with the names of its columns in the first line."
        )
    # One setting for the whole process, which a library may have changed.
    csv.field_size_limit(CSV_CELL)
    try:
        return next(csv.reader(io.StringIO(text[:LONGEST_HEADER].decode("utf-8", "ignore"), newline="")))
    except csv.Error as error:
        raise Refused(
            "The header cannot be read: a quotation mark is astray in it, or a name is far too long. Save it again."
        ) from error


def _refuse_long_cells(frame: pl.DataFrame, text: bytes) -> None:
    """A cell so long has swallowed others, or is no cell of a table."""
    longest = frame.select(pl.all().str.len_bytes().max())
    for at, name in enumerate(frame.columns):
        if (longest[name][0] or 0) > LONGEST_CELL:
            record = (frame[name].str.len_bytes() > LONGEST_CELL).fill_null(False).arg_true()[0]
            (line,) = Table([], frame, text=text).lines([record])
            raise Refused(
                f"Line {line:,} has a cell of {longest[name][0]:,} letters in column {at + 1}, as no table of figures "
                "has. See whether a quotation mark is astray, and save it again."
            )


def _parsed(text: bytes, names: list[str]) -> pl.DataFrame:
    try:
        # Names of our own, since the header's may be blank.
        return pl.read_csv(text, infer_schema=False, new_columns=names)
    except pl.exceptions.PolarsError as error:
        if found := _too_wide(text, len(names)):
            line, cells = found
            raise Refused(
                f"Line {line} has {cells:,} cells where the header has {len(names):,}. "
                "Put commas that belong to a cell in quotation marks."
            ) from error
        raise Refused("The rows cannot be told apart: a quotation mark is astray. Save it again.") from error


def _too_wide(text: bytes, width: int) -> tuple[int, int] | None:
    """The first line with more cells than the header, and how many; None when no line can be blamed."""
    csv.field_size_limit(CSV_CELL)
    reader = csv.reader(io.StringIO(text.decode(), newline=""))
    try:
        return next(((reader.line_num, len(row)) for row in reader if len(row) > width), None)
    except csv.Error:  # a cell longer than that reader takes
        return None


def _not_cut_off(text: bytes, width: int) -> None:
    again = "The file looks cut off. Download it again."
    if b'"' in text and text.count(b'"') % 2:
        raise Refused(f"A quotation mark is opened and not closed. {again}")
    last = text[text.rfind(b"\n", 0, len(text) - 1) + 1 :].rstrip(b"\r\n")
    if last.count(b'"') % 2:  # the end of a cell with a line break inside: the parser will judge it
        return
    if len(last) > LONGEST_CELL:  # a long cell: it is judged once the rows are parted
        return
    cells = next(csv.reader([last.decode()]), [])
    if len(cells) < width:
        raise Refused(f"The last line has {len(cells)} of {width} columns. {again}")


def _table(
    header: list[str], frame: pl.DataFrame, *, ends_clean: bool, notes: list[str], text: bytes
) -> Table:
    blank = [i for i, name in enumerate(header) if not name]
    for i in blank:
        if frame.get_column(f"column_{i}").drop_nulls().len():
            raise Refused(f"Column {i + 1} has figures but no name. Name it or remove it.")
    frame = frame.drop([f"column_{i}" for i in blank])
    header = [name for name in header if name]
    frame.columns = header
    if b'"' in text and b'""' in text:
        frame = frame.with_columns(pl.all().replace({"": None}))
    frame = frame.with_row_index("record").with_columns(pl.col("record").cast(pl.Int64))
    filled = pl.any_horizontal(pl.col(name).is_not_null() for name in header)
    return Table(header, frame.filter(filled), ends_clean, notes, text)


def _parquet(path: Path) -> Table:
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise Refused("The Parquet file is cut off or damaged. Make it again.") from error
    try:
        frame = frame.with_columns(pl.all().cast(pl.String))
    except pl.exceptions.PolarsError as error:
        raise Refused("The Parquet file has columns of lists. Bring plain columns.") from error
    header = frame.columns
    return Table(header, frame.with_row_index("record").with_columns(pl.col("record").cast(pl.Int64)))
