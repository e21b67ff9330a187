"""Tables of single people are told from tables of organisations, by headings and by cells."""

import csv
import re

import pytest

from joinedup.privacy.case_cells import is_birthday
from joinedup.privacy.case_headings import NEVER_BESIDE_COUNTS, TELEPHONES, plain_heading
from joinedup.privacy.case_lists import find_people, looks_like_data
from tests.privacy.lists import CASES, OTHERS


def table(text: str) -> tuple[list[str], list[list[str]]]:
    """Header and rows, each as wide as the widest."""
    rows = [row for row in csv.reader(text.splitlines()) if any(row)]
    wide = max(map(len, rows))
    rows = [[cell.strip() for cell in row] + [""] * (wide - len(row)) for row in rows]
    return rows[0], rows[1:]


@pytest.mark.parametrize("name", CASES)
def test_lists_of_single_people_are_found(name: str) -> None:
    assert find_people(*table(CASES[name])) is not None


@pytest.mark.parametrize("name", OTHERS)
def test_other_lists_are_not(name: str) -> None:
    assert find_people(*table(OTHERS[name])) is None


def test_the_refusal_says_which_columns_and_why() -> None:
    found = find_people(["First name", "Surname", "Offence"], [["Ali", "Khan", "Robbery"]])
    assert found is not None
    assert found.sentence == (
        "This looks like records of single people (names beside what is said of a person, columns “First name”, "
        "“Surname” and “Offence”): JoinedUp holds none, and has kept nothing of it."
    )
    found = find_people(["Ref", "D.O.B."], [["1", "x"]])
    assert found is not None
    assert "(dates of birth, column “D.O.B.”)" in found.sentence


def test_a_header_of_years_is_a_header() -> None:
    assert not looks_like_data(["Project", "2024/25 spend", "2026-03"])
    assert looks_like_data(["Lantern Youth", "01/04/2026"])
    assert looks_like_data(["Lantern Youth", "020 7946 0000"])


# Where two copies of a detector once disagreed: the right value of each.


def test_handles_beside_names_are_no_address_of_work() -> None:
    """Any “@” once counted as an e-mail address, and a list with those passes as contacts."""
    people = [["Jay Smith", "@jay09"], ["Mia Jones", "@mia"]]
    assert find_people(["Name", "Instagram"], people) is not None
    at_work = [["Jay Smith", "jay@l.example"], ["Mia Jones", "mia@l.example"]]
    assert find_people(["Name", "Write to"], at_work) is None


def test_a_lesson_is_not_a_postcode() -> None:
    rows = [["Boxing", "14", "Y9 5pm"], ["Chess", "15", "Y10 4pm"]]
    assert find_people(["Session", "Age", "When"], rows) is None
    rows = [["Boxing", "14", "SE1 9RT"], ["Chess", "15", "M1 1AE"]]
    found = find_people(["Session", "Age", "Where"], rows)
    assert found is not None
    assert found.what == "ages beside full postcodes"


@pytest.mark.parametrize(
    ("note", "what"),
    [
        ("D O B 12 March 2009", "dates of birth"),
        ("DOB 2009", "dates of birth"),
        ("born on the 3rd of May", "dates of birth"),
        ("geni: 1/2/2010", "dates of birth"),
        ("seen 401\u00a0023\u00a02137 today", "numbers of patients"),
        ("seen 401\u2011023\u20112137 today", "numbers of patients"),
        ("NI AB 12 34 56 C", "National Insurance numbers"),
        ("PNC 2008/1234X", "police numbers of people"),
        ("UPN A12345678901B", "numbers of pupils"),
    ],
)
def test_one_cell_is_enough(note: str, what: str) -> None:
    found = find_people(["Organisation", "Notes"], [["Lantern Youth", note]])
    assert found is not None
    assert found.what == what
    assert not found.columns


@pytest.mark.parametrize("note", ["45/100K residents", "The hub was born 20 years ago", "943 476 5919"])
def test_rates_ages_and_examples_of_numbers_are_none(note: str) -> None:
    assert find_people(["Organisation", "Notes"], [["Lantern Youth", note]]) is None


def test_a_birthday_may_be_written_in_words() -> None:
    assert is_birthday("12/03/2009")
    assert is_birthday("2009-03-12")
    assert is_birthday("12 March 2009")
    assert is_birthday("3rd mar 2009")
    assert not is_birthday("12 March")
    assert not is_birthday("12 people 2009")
    rows = [["Jay Smith", "12 March 2009"], ["Mia Jones", "4 May 2010"]]
    assert find_people(rows[0], rows[1:]) is not None


@pytest.mark.parametrize(
    ("heading", "what"),
    [
        ("Tel", "telephone numbers"),
        ("Contact no.", "telephone numbers"),
        ("N.H.S. number", "NHS numbers"),
        ("NHS", "NHS numbers"),
        ("Year of birth", "dates of birth"),
        ("Mother’s first name", "names of people"),
        ("Parent's name", "names of people"),
        ("NHS trust", None),
        ("NHS region", None),
        ("Contact no further action", None),
        ("Area name", None),
        ("Crime ID", None),
    ],
)
def test_what_a_file_of_counts_has_no_heading_for(heading: str, what: str | None) -> None:
    plain = plain_heading(heading)
    assert next((words for pattern, words in NEVER_BESIDE_COUNTS if re.search(pattern, plain)), None) == what


def test_ten_figures_under_a_telephone_are_one() -> None:
    for heading in ("Tel", "Mobile", "Fax", "Contact number"):
        assert re.search(TELEPHONES, plain_heading(heading))
        assert find_people(["Organisation", heading], [["Lantern", "4010232137"]]) is None
    assert find_people(["Organisation", "Ref"], [["Lantern", "4010232137"]]) is not None
