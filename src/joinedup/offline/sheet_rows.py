"""A program of its own that prints the rows of a workbook (XLSX), within limits that the system keeps.

What a workbook comes to in memory cannot be told from its size: a few kilobytes may come to gigabytes. So it is read in
a process that can be stopped; `workbook_process.py` starts it and reads what it prints. It imports nothing of ours, so
that it starts soon.

It prints a line of JSON each: {"sheet": title}, a list of the texts of a row without empty ones at its end, and last
{"end": true} or {"refused": reason}. A sheet that is damaged ends with {"broken": reason}, and the next one follows.
With `layout` also {"visible": titles, "hidden": titles} first, and after the rows of each other sheet
{"joined": ranges}: [first row, first column, last row, last column] from 0. Values only; nothing is evaluated.
"""

from __future__ import annotations

import datetime
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

# What openpyxl and the archive may raise for a damaged part. The parsers of XML raise a kind of SyntaxError.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
    EOFError,
    RuntimeError,
    ArithmeticError,
)
MOST_PARTS, MOST_SHEETS, MOST_JOINED = 2_000, 100, 20_000
_JOINED = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^<>]*?\bref=[\"']([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})[\"']"
)


class Refusal(Exception):
    """With the reason, a word that the caller has a sentence for."""


def main() -> None:
    wants: dict[str, Any] = json.loads(sys.argv[1])
    _limit(wants["memory"], wants["seconds"])
    try:
        for line in printed(sys.stdin.buffer, wants):
            sys.stdout.write(json.dumps(line) + "\n")
        last: dict[str, object] = {"end": True}
    except Refusal as refusal:
        last = {"refused": str(refusal)}
    except MemoryError:
        last = {"refused": "too much"}
    except DAMAGED:
        last = {"refused": "too much" if _is_short(wants["memory"]) else "damaged"}
    sys.stdout.write(json.dumps(last) + "\n")


def _limit(memory: int, seconds: int) -> None:
    """No more address space than so many bytes, nor so many seconds of the processor, where the system can limit it."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _is_short(memory: int) -> bool:
    """A parser that gets no more memory says that something else is wrong."""
    return _held() > 0.8 * memory


def _held() -> int:
    """The most address space that this process had, in bytes; 0 where the system does not say."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmPeak")) * 1024
    except (OSError, StopIteration):
        return 0


def printed(file: BinaryIO, wants: dict[str, Any]) -> Iterator[object]:
    """The lines for the visible sheets, or for the one whose number among them is wanted."""
    damaged = _refuse_unsafe(file, wants["unpacked"])
    # Numbers are read without it, and it takes memory that is counted here.
    sys.modules["numpy"] = None  # type: ignore[assignment]
    import openpyxl
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

    # It would look into each sheet at once, and one that is damaged would keep the others from being read.
    ReadOnlyWorksheet._get_size = lambda sheet: None
    file.seek(0)
    text = {"csv": csv_text, "british": british_text}[wants["style"]]
    book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"][:MOST_SHEETS]
    if wants["layout"]:
        hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"][:MOST_SHEETS]
        yield {"visible": [sheet.title for sheet in sheets], "hidden": hidden}
    cells = 0
    for number, sheet in enumerate(sheets):
        if wants["sheet"] not in (None, number):
            continue
        yield {"sheet": sheet.title}
        try:
            if sheet._worksheet_path in damaged:
                raise zipfile.BadZipFile
            sheet.reset_dimensions()  # the size that a file declares may be wrong
            rows = sheet.iter_rows(
                wants["first_row"], wants["last_row"], max_col=wants["columns"], values_only=True
            )
            for row in rows:
                line = [text(value) for value in row]
                while line and not line[-1]:
                    line.pop()
                # An empty row costs as much as a cell.
                cells += len(line) + 1
                if cells > wants["cells"]:
                    raise Refusal("too much")
                yield line
            if wants["layout"]:
                yield {"joined": _joined(sheet)}
        except DAMAGED:
            if _is_short(wants["memory"]):
                raise
            yield {"broken": "damaged"}


def _joined(sheet: Any) -> list[list[int]]:
    """The joined cells of a sheet, which openpyxl does not give of one that it reads without keeping it."""
    from openpyxl.utils.cell import range_boundaries

    with sheet._get_source() as stream:
        found = _JOINED.findall(stream.read())
    ranges = [range_boundaries(each.decode()) for each in found[:MOST_JOINED]]
    return [[top - 1, left - 1, bottom - 1, right - 1] for left, top, right, bottom in ranges]


def _refuse_unsafe(file: BinaryIO, most: int) -> set[str]:
    """Before anything is unpacked: how large it would be, and whether it declares entities, as none does. Returns the
    sheets of which the beginning cannot even be unpacked: they are left alone."""
    damaged = set()
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > most:
            raise Refusal("too large")
        if "[Content_Types].xml" not in archive.namelist():
            raise Refusal("no workbook")
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                try:
                    with archive.open(part) as stream:
                        begins = stream.read(8_192)
                except DAMAGED:
                    if not part.filename.startswith("xl/worksheets/"):
                        raise
                    damaged.add(part.filename)
                    continue
                if b"<!DOCTYPE" in begins.upper().replace(b"\0", b""):
                    raise Refusal("entities")
    return damaged


def csv_text(value: object) -> str:
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


def british_text(value: object) -> str:
    """What a person would read in the cell; dates as day, month and year, in that order."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime.datetime | datetime.date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, datetime.time):
        return f"{value:%H:%M}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


if __name__ == "__main__":
    main()
