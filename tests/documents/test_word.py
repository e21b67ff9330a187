"""Tables of Word files, as programs besides Word read them."""

from __future__ import annotations

import datetime
import io

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Cm

from joinedup.documents.sheet import Section, Sheet, SheetGrid
from joinedup.documents.sheet_word import as_word
from joinedup.documents.word import PAGE

DAY = datetime.date(2027, 3, 1)
ROWS = [["09:30", "Welcome and what the figures say of the places that we come from"], ["10:00", "Tea"]]


def test_columns_are_as_wide_as_their_words_and_rows_stay_whole() -> None:
    grid = SheetGrid(["Time", "What"], ROWS, "When what happens.")
    sheet = Sheet(title="A day", lead="", sections=[Section("The day", grid=grid)], on=DAY, footer="")
    (table,) = Document(io.BytesIO(as_word(sheet))).tables
    wide = [column.width for column in table.columns]
    # Word reads the widths of cells, LibreOffice those of columns.
    assert [[cell.width for cell in row.cells] for row in table.rows] == [wide] * 3
    assert sum(wide) == pytest.approx(Cm(PAGE), rel=0.001)
    assert 3 * wide[0] < wide[1]
    marks = [[each.tag for each in row._tr.trPr] for row in table.rows]
    whole = qn("w:cantSplit")
    assert marks == [[qn("w:tblHeader"), whole], [whole], [whole]]
