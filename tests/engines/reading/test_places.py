"""Places as people name them, and the near misses."""

import pytest

from tests.engines.reading.area import (
    ALDER,
    BODIES,
    COUNTRY,
    COUNTY,
    ELLIS,
    FAR,
    FORCE,
    GREEN_A,
    GREEN_W,
    KIRK,
    MARY,
    MILL,
    NORTH_QUAY,
    REGION,
    SOUTH_QUAY,
    WESTBROOK,
    guess,
    one,
    read,
)


def where(cell: str, partner: str = "B1") -> tuple[list[str], bool]:
    """The places of an ask of a body: codes, and whether exact."""
    row = one(
        read(asks=[{"id": "A", "partner": partner, "kind": "need", "text": "Boots", "places": cell}]).asks,
        "A",
    )
    return row["places"], row["exact_place"]


@pytest.mark.parametrize(
    ("cell", "codes", "exact"),
    [
        (MILL, [MILL], True),
        (WESTBROOK, [WESTBROOK], False),
        ("mill end", [MILL], True),
        ("Mill End ward", [MILL], True),
        ("Millend", [MILL], True),
        ("Mill Ende", [MILL], True),
        ("Mill End; Kirkholme", [MILL, KIRK], True),
        ("Westbrook or Port Ellis", [WESTBROOK, ELLIS], False),
        ("Alder and Thorne", [ALDER], False),
        ("Thorne", [ALDER], True),
        ("Port Ellis City Council", [ELLIS], False),
        ("St Mary's and Canal Bank", [MARY], True),
        ("Canal Bank", [MARY], True),
        ("Quayside", [NORTH_QUAY, SOUTH_QUAY], True),
        ("Quayside North", [NORTH_QUAY], True),
        ("Westbrook bus station", [WESTBROOK], True),
        ("Thorne town", [ALDER], True),
        ("Mill End Road", [MILL], True),
        ("north Westbrook", [WESTBROOK], False),
        ("Greenhill, Thorne", [GREEN_A], True),
        ("The Rec, Kirkholme", [ELLIS], True),
        ("a home in Kirkholme or online", [KIRK], True),
        ("Fenshire", [COUNTY], False),
        ("Fenshire force area", [FORCE], False),
        ("London", [REGION], False),
    ],
)
def test_read(cell: str, codes: list[str], exact: bool) -> None:
    assert where(cell) == (codes, exact)


@pytest.mark.parametrize(
    "cell", ["the estates", "Mill", "Quay", "North", "E99999999", "London Road", "within 20 miles", "End"]
)
def test_not_read_but_left_to_the_body(cell: str) -> None:
    both = {"id": "Q", "name": "Y", "places": f"{WESTBROOK};{ALDER}"}
    ask = {"id": "A", "partner": "Q", "kind": "need", "text": "Boots", "places": cell}
    register = read(partners=[*BODIES, both], asks=[ask])
    assert one(register.asks, "A")["places"] == sorted([WESTBROOK, ALDER])
    assert (None, "places") in {(read_as, "places") for read_as, _ in guess(register, "A", "places")}


def test_of_two_wards_of_one_name_the_one_in_the_bodys_own_authorities() -> None:
    assert where("Greenhill", "B1") == ([GREEN_W], True)
    assert where("Greenhill", "B2") == ([GREEN_A], True)
    assert where("Greenhill", "B3") == ([ELLIS], False)  # cannot be told: its body's authority


def test_something_wider_covers_the_registers_own_authorities() -> None:
    partners = [
        *BODIES,
        {"id": "P", "name": "X", "places": "Fenshire"},
        {"id": "Q", "name": "Y", "places": "England"},
    ]
    register = read(partners=partners)
    assert one(register.partners, "P")["authorities"] == sorted([WESTBROOK, ALDER])
    assert one(register.partners, "Q")["authorities"] == sorted([WESTBROOK, ALDER, ELLIS])
    assert (one(register.partners, "P")["wide"], one(register.partners, "Q")["wide"]) == (False, True)
    assert one(register.partners, "Q")["places"] == [COUNTRY]


def test_a_neighbour_is_read_by_its_name() -> None:
    register = read(partners=[*BODIES, {"id": "P", "name": "X", "places": f"{WESTBROOK};Farleigh"}])
    assert one(register.partners, "P")["authorities"] == [WESTBROOK, FAR]


def test_a_town_is_where_its_use_says() -> None:
    bodies = [*BODIES, {"id": "P", "name": "X", "places": WESTBROOK, "base": "Oldbridge"}]
    ask = {"id": "A", "partner": "Q", "kind": "need", "text": "Boots", "places": "Oldbridge"}
    both = {"id": "Q", "name": "Y", "places": f"{WESTBROOK};{ALDER}"}
    register = read(partners=[*bodies, both], asks=[ask])
    assert one(register.asks, "A")["places"] == [WESTBROOK]
    assert one(register.asks, "A")["exact_place"]
    chosen = {**ask, "partner": "B2", "places": "Newbridge"}
    register = read(partners=bodies, asks=[chosen])
    assert (None, "place not known") in guess(register, "A", "places")  # one body's choice of a place
    other = {"id": "R", "name": "Z", "places": ALDER, "base": "Oldbridge"}
    register = read(partners=[*bodies, both, other], asks=[ask])
    assert guess(register, "A", "places")[0][0] != WESTBROOK  # its uses disagree


def test_places_of_an_action_from_its_name_then_from_its_body() -> None:
    rows = [
        {"id": "I1", "name": "Youth bus, Port Ellis", "partner": "B1"},
        {"id": "I2", "name": "Youth bus", "partner": "B1"},
    ]
    register = read(initiatives=rows)
    assert one(register.initiatives, "I1")["places"] == [ELLIS]
    assert one(register.initiatives, "I2")["places"] == [WESTBROOK]
    assert register.initiatives["places_given"].to_list() == [False, False]


@pytest.mark.parametrize(
    ("base", "code"),
    [("Kirkholme", KIRK), ("Westbrook", WESTBROOK), ("no fixed base", None), ("Elsewhere House", None)],
)
def test_base(base: str, code: str | None) -> None:
    register = read(
        partners=[*BODIES, {"id": "P", "name": "X", "places": f"{WESTBROOK};{ALDER}", "base": base}]
    )
    assert one(register.partners, "P")["base"] == code


@pytest.mark.parametrize(
    ("places", "who", "everywhere", "elsewhere"),
    [
        ("England", "Charities", True, False),
        ("London", "Charities", True, False),
        ("Wales", "Welsh partners", False, True),
        ("England and Wales", "Charities", True, False),
        ("England", "Charities in coastal towns", False, True),
        ("England", "Charities in rural districts", True, False),
        ("Yorkshire", "Charities", False, True),
        ("Farleigh", "Charities", False, True),
        ("", "Charities", True, False),
        ("Mill End", "Charities", False, False),
        ("affected areas", "Charities", False, False),
    ],
)
def test_where_support_may_be_used(places: str, who: str, everywhere: bool, elsewhere: bool) -> None:
    support = {"id": "S", "name": "Fund", "kind": "fund", "who_may_use": who, "places": places}
    row = one(read(support=[support]).support, "S")
    assert (row["everywhere"], row["elsewhere"]) == (everywhere, elsewhere)
