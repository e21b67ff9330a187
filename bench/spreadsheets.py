"""How soon a spreadsheet that is a bomb is refused, against reading an honest one of 5,000 rows; what the look for
single people costs beside the reading.

    .venv/bin/python bench/spreadsheets.py

Prints the fastest of three of each, and the ratio to reading the honest workbook.
"""

from __future__ import annotations

import io
import os
import time
import zipfile
from collections.abc import Callable

import openpyxl
from django.core.exceptions import ValidationError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "joinedup.site.settings")

import contextlib

from joinedup.privacy.case_lists import find_people
from joinedup.spreadsheets.headers import read_file

PART = "xl/worksheets/sheet1.xml"
SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'


def workbook(rows: int) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Organisation", "Type", "Job title", "Contact", "E-mail", "Borough", "Notes"])
    for n in range(rows):
        notes = (
            f"Meets on the {n % 28 + 1}th of the month; open to all who work with young people aged 11 to 16"
        )
        sheet.append(
            [f"Organisation {n}", "Charity", "Director", "A Person", f"n{n}@o.example", "Camden", notes]
        )
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_sheet(content: bytes, part: bytes) -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for each in old.namelist():
            new.writestr(each, part if each == PART else old.read(each))
    return stream.getvalue()


def fastest(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(3):
        started = time.perf_counter()
        with contextlib.suppress(ValidationError):
            work()
        taken.append(time.perf_counter() - started)
    return min(taken)


def main() -> None:
    honest, small = workbook(4_999), workbook(1)
    far = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    sheet = read_file(honest)
    base = fastest(lambda: read_file(honest))
    bomb, below = with_sheet(small, b" " * (80 * 1024 * 1024)), with_sheet(small, SHEET % far)
    for words, work in (
        ("an honest workbook of 5,000 rows", lambda: read_file(honest)),
        ("a bomb of 80 MB, refused", lambda: read_file(bomb)),
        ("a cell in row 1,048,576, refused", lambda: read_file(below)),
        ("the look for single people in 5,000 rows", lambda: find_people(sheet.header, sheet.rows)),
    ):
        seconds = fastest(work)
        print(f"{words:42} {seconds:7.3f} s   {seconds / base:5.2f} of reading the honest one")


if __name__ == "__main__":
    main()
