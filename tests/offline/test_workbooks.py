import datetime
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from joinedup.offline import workbooks
from joinedup.offline.delimited import Refused
from joinedup.offline.table_files import open_table
from tests.offline.bombs import bombs
from tests.offline.workbook import with_part, workbook

Brought = Callable[..., Path]
AREAS: list[list[object]] = [["area", "day", "rate", "sure"], ["A", datetime.date(2024, 3, 1), 0.5, True]]


def wanted(header: list[str]) -> bool:
    return header == ["area", "day", "rate", "sure"]


def test_cells_are_read_as_a_csv_file_would_have_them(brought: Brought) -> None:
    rows: list[list[object]] = [
        *AREAS,
        ['B,\n"b"', datetime.datetime(2024, 3, 2, 9, 30), 3.0, False],
        [],
        [None, None, -7, ""],
    ]
    table = open_table(brought(workbook({"S": rows}), "book.xlsx"), wanted)
    assert table.header == AREAS[0]
    assert table.frame.rows() == [
        (0, "A", "2024-03-01", "0.5", "TRUE"),
        (1, 'B, "b"', "2024-03-02", "3", "FALSE"),
        (3, None, None, "-7", None),
    ]
    assert table.notes == ["Read from the sheet “S”."]


def test_the_sheet_is_known_by_its_header_and_lines_count_what_stands_above(brought: Brought) -> None:
    book = workbook({"Notes": [["area"]], "S": [["A title"], [], *AREAS], "Old": AREAS}, hidden="Old")
    table = open_table(brought(book, "book.xlsx"), wanted)
    assert table.frame["area"].to_list() == ["A"]
    assert table.lines([0]) == [4]


def test_a_formula_is_never_worked_out(brought: Brought) -> None:
    """Its value is what was saved beside it: none, in a file that no spreadsheet program has saved."""
    book = workbook({"S": [*AREAS, ["B", "2024-03-01", "=1+1", "x"]]})
    assert open_table(brought(book, "book.xlsx"), wanted).frame["rate"].to_list() == ["0.5", None]


SHEET = "xl/worksheets/sheet1.xml"


def test_a_row_that_no_sheet_has_is_not_counted_up_to(brought: Brought) -> None:
    book = workbook({"S": AREAS})
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        body = archive.read(SHEET).decode()
    far = '<row r="9000000000000"><c r="A9000000000000"><v>1</v></c></row></sheetData>'
    forged = with_part(book, SHEET, body.replace("</sheetData>", far))
    assert open_table(brought(forged, "book.xlsx"), wanted).frame.height == 1


def test_a_damaged_sheet_beside_the_table_is_named(brought: Brought) -> None:
    book = workbook({"S": AREAS, "More": [["x"]]})
    damaged = with_part(book, "xl/worksheets/sheet2.xml", "<worksheet><sheetData><row")
    table = open_table(brought(damaged, "book.xlsx"), wanted)
    assert table.frame.height == 1
    assert table.notes == ["Read from the sheet “S”. “More” is damaged and could not be read."]


def test_a_table_that_breaks_off_is_refused(brought: Brought) -> None:
    """Half a table would be taken for the whole."""
    rows: list[list[object]] = [[f"A{n}", "2024-03-01", n, True] for n in range(40)]
    book = workbook({"S": [AREAS[0], *rows], "More": [["x"]]})
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        body = archive.read(SHEET).decode()
    with pytest.raises(Refused, match="cut off or damaged"):
        open_table(brought(with_part(book, SHEET, body[: len(body) * 3 // 4]), "book.xlsx"), wanted)


@pytest.mark.parametrize(
    ("book", "says"),
    [
        (
            workbook({"Notes": [["a", "b"]], "More": []}),
            "No sheet of this workbook (“Notes” and “More”) has the columns",
        ),
        (workbook({f"S{n}": [["a"]] for n in range(7)}), "“S4” and 2 more) has the columns"),
        (workbook({"A": AREAS, "B": AREAS}), "Several sheets of this workbook can be read (“A” and “B”)"),
        (workbook({"S": [AREAS[0], ["A", 1, 2, 3, "astray"]]}), "Column 5 has figures but no name"),
        (with_part(workbook({"S": AREAS}), SHEET, "<worksheet><sheetData><row>"), "cut off or damaged"),
        (with_part(workbook({"S": AREAS}), "[Content_Types].xml", "x"), "cut off or damaged"),
        (
            with_part(workbook({"S": AREAS}), "xl/workbook.xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"),
            "not saved by a",
        ),
        (workbook({"S": AREAS})[:-40], "cut off or damaged"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(brought: Brought, book: bytes, says: str) -> None:
    with pytest.raises(Refused) as refusal:
        open_table(brought(book, "book.xlsx"), wanted)
    assert says in str(refusal.value)
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize("name", ["a zip bomb", "shared strings", "styles"])
def test_a_bomb_is_refused(brought: Brought, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "LIMITS", replace(workbooks.LIMITS, memory=200 * 1024**2, seconds=1))
    says = "The workbook (holds more than 60 MB when unpacked|takes more memory or time than a table does)."
    with pytest.raises(Refused, match=says):
        open_table(brought(bombs()[name], "book.xlsx"), wanted)
