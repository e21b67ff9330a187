"""What a cell says, the British way."""

import datetime

import pytest

from joinedup.spreadsheets import cells
from joinedup.spreadsheets.sectors import DOMAINS, SAID, WORDS, guess_sector

DAY = datetime.date


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("8/10/2018", DAY(2018, 10, 8)),
        ("08.10.18", DAY(2018, 10, 8)),
        ("08/10/2018 00:00:00", DAY(2018, 10, 8)),
        ("2018-10-08", DAY(2018, 10, 8)),
        ("8 October 2018", DAY(2018, 10, 8)),
        ("8th Oct 2018", DAY(2018, 10, 8)),
        ("Sept 2018", DAY(2018, 9, 1)),
        ("2018", DAY(2018, 1, 1)),
        ("ongoing", None),
        ("TBC", None),
        ("", None),
    ],
)
def test_dates(text: str, day: datetime.date | None) -> None:
    assert cells.british_date(text) == day


def test_a_month_or_a_year_ends_on_its_last_day() -> None:
    assert cells.british_date("February 2024", end=True) == DAY(2024, 2, 29)
    assert cells.british_date("2024", end=True) == DAY(2024, 12, 31)


@pytest.mark.parametrize(
    "text", ["10/13/2018", "31/2/2018", "soon", "0 October 2018x", "12", "8 Octember 2018"]
)
def test_what_is_no_date_is_a_problem(text: str) -> None:
    with pytest.raises(ValueError, match="is not a date"):
        cells.british_date(text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("£5,000", 5000),
        ("5k", 5000),
        ("£1.2m", 1_200_000),
        ("up to £500", 500),
        ("£5,000 to £25,000", None),
        ("tbc", None),
    ],
)
def test_amounts(text: str, amount: int | None) -> None:
    assert cells.pounds(text) == amount


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("10-17", (10, 17)),
        ("10 to 17 years", (10, 17)),
        ("16+", (16, None)),
        ("under 18", (None, 17)),
        ("all", (None, None)),
        ("12", (12, 12)),
    ],
)
def test_ages(text: str, found: tuple[int | None, int | None]) -> None:
    assert cells.ages(text) == found


@pytest.mark.parametrize(("text", "said"), [("Yes", True), ("n", False), ("", None), ("x", True)])
def test_yes_and_no(text: str, said: bool | None) -> None:
    assert cells.yes_no(text) is said


def test_numbers_addresses_and_their_problems() -> None:
    assert cells.whole_number("about 1,200") == 1200
    assert cells.email("A Person <A.Person@Example.org>") == "a.person@example.org"
    assert cells.web_address("example.org/page") == "https://example.org/page"
    for reader, text in [
        (cells.whole_number, "many"), (cells.email, "a person"), (cells.web_address, "no page"),
        (cells.pounds, "lots"), (cells.ages, "young"), (cells.yes_no, "perhaps"),
    ]:  # fmt: skip
        with pytest.raises(ValueError, match=f"“{text}” is"):
            reader(text)


def test_lists_keep_names_that_hold_a_comma() -> None:
    known = {"suspension, exclusion, managed moves": 1, "mentoring and a trusted adult": 2, "safe places": 3}
    assert cells.several("Safe places, Suspension, exclusion, managed moves", known, "theme") == [3, 1]
    assert cells.several("Mentoring & a trusted adult; safe places\nSafe places", known, "theme") == [2, 3]
    with pytest.raises(
        ValueError, match=r"“Safe place” is not a theme known here\. Did you mean “safe places”"
    ):
        cells.several("Safe place", {"safe places": "safe places"}, "theme")


ALL = {slug for slug, _ in [*WORDS, *DOMAINS]} | set(SAID.values())


@pytest.mark.parametrize(
    ("name", "sector"),
    [
        ("Hilltop Primary School", "education"),
        ("Whittington Health NHS Trust", "health"),
        ("Metropolitan Police Service", "police"),
        ("London Borough of Islington", "local_authority"),
        ("Riverside Homes", "housing"),
        ("Islington Youth Justice Service", "youth_justice"),
        ("Islington Council: children’s social care", "social_care"),
        ("Northton Youth Council", "young_people"),
        ("London Fire Brigade", "fire"),
        ("Probation Service – London region", "probation"),
        ("Violence Reduction Unit", "vru"),
        ("Lantern Youth Club", "vcs"),
        ("Zebra", ""),
    ],
)
def test_sectors_guessed_from_names(name: str, sector: str) -> None:
    assert guess_sector(name, "", ALL) == sector


def test_sectors_guessed_from_addresses_and_only_those_kept_here() -> None:
    assert guess_sector("Zebra", "a@zebra.sch.uk", ALL) == "education"
    assert guess_sector("Zebra", "a@met.police.uk", ALL) == "police"
    assert guess_sector("London Fire Brigade", "", {"police"}) == ""
