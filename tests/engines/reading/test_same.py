"""Records that stand twice, and those that only look like it."""

import pytest

from joinedup.engines.reading.same import alike
from tests.engines.reading.area import ALDER, MILL, WESTBROOK, one, read


@pytest.mark.parametrize(
    ("one_name", "other"),
    [
        ("Lanternside youth club", "Lantern Side Youth Club"),
        ("The Rowan Trust Ltd", "Rowan Trust"),
        ("N. Westbrook families", "North Westbrook Families charity"),
        ("Rowan mentoring project", "Rowan mentorign project"),
    ],
)
def test_alike(one_name: str, other: str) -> None:
    assert alike(one_name, other) >= 0.92


@pytest.mark.parametrize(
    ("one_name", "other"),
    [
        ("Rowan boxing gym", "Rowan Amateur Boxing Club"),
        ("Boys' group Mill End", "Girls' group Mill End"),
        ("Ward 3 residents", "Ward 4 residents"),
        ("North locality team", "South locality team"),
        ("City youth justice service", "County youth justice service"),
        ("", "Rowan"),
    ],
)
def test_not_alike(one_name: str, other: str) -> None:
    assert alike(one_name, other) < 0.92


BODIES = [
    {
        "id": "P1",
        "name": "Lanternside youth club",
        "sector": "vcs",
        "places": MILL,
        "does": "Pool, food, homework.",
    },
    {"id": "P2", "name": "Lantern Side Youth Club", "sector": "vcs", "places": ""},
    {"id": "P3", "name": "Lantern-side youth club", "sector": "vcs", "places": ALDER},
    {"id": "P4", "name": "Lanternside Youth Club", "sector": "housing", "places": WESTBROOK},
]


def test_the_fuller_record_stands() -> None:
    register = read(partners=BODIES)
    assert register.partners["same_as"].to_list() == [None, "P1", None, None]
    assert one(register.partners, "P2")["places"] == [MILL]  # what the double says


def test_actions_and_asks_of_a_doubled_body() -> None:
    register = read(
        partners=BODIES[:2],
        initiatives=[
            {
                "id": "I1",
                "name": "Evenings",
                "what": "Pool, supper and a homework table.",
                "partner": "P1",
                "themes": "positive-activities",
                "reach": "40",
            },
            {
                "id": "I2",
                "name": "Club nights",
                "what": "Pool and homework.",
                "partner": "P2",
                "themes": "positive-activities",
            },
            {
                "id": "I3",
                "name": "Trips",
                "what": "Away days.",
                "partner": "P2",
                "themes": "positive-activities",
            },
        ],
        asks=[
            {
                "id": "A1",
                "partner": "P1",
                "kind": "need",
                "what": "people",
                "text": "Two more workers on a Friday, one a woman.",
            },
            {"id": "A2", "partner": "P2", "kind": "need", "what": "people", "text": "More staff Fridays."},
            {"id": "A3", "partner": "P2", "kind": "help", "what": "people", "text": "Staff free on Fridays."},
        ],
    )
    assert register.initiatives["same_as"].to_list() == [None, "I1", None]
    assert register.asks["same_as"].to_list() == [None, "A1", None]


def test_two_asks_of_one_body_are_two_unless_word_for_word() -> None:
    ask = {"partner": "B1", "kind": "need", "what": "money", "text": "A roof."}
    register = read(
        asks=[{"id": "A1", **ask}, {"id": "A2", **ask, "text": "A roof for the shed."}, {"id": "A3", **ask}]
    )
    assert register.asks["same_as"].to_list() == [None, None, "A1"]
