"""What an ask says: kind, thing, number, sum, day, and whether it says anything."""

from datetime import date

import pytest

from joinedup.engines.reading import ask_words
from tests.engines.reading.area import one, read

SAID = date(2026, 11, 12)


@pytest.mark.parametrize(
    ("given", "text", "kind"),
    [
        ("need", "", "need"),
        ("offer", "", "help"),
        ("Offers", "", "help"),
        ("", "We need two coaches", "need"),
        ("", "Our hall stands empty", None),
        ("", "Rooms stand empty, rent free", "help"),
        ("", "camera room volunteers", None),
        ("perhaps", "", None),
    ],
)
def test_kind(given: str, text: str, kind: str | None) -> None:
    assert ask_words.kind(given, text)[0] == kind


@pytest.mark.parametrize(
    ("given", "text", "what"),
    [
        ("room", "", "room"),
        ("Venue", "", "room"),
        ("", "A boiler, £6,000", "money"),
        ("", "Somebody to drive", "people"),
        ("", "Lifts to the club", "transport"),
        ("", "Twelve seats on the course", "places"),
        ("", "An apology.", None),
    ],
)
def test_what(given: str, text: str, what: str | None) -> None:
    assert ask_words.what(given, text)[0] == what


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Nine places remain on the course.", 9),
        ("Two of our community rooms stand shut.", 2),
        ("Ten free memberships, gloves found.", 10),
        ("We have six free days before March.", 6),
        ("Seven empty seats, sixteen to twenty-four.", 7),
        ("Two more youth workers on a Friday.", 2),
        ("A room, two afternoons a week.", None),
        ("A therapist for two days.", None),
        ("Places on the two-day course.", None),
        ("The van is free from half past four every day.", None),
        ("What four hundred young people told us.", None),
        ("Not a one-way ticket.", None),
        ("The quote is £46,000 for columns.", None),
        ("Six weeks of places.", None),
        ("Free tickets, apply ten days ahead.", None),
    ],
)
def test_number(text: str, number: float | None) -> None:
    assert ask_words.number(text) == number


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("Six free days before March", date(2027, 2, 28)),
        ("Ask by 12 January", date(2027, 1, 12)),
        ("Ask by Feb, two pages", date(2027, 2, 28)),
        ("Nine places on the January course", date(2027, 1, 31)),
        ("The post ends in March", date(2027, 3, 31)),
        ("The grant stops at Christmas; £9,000 would carry us to the summer", date(2026, 12, 25)),
        ("Half a day spare until July", date(2027, 7, 31)),
        ("We lost the promise of one in April", None),
        ("It was meant in March", None),
        ("Somebody on Fridays", None),
        ("May we ask for a room", None),
    ],
)
def test_until(text: str, until: date | None) -> None:
    assert ask_words.until(text, SAID) == until


@pytest.mark.parametrize(
    ("text", "what", "amount"),
    [
        ("The quote is £46,000, my budget £31,000", "money", 46000),
        ("Twenty-two thousand to run it", "money", 22000),
        ("Four hundred young people", "money", None),
        ("Since 2023", "money", None),
        ("Twelve hundred leaflets", "other", None),
    ],
)
def test_amount(text: str, what: str, amount: float | None) -> None:
    assert ask_words.amount(text, what) == amount


def test_no_day_without_the_day_it_was_said() -> None:
    assert ask_words.until("before March", None) is None


@pytest.mark.parametrize(
    ("text", "empty"),
    [
        ("Nothing at present.", True),
        ("no", True),
        ("-", True),
        ("", True),
        ("Dim byd", True),
        ("Nothing but a kettle", False),
        ("A helicopter, minuted as requested.", False),
        ("We would like to be told before, not after.", False),
    ],
)
def test_empty(text: str, empty: bool) -> None:
    assert ask_words.is_empty(text) is empty


def test_a_whole_ask() -> None:
    text = "Boiler's gone, £6,800, before February please."
    row = one(
        read(
            asks=[
                {
                    "id": "A",
                    "partner": "B2",
                    "kind": "need",
                    "what": "money",
                    "text": text,
                    "said_on": "2026-11-12",
                }
            ]
        ).asks,
        "A",
    )
    assert (row["amount"], row["number"], row["until"], row["empty"]) == (
        6800.0,
        None,
        date(2027, 1, 31),
        False,
    )
