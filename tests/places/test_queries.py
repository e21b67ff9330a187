"""Finding a place, and what lies above and below it."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from joinedup.places import queries
from joinedup.places.models import Membership, Place, Succession
from joinedup.places.postcodes import bring_in_postcodes
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


def test_what_lies_in_a_police_force_area(small: World) -> None:
    force = Place.objects.get(pk="E23000099")
    Membership.objects.all().delete()
    Membership.objects.create(place=small.northton, kind="police_force", code=force.pk, name=force.name)
    assert names(list(queries.parts(force))) == ["Northton"]
    assert {place.code for place in queries.descendants(force)} == {
        small.northton.pk,
        small.ward.pk,
        "E01099901",
    }


def test_touching_is_within_or_around(small: World, django_assert_num_queries: Any) -> None:
    force = Place.objects.get(pk="E23000099")
    Membership.objects.all().delete()
    Membership.objects.create(place=small.northton, kind="police_force", code=force.pk, name=force.name)
    for place in Place.objects.all():
        around = {place.pk, *(each.pk for each in queries.ancestors(place))}
        around |= {each.pk for each in queries.descendants(place)}
        is_force, has_above = place.kind == Place.Kind.POLICE_FORCE, place.parent_id is not None
        with django_assert_num_queries(is_force + has_above):
            (found,) = queries.touching(place, "place")
        # A membership stands for whatever leads to a place.
        Membership.objects.filter(kind="fire").delete()
        Membership.objects.bulk_create(
            Membership(place=each, kind="fire", code="F", name="F") for each in Place.objects.all()
        )
        reached = Membership.objects.filter(found, kind="fire").values_list("place", flat=True)
        assert set(reached) == around, place


def test_a_neighbourhood_leads_to_its_ward_or_borough(small: World, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert queries.with_page("E01099901") == small.ward
    assert queries.with_page("E01099900") == small.northton
    assert queries.with_page("E05099901") == small.ward
    assert queries.with_page("E23000099") == Place.objects.get(pk="E23000099")
    assert queries.with_page("nonsense") is None


def test_find_by_name_exact_first(small: World, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        assert names(queries.find("mill")) == ["Mill Police", "Mill Hill", "Mill Ward", "Windmill and Lane"]
    assert names(queries.find("  MILL   WARD ")) == ["Mill Ward"]
    assert names(queries.find("windmill & lane")) == ["Windmill and Lane"]
    assert names(queries.find("mill", limit=1)) == ["Mill Police"]


@pytest.mark.parametrize(
    "text", ["", "   ", "%", "_", "' OR 1=1 --", "x" * 5000, "E09999999", "N1 9GU", "Nowhere at all"]
)
def test_find_what_is_not_there(small: World, text: str) -> None:
    assert queries.find(text) == []


def test_find_what_is_spelt_nearly_so(small: World) -> None:
    Place.objects.create(
        code="E05099904", name="King's Cross", kind="ward", parent=small.southton, vintage=2024
    )
    Place.objects.create(code="E09000019", name="Islington", kind="local_authority", vintage=2024)
    assert names(queries.find("Kings Cross")) == ["King's Cross"]
    assert names(queries.find("kings cross")) == ["King's Cross"]
    assert names(queries.find("islingtn")) == ["Islington"]
    assert names(queries.find("Wind mill and Lane")) == ["Windmill and Lane"]
    assert queries.find("islamabad") == []
    assert queries.find("mxl") == []


def test_find_by_postcode(small: World, django_assert_num_queries: Any) -> None:
    Place.objects.create(code="E09000019", name="Islington", kind="local_authority", vintage=2024)
    Place.objects.create(code="E09000007", name="Camden", kind="local_authority", vintage=2024)
    with django_assert_num_queries(1):
        assert names(queries.find("N7")) == ["Islington", "Camden"]
    for text in ("n7", "N7 6", "N7 6PA", "n76pa", " N7  6PA "):
        assert names(queries.find(text)) == ["Islington", "Camden"], text
    Place.objects.create(code="E06000016", name="Leicester", kind="local_authority", vintage=2024)
    assert names(queries.find("LE1 4")) == ["Leicester"]
    assert queries.find("ZZ9 9ZZ") == []


def test_a_whole_postcode_finds_its_ward_where_the_lookup_is_kept(
    small: World, settings: Any, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    lookup = tmp_path / "NSPL.csv"
    lookup.write_text("pcds,laua,lsoa21\nN7 6PA,E09000019,E01099901\nBT1 1AA,N09000003,95GG01\n", "utf-8")
    assert queries.find("N7 6PA") == []
    assert bring_in_postcodes(lookup) == 1
    assert names(queries.find("n7 6pa")) == names(queries.find("N76PA")) == ["Mill Ward"]
    assert queries.find("N7") == []  # half of one is no neighbourhood
    other = tmp_path / "other.csv"
    other.write_text("pcds,town\nN7 6PA,London\n", "utf-8")
    with pytest.raises(ValidationError, match="not the postcode lookup"):
        bring_in_postcodes(other)
    with pytest.raises(ValidationError, match="cannot be read"):
        bring_in_postcodes(tmp_path / "none.csv")
    # What was kept before stays.
    assert names(queries.find("N7 6PA")) == ["Mill Ward"]
    assert not list(tmp_path.glob(".partial-*"))


def test_what_to_choose_from_is_where_somebody_works(small: World) -> None:
    around = set(names(list(queries.worked_in())))
    assert {"Northton", "Testland"} <= around
    assert "Mill Ward" not in around
    small.north.places.clear()
    small.south.places.clear()
    assert {place.kind for place in queries.worked_in()} == {"region"}


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
    with django_assert_num_queries(3):
        places, changes = queries.code_frames()
    assert places.filter(code="E01099900")["ended"].to_list() == [2021]
    assert changes.columns == ["old", "new", "share"]


def test_an_old_name_or_code_finds_what_became_of_it(small: World, django_assert_num_queries: Any) -> None:
    day = datetime.date(2023, 4, 1)
    for old, name in (("E07099801", "Harbourgate"), ("E07099802", "Mill Hill")):
        Succession.objects.create(
            old=old, old_name=name, kind="local_authority", new="E09000992", new_name="Eastton", day=day,
            source="an order", carried_out_on=day,
        )  # fmt: skip
    for text in ("harbourgate", "E07099801", "City of Harbourgate"):
        (found,) = queries.find(text)
        assert (found.pk, found.led_here) == (
            "E09000992",
            "Harbourgate is part of Eastton since 1 April 2023",
        )
    # What is called so today comes first.
    assert names(queries.find("Mill Hill")) == ["Mill Hill", "Eastton"]
    Succession.objects.update(carried_out_on=None)
    assert queries.find("harbourgate") == []
