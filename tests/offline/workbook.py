"""Workbooks made in a test."""

import io
from collections.abc import Mapping, Sequence

import openpyxl


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]], hidden: str = "") -> bytes:
    """An XLSX file with the rows of each sheet, by name; one sheet may be hidden."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        if name == hidden:
            sheet.sheet_state = "hidden"
        for each in rows:
            sheet.append(each)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
