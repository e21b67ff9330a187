"""Contacts in the ways that people paste them."""

import pytest

from joinedup.firstrun.contacts import MAPPING, contacts
from joinedup.spreadsheets.parse import Unreadable

SECTORS = {"education", "housing", "voluntary sector", "youth justice"}


def rows(text: str) -> list[list[str]]:
    sheet, _ = contacts(text, SECTORS)
    return [row for row in sheet.rows if any(row)]


NAME = "Hilltop School"


@pytest.mark.parametrize(
    ("line", "row"),
    [
        (
            f"{NAME}, education, Head, Jo Doe, a@b.example",
            [NAME, "education", "Head", "Jo Doe", "a@b.example"],
        ),
        (f"{NAME}, education, Head, , a@b.example", [NAME, "education", "Head", "", "a@b.example"]),
        (f"{NAME}, Education, Head, a@b.example", [NAME, "Education", "Head", "", "a@b.example"]),
        (f"{NAME}, Head, a@b.example", [NAME, "", "Head", "", "a@b.example"]),
        (f"{NAME}, Head, Jo Doe, a@b.example", [NAME, "", "Head", "Jo Doe", "a@b.example"]),
        (f"{NAME}; Youth Justice; Head; a@b.example", [NAME, "Youth Justice", "Head", "", "a@b.example"]),
        (f"{NAME}\ta@b.example", [NAME, "", "", "", "a@b.example"]),
        ('"Hilltop, the school", Head, Jo Doe', ["Hilltop, the school", "", "Head", "Jo Doe", ""]),
        (
            f"{NAME}, Head, of year 9, Jo, a@b.example, Doe",
            [NAME, "", "Head, of year 9, Jo", "Doe", "a@b.example"],
        ),
        ('Hilltop" School, Head', ['Hilltop" School', "", "Head", "", ""]),
        (
            f"{NAME}, Lead @ the hub, Jo Doe, a@b.example",
            [NAME, "", "Lead @ the hub", "Jo Doe", "a@b.example"],
        ),
        (f"{NAME}, Head, Jo Doe, a@b", [NAME, "", "Head", "Jo Doe", "a@b"]),
        (NAME, [NAME, "", "", "", ""]),
    ],
)
def test_a_line_becomes_five_cells(line: str, row: list[str]) -> None:
    assert rows(line) == [row]


def test_lines_keep_their_numbers() -> None:
    sheet, mapping = contacts("\nA, Head\n\nB, Head\n", SECTORS)
    assert (sheet.first_row, mapping) == (1, MAPPING)
    assert [number for number, row in enumerate(sheet.rows, 1) if any(row)] == [2, 4]


def test_a_first_line_with_headings_is_believed() -> None:
    sheet, mapping = contacts("E-mail\tJob title\tOrg\na@b.example\tHead\tHilltop School\n", SECTORS)
    assert mapping == {"name": 2, "email": 0, "role": 1}
    assert sheet.rows == [["a@b.example", "Head", "Hilltop School"]]


@pytest.mark.parametrize("text", ["", " \n ", "A, b\n" * 5_001])
def test_nothing_and_too_much_get_a_sentence(text: str) -> None:
    with pytest.raises(Unreadable):
        contacts(text, SECTORS)
