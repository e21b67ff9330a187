"""What the process of its own may take, and what it is stopped for."""

from __future__ import annotations

import io
import tempfile
import zipfile
from dataclasses import replace

import pytest

from joinedup.offline import sheet_rows
from joinedup.offline.sheet_rows import Refusal, printed
from joinedup.offline.workbook_process import (
    BookLine,
    Broken,
    Contents,
    Joined,
    Limits,
    Stopped,
    sheets,
    whole_book,
)
from tests.offline.bombs import MAIN, SHEET, bombs, packed
from tests.offline.workbook import with_part, workbook

ROOM = Limits(unpacked=60 * 1024**2, memory=300 * 1024**2, seconds=5, cells=1_000, said=10_000)
BOOK = workbook({"S": [["a", "b"], [], ["c", None]], "T": [["d"]], "Hidden": [["e"]]}, hidden="Hidden")


def read(book: bytes, limits: Limits = ROOM, **wants: int) -> list[str | list[str] | Broken]:
    with tempfile.TemporaryFile() as file:
        file.write(book)
        file.flush()
        return list(sheets(file, limits, style="csv", **{"columns": 100, **wants}))


def test_visible_sheets_come_with_their_rows() -> None:
    assert read(BOOK) == ["S", ["a", "b"], [], ["c"], "T", ["d"]]
    assert read(BOOK, sheet=1) == ["T", ["d"]]
    assert read(BOOK, sheet=0, first_row=2, last_row=3) == ["S", [], ["c"]]
    assert read(BOOK, sheet=0, columns=1) == ["S", ["a"], [], ["c"]]


def layout(book: bytes) -> list[BookLine]:
    with tempfile.TemporaryFile() as file:
        file.write(book)
        file.flush()
        return list(whole_book(file, ROOM, style="csv", columns=100))


def test_the_layout_is_told_where_it_is_asked_for() -> None:
    assert layout(BOOK) == [
        Contents(["S", "T"], ["Hidden"]), "S", ["a", "b"], [], ["c"], Joined([]), "T", ["d"], Joined([]),
    ]  # fmt: skip
    cells = "<sheetData><row r='1'><c r='A1'><v>1</v></c></row></sheetData>"
    joined = "<mergeCells><mergeCell ref='A1:C1'/><mergeCell ref=\"B2:B4\"/></mergeCells>"
    book = packed(SHEET, [f"<worksheet {MAIN}>{cells}{joined}</worksheet>"])
    assert layout(book)[1:] == ["S", ["1"], Joined([[0, 0, 0, 2], [1, 1, 3, 1]])]


CUT = "<worksheet><sheetData><row r='1'><c"


def spoiled(book: bytes, name: str) -> bytes:
    """The same file with some packed bytes of one part turned round."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        at = archive.getinfo(name)
        begin = at.header_offset + 30 + len(name) + at.compress_size // 2
    return book[:begin] + bytes(each ^ 0xFF for each in book[begin : begin + 8]) + book[begin + 8 :]


@pytest.mark.parametrize("how", ["cut off", "spoiled", "spoiled far below"])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_damaged_sheet_keeps_none_of_the_others_from_being_read(how: str, number: int) -> None:
    below: list[list[object]] = [[f"row {n}", n * n] for n in range(400 if how == "spoiled far below" else 0)]
    book = workbook({f"S{n}": [["a", n], *below] for n in (1, 2, 3)})
    part = f"xl/worksheets/sheet{number}.xml"
    broken = with_part(book, part, CUT) if how == "cut off" else spoiled(book, part)
    room = replace(ROOM, cells=10_000, said=100_000)
    lines = read(broken, room)
    for n in (1, 2, 3):
        own = lines[lines.index(f"S{n}") + 1 :]
        end = next((at for at, each in enumerate(own) if isinstance(each, str)), len(own))
        if n == number:
            assert own[end - 1] == Broken("damaged")
        else:
            assert own[:end] == [["a", str(n)], *[[str(cell) for cell in row] for row in below]]


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (replace(ROOM, unpacked=1_000), "too large"),
        (replace(ROOM, cells=6), "too much"),
        (replace(ROOM, said=40), "too much"),
        (replace(ROOM, memory=30 * 1024**2), "too much"),
    ],
)
def test_each_limit_holds(limits: Limits, reason: str) -> None:
    with pytest.raises(Stopped) as stopped:
        read(BOOK, limits)
    assert stopped.value.reason == reason


def test_who_reads_no_further_leaves_no_process_waiting() -> None:
    """More at once than there are turns, each left after its first line."""
    for _ in range(4):
        with tempfile.TemporaryFile() as file:
            file.write(BOOK)
            file.flush()
            reading = sheets(file, ROOM, style="csv", columns=9)
            assert next(reading) == "S"
            reading.close()


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    inside = zipfile.ZipExtFile.read

    def counted(self: zipfile.ZipExtFile, n: int | None = -1) -> bytes:
        part = inside(self, n)
        sizes.append(len(part))
        return part

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    entities = packed(SHEET, ['<!DOCTYPE a [<!ENTITY b "bbbb">]>', "<worksheet/>", " " * 20_000])
    bomb = bombs()["a zip bomb"]
    sizes.clear()
    wants = {"unpacked": ROOM.unpacked}
    with pytest.raises(Refusal, match="too large"):
        list(printed(io.BytesIO(bomb), wants))
    assert sizes == []
    with pytest.raises(Refusal, match="entities"):
        list(printed(io.BytesIO(entities), wants))
    assert max(sizes) <= 8_192, "only the beginning of each part"


def test_texts_are_those_of_a_csv_file_or_of_a_person() -> None:
    assert [sheet_rows.csv_text(each) for each in (True, 3.0, " a  b", None)] == ["TRUE", "3", "a b", ""]
    assert [sheet_rows.british_text(each) for each in (True, 3.0, " a  b", None)] == ["yes", "3", "a  b", ""]
