"""Finding a place, and what lies above and below it."""

from typing import Any

import pytest

from joinedup.places import queries
from joinedup.places.models import Place
from tests.world import World


@pytest.fixture
def small(world: World) -> World:
    """The small world with a neighbourhood, a retired one, and names that like to be confused."""
    Place.objects.create(code="E01099901", name="Northton 001A", kind="lsoa", parent=world.ward, vintage=2021)
    Place.objects.create(
        code="E01099900", name="Northton 001", kind="lsoa", parent=world.northton, vintage=2011, ended=2021
    )
    Place.objects.create(code="E05099902", name="Mill Hill", kind="ward", parent=world.southton, vintage=2024)
    Place.objects.create(
        code="E05099903", name="Windmill and Lane", kind="ward", parent=world.southton, vintage=2024
    )
    Place.objects.create(code="E23000099", name="Mill Police", kind="police_force", vintage=2024)
    return world


def names(places: list[Place]) -> list[str]:
    return [place.name for place in places]


def test_above_and_below(small: World, django_assert_num_queries: Any) -> None:
    hood = Place.objects.get(code="E01099901")
    with django_assert_num_queries(1):
        assert names(queries.ancestors(hood)) == ["Mill Ward", "Northton", "Testland"]
    region = small.northton.parent
    assert region is not None
    with django_assert_num_queries(1):
        below = {place.code for place in queries.descendants(region)}
    assert "E01099901" in below
    assert "E01099900" not in below  # it ended
    assert names(list(queries.parts(small.northton))) == ["Mill Ward"]
    assert names(list(queries.parts(region))) == ["Eastton", "Northton", "Southton"]


def test_a_neighbourhood_leads_to_its_ward_or_borough(small: World, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert queries.with_page("E01099901") == small.ward
    assert queries.with_page("E01099900") == small.northton
    assert queries.with_page("E05099901") == small.ward
    assert queries.with_page("E23000099") is None
    assert queries.with_page("nonsense") is None


def test_find_by_name_exact_first(small: World, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert names(queries.find("mill")) == ["Mill Hill", "Mill Ward", "Windmill and Lane"]
    assert names(queries.find("  MILL   WARD ")) == ["Mill Ward"]
    assert names(queries.find("windmill & lane")) == ["Windmill and Lane"]
    assert names(queries.find("mill", limit=1)) == ["Mill Hill"]


@pytest.mark.parametrize("text", ["", "   ", "%", "_", "' OR 1=1 --", "x" * 5000, "E09999999", "N1 9GU"])
def test_find_what_is_not_there(small: World, text: str) -> None:
    assert queries.find(text) == []


def test_find_by_code(small: World) -> None:
    assert names(queries.find("e05099901")) == ["Mill Ward"]
    assert names(queries.find("E01099901")) == ["Mill Ward"]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("N1", True), ("sw9 8ab", True), ("EC1A", True), ("E17 4", True), ("Mill", False), ("E05099901", False)],
)
def test_a_postcode_is_known_when_seen(text: str, is_one: bool) -> None:
    assert queries.looks_like_a_postcode(text) is is_one


def test_code_frames(small: World, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        places, changes = queries.code_frames()
    assert places.filter(code="E01099900")["ended"].to_list() == [2021]
    assert changes.columns == ["old", "new", "share"]
