import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinedup.offline import archives
from joinedup.offline.delimited import Refused
from joinedup.offline.table_files import open_table

Brought = Callable[..., Path]


def zipped(**files: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return archive.getvalue()


def locked() -> bytes:
    """An archive whose directory says that its file is encrypted (bit 0 of the flags)."""
    archive = bytearray(zipped(**{"one.csv": "a,b\n1,2\n"}))
    archive[archive.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(archive)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"%PDF-1.7 \x00", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
        (b"a,b\n1,\x00\n", "not a text file"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        (b"a,b\n1,\x81\x8d\n", "letters cannot be read"),
        (b"a;b\n1;2\n", "not parted by commas"),
        (b"a,b\n1,2,3\n4,5\n", "Line 2 has 3 cells where the header has 2"),
        (b"a,b,c\n1,2,3\n4,5\n", "last line has 2 of 3 columns"),
        (b'a,b\n1,"2\n', "not closed"),
        (b"a,,c\n1,2,3\n", "Column 2 has figures but no name"),
        (gzip.compress(b"a,b\n1,2\n" * 500)[:-30], "cut off or damaged"),
        (zipped(**{"one.csv": "a\n", "two.csv": "a\n"}), "holds 2 CSV files"),
        (zipped(**{"[Content_Types].xml": "x"}), "Excel or Word"),
        (zipped(**{"mimetype": "x", "content.xml": "x"}), "OpenDocument file"),
        (zipped(**{"one.csv": "a,b\n1,2\n"})[:-20], "cut off or damaged"),
        (b"PAR1 and then nothing of the kind", "Parquet file is cut off"),
        (b'[{"a": 1}]', "JSON"),
        (locked(), "locked with a password"),
        (b"a" * 3_000_000 + b",b\n1,2\n", "first line is no header"),
        (b"a" * 3_000_000, "first line is no header"),
        (b",".join(b"c%d" % n for n in range(50_000)) + b"\n", "first line is no header"),
        (b"a,b\n1,2\n" + b"x" * 200_000 + b",3\n4,5\n", "Line 3 has a cell of 200,000 letters in column 1"),
        (b"a,b\n1,2\n" + b"x" * 200_000 + b",3\n", "Line 3 has a cell of 200,000 letters in column 1"),
        (
            b'a,b\n"x\n",2\n1,"' + b"x\n" * 100_000 + b'"\n',
            "Line 4 has a cell of 200,000 letters in column 2",
        ),
        (b"a,b\n" + b"x" * 200_000 + b",1,2,3\n", "cannot be told apart"),
        (b'a,"b\n' + b"1,2\n" * 100_000 + b'"\n', "header cannot be read"),
        (b",,\n1,2,3\n", "columns have no names"),
        ("a,b\n1,2\n".encode("utf-16-le"), "UTF-16"),
        (b"a,b\n1,2\n3,\x00\n", "Line 3 has a NUL byte"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(brought: Brought, body: bytes, says: str) -> None:
    with pytest.raises(Refused, match=says) as refusal:
        open_table(brought(body))
    assert str(refusal.value).endswith(".")


def test_an_archive_that_would_fill_the_memory_is_refused(
    brought: Brought, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "LARGEST", 1000)
    with pytest.raises(Refused, match="more than"):
        open_table(brought(gzip.compress(b"a,b\n" + b"1,2\n" * 1000)))


def test_windows_letters_are_read_and_said(brought: Brought) -> None:
    table = open_table(brought("a,b\ncafé,£5\n".encode("cp1252")))
    assert table.frame.select("a", "b").row(0) == ("café", "£5")
    assert table.notes == ["The file is not UTF-8; it was read as Windows-1252."]


def test_quoted_line_breaks_and_commas(brought: Brought) -> None:
    table = open_table(brought('"a","b"\n"one\ntwo","x, y"\n\n3,""\n'))
    assert table.frame.select("a", "b").rows() == [("one\ntwo", "x, y"), ("3", None)]
    assert table.lines(table.frame["record"].to_list()) == [2, 5]


@given(
    st.lists(
        st.lists(st.text(alphabet='ab ,"\n', min_size=1, max_size=5), min_size=2, max_size=2),
        min_size=1,
        max_size=8,
    )
)
def test_line_numbers_are_those_of_the_csv_reader(rows: list[list[str]]) -> None:
    import csv
    import tempfile

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([["first", "second"], *rows])
    starts, reader = [], csv.reader(io.StringIO(text.getvalue(), newline=""))
    for _ in reader:
        starts.append(reader.line_num + 1)
    with tempfile.NamedTemporaryFile(suffix=".csv") as brought:
        brought.write(text.getvalue().encode())
        brought.flush()
        table = open_table(Path(brought.name))
    assert table.frame.select("first", "second").rows() == [tuple(row) for row in rows]
    assert table.lines(table.frame["record"].to_list()) == starts[: len(rows)]
