"""What can be read, and what is refused with one sentence."""

import datetime
import io
import resource
import zipfile
from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError

from joinedup.offline.workbook_process import NOT_READ
from joinedup.spreadsheets import parse
from joinedup.spreadsheets.headers import read_file, read_text
from joinedup.spreadsheets.parse import Unreadable
from tests.offline.bombs import bombs
from tests.spreadsheets.making import with_part, xlsx

EXPECTED = [["Café Project", "Northton"], ["Other", "x"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_in_the_ways_spreadsheets_write_it(encoding: str, delimiter: str) -> None:
    text = "Name,Area\r\nCafé Project,Northton\r\nOther,x\r\n".replace(",", delimiter)
    sheet = read_file(text.encode(encoding))
    assert (sheet.header, sheet.rows, sheet.first_row) == (["Name", "Area"], EXPECTED, 2)


def test_quoted_cells_keep_their_commas_and_line_breaks() -> None:
    sheet = read_text('Name,What\nOne,"first, then\nsecond"\n')
    assert sheet.rows == [["One", "first, then\nsecond"]]


def test_xlsx_from_the_first_sheet_with_data_dates_as_days() -> None:
    rows = [
        ["Tracker of the partnership", None, None],
        [],
        ["Project", "Start date", "Funded"],
        ["One", datetime.datetime(2018, 10, 8), True],
        ["Two", datetime.date(2019, 1, 2), 12.0],
    ]
    sheet = read_file(xlsx(rows, title_sheet=True), known=["project", "start date"])
    assert sheet.header == ["Project", "Start date", "Funded"]
    assert sheet.rows == [["One", "08/10/2018", "yes"], ["Two", "02/01/2019", "12"]]
    assert sheet.first_row == 4


def test_formulas_are_never_evaluated() -> None:
    assert read_text("Name,Sum\nOne,=1+1\n").rows == [["One", "=1+1"]]
    assert read_file(xlsx([["Name", "Sum"], ["One", "=1+1"]])).rows in ([["One", ""]], [["One"]])


def test_rows_keep_the_numbers_of_the_file() -> None:
    sheet = read_text("Title\n\nName,Area\nOne,x\n\nTwo,y\n", known=["name"])
    assert (sheet.first_row, sheet.rows) == (4, [["One", "x"], ["", ""], ["Two", "y"]])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"  \n \n", "empty"),
        (b"Name,Area\n", "nothing below"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "not a spreadsheet"),
        (b"%PDF-1.7\n\0\xff\xfe", "not a spreadsheet"),
        (b"\xd0\xcf\x11\xe0rest", "old or locked"),
        (b"PK\x03\x04broken", "damaged"),
        (b'Name,What\nOne,"never closed\n', "breaks off"),
        (b"a," * 150 + b"\n" + b"1," * 150 + b"1\n", "100 columns"),
        (b"Name\n" + b"x\n" * 5_001, "5,000 rows"),
        (b"Name,What\nOne," + b"x" * 5_001 + b"\n", "5,000 characters"),
        (b"x" * (5 * 1024 * 1024 + 1), "5 MB"),
    ],
)
def test_bad_files_get_one_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence) as refusal:
        read_file(content)
    assert len(refusal.value.messages) == 1


def test_a_truncated_workbook_is_damaged() -> None:
    whole = xlsx([["Name"], *[[f"Row {n}"] for n in range(300)]])
    for size in (100, len(whole) // 2, len(whole) - 30):
        with pytest.raises(Unreadable, match="damaged"):
            read_file(whole[:size])


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"]
)
def test_a_workbook_with_a_damaged_part_is_damaged(part: str) -> None:
    whole = xlsx([["Name"], ["One"]])
    with pytest.raises(Unreadable, match="damaged"):
        read_file(with_part(whole, part, b"<worksheet><sheetData><row r='1'><c"))


def test_other_zip_files_are_no_spreadsheets() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("photo.txt", "hello")
    with pytest.raises(Unreadable, match="ZIP file"):
        read_file(stream.getvalue())


def test_what_libreoffice_saves_by_itself_is_called_by_its_name() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>")
    with pytest.raises(Unreadable, match=r"OpenDocument file \(\.ods\): save it as Excel"):
        read_file(stream.getvalue())


def refused(content: bytes, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        read_file(content)


SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s<sheetData>%s</sheetData></worksheet>'


def test_what_lies_far_below_is_not_walked_to() -> None:
    whole = xlsx([["Name"], ["One"]])
    far = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    refused(with_part(whole, "xl/worksheets/sheet1.xml", SHEET % (b"", far)), "far below")


def test_a_made_up_dimension_is_not_believed() -> None:
    declared = b'<dimension ref="A1:XFD1048576"/>'
    rows = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>'
    content = with_part(xlsx([["x"]]), "xl/worksheets/sheet1.xml", SHEET % (declared, rows))
    assert read_file(content).rows == [["2"]]


@pytest.mark.parametrize("name", bombs())
def test_a_bomb_is_refused_and_this_process_does_not_grow(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Smaller than in life, so that the test is short.
    monkeypatch.setattr(parse, "LIMITS", replace(parse.LIMITS, memory=200 * 1024**2, seconds=1))
    content = bombs()[name]
    assert len(content) < 200_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Unreadable) as refusal:
        read_file(content)
    assert len(refusal.value.messages) == 1
    assert refusal.value.messages[0] in BOMBS_GET
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # kilobytes


BOMBS_GET = {
    NOT_READ["too large"],
    NOT_READ["too much"],
    NOT_READ["damaged"],
    "This sheet is damaged. Open the file, save it again, and bring that.",
    "A cell in row 1 holds more than 5,000 characters.",
}
