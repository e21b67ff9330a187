"""Cells that open safely in a spreadsheet."""

import datetime

import pytest

from joinedup.documents.csv_file import as_csv, cell, several


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_would_run_is_made_harmless(start: str) -> None:
    assert cell(f"{start}1+1") == f"'{start}1+1"


def test_cells() -> None:
    assert cell(None) == ""
    assert cell(datetime.date(2018, 10, 8)) == "2018-10-08"
    late = datetime.datetime(2018, 10, 7, 23, 30, tzinfo=datetime.UTC)
    assert cell(late) == "2018-10-08", "half past midnight here"
    assert cell(-5) == "-5"
    assert cell(True) == "yes"
    assert cell("plain") == "plain"
    assert several(["a", "b"]) == "a; b"


def test_file() -> None:
    assert as_csv(["A", "B"], [["=x", None]]) == "\ufeffA,B\r\n'=x,\r\n".encode()
