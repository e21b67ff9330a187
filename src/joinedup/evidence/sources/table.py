"""Opening a file that somebody brought: plain text, compressed, or Parquet; safe to look at, or refused."""

import csv
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

LARGEST = 2 * 1024**3  # unpacked bytes: a small archive must not fill the memory
SIGNS = {
    b"%PDF": "a PDF. Ask the publisher for the table as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file. Save the sheet as CSV and bring that",
    b"\x89PNG": "a picture. Ask the publisher for the table as CSV",
    b"[": "JSON. Bring the same figures as CSV",
    b"{": "JSON. Bring the same figures as CSV",
    b"SQLite format 3": "a database. Export the table as CSV and bring that",
}


class Refused(Exception):
    """A file that cannot be taken in. The message is one or two plain sentences fit to show."""


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
    return _delimited(*_decoded(_unpacked(path, start)))


def _unpacked(path: Path, start: bytes) -> bytes:
    for sign, what in SIGNS.items():
        if start.startswith(sign):
            raise Refused(f"This is {what}.")
    if start.startswith(b"PK"):
        return _from_zip(path)
    try:
        with gzip.open(path) if start.startswith(b"\x1f\x8b") else path.open("rb") as stream:
            body = stream.read(LARGEST + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise Refused("The compressed file is cut off or damaged. Download it again.") from error
    return _not_too_large(body)


def _not_too_large(body: bytes) -> bytes:
    if len(body) > LARGEST:
        raise Refused("The file holds more than 2 GB when unpacked. Bring it in parts, by month or by area.")
    if not body[:4096].strip() and not body.strip():
        raise Refused("The file is empty. Download it again.")
    return body


def _from_zip(path: Path) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [
                item for item in archive.infolist() if not item.is_dir() and "__MACOSX" not in item.filename
            ]
            if any(item.filename == "[Content_Types].xml" for item in names):
                raise Refused("This is an Excel or Word file. Save the sheet as CSV and bring that.")
            tables = [item for item in names if item.filename.lower().endswith(".csv")]
            if len(tables) != 1:
                raise Refused(
                    f"The archive holds {len(tables)} CSV files; it must hold one. Unpack it and bring each alone."
                )
            if tables[0].flag_bits & 1:
                raise Refused("The archive is locked with a password. Unpack it and bring the CSV file.")
            with archive.open(tables[0]) as stream:
                return _not_too_large(stream.read(LARGEST + 1))
    except (zipfile.BadZipFile, EOFError, zlib.error) as error:
        raise Refused("The archive is cut off or damaged. Download it again.") from error


def _decoded(body: bytes) -> tuple[bytes, list[str]]:
    """The text as UTF-8 bytes without mark, with a note when it was not UTF-8."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused(
            "The text is UTF-16, which Excel calls Unicode Text. Save it as CSV UTF-8 and bring that."
        )
    if b"\0" in body:
        raise Refused("This is not a text file. Bring the table as CSV.")
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
    header = next(csv.reader(io.StringIO(text[: 1 << 20].decode("utf-8", "ignore"), newline="")))
    header = [name.strip() for name in header]
    if len(header) == 1 and re.search(r"[;\t|]", header[0]):
        raise Refused("The columns are not parted by commas. Save the file as CSV with commas.")
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise Refused(f"The column {twice[0]} is there twice. Keep the right one and try again.")
    _not_cut_off(text, len(header))
    frame = _parsed(text, [f"column_{i}" for i in range(len(header))])
    return _table(header, frame, ends_clean=ends_clean, notes=notes, text=text)


def _parsed(text: bytes, names: list[str]) -> pl.DataFrame:
    try:
        # Names of our own, since the header's may be blank.
        return pl.read_csv(text, infer_schema=False, new_columns=names)
    except pl.exceptions.PolarsError as error:
        reader = csv.reader(io.StringIO(text.decode(), newline=""))
        for row in reader:
            if len(row) > len(names):
                raise Refused(
                    f"Line {reader.line_num} has {len(row)} cells where the header has {len(names)}. "
                    "Put commas that belong to a cell in quotation marks."
                ) from error
        raise Refused("The rows cannot be told apart: a quotation mark is astray. Save it again.") from error


def _not_cut_off(text: bytes, width: int) -> None:
    again = "The file looks cut off. Download it again."
    if b'"' in text and text.count(b'"') % 2:
        raise Refused(f"A quotation mark is opened and not closed. {again}")
    last = text[text.rfind(b"\n", 0, len(text) - 1) + 1 :].rstrip(b"\r\n")
    if last.count(b'"') % 2:  # the end of a cell with a line break inside: the parser will judge it
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
