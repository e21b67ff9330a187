"""Places come in whole, twice makes no difference, and what only the database knows stays."""

from pathlib import Path

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from joinedup.places import loading
from joinedup.places.models import CodeChange, Membership, Outline, Place
from joinedup.places.shipped import SHIPPED, read_parts
from tests.places.shipped import CITY, MET

RUTLAND = "E06000017"


@pytest.mark.django_db
def test_the_country_comes_in_and_twice_is_once() -> None:
    told: list[float] = []
    with CaptureQueriesContext(connection) as asked:
        loaded = loading.load(progress=told.append)
    assert len(asked) < 30
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert loading.load() == loaded
    assert Place.objects.count() == loaded.places
    assert Membership.objects.count() == loaded.memberships
    assert Outline.objects.count() == loaded.outlines == 318 + 21
    kinds = {kind: Place.objects.filter(kind=kind).count() for kind in Place.Kind.values}
    assert kinds == {
        "country": 2,
        "region": 9,
        "police_force": 43,
        "county": 21,
        "local_authority": 318,
        "ward": 0,
        "lsoa": 0,
    }


def test_saints_are_written_one_way() -> None:
    """The look-ups have St Albans and St. Helens."""
    wide, wards = pl.read_csv(SHIPPED / "areas.csv.gz", infer_schema=False), read_parts("E23000004")[0]
    names = [*wide["name"], *wards["name"]]
    assert "St Helens" in names
    assert [name for name in names if "St. " in name] == []


@pytest.mark.django_db
def test_wards_and_neighbourhoods_come_in_where_somebody_works() -> None:
    loading.load()
    with CaptureQueriesContext(connection) as asked:
        loaded = loading.load_parts([MET, CITY])
    # In batches: a query for each of some 20,000 rows is what would be slow. How slow: bench/places.py.
    assert len(asked) * 50 < loaded.places + loaded.changes + loaded.outlines
    assert loading.load_parts([MET, CITY]) == loaded
    assert CodeChange.objects.count() == loaded.changes
    assert Place.objects.filter(kind="lsoa", ended__isnull=True).count() == 4994
    assert (
        Outline.objects.filter(place__kind="ward").count() == Place.objects.filter(kind="ward").count() == 684
    )
    assert loading.forces_with_parts() == {MET, CITY}
    shares: dict[str, float] = {}
    for old, share in CodeChange.objects.values_list("old", "share"):
        shares[old] = shares.get(old, 0) + share
    assert all(abs(total - 1) < 1e-4 for total in shares.values())


@pytest.mark.django_db
def test_around_an_authority_comes_its_whole_police_force_area() -> None:
    loading.load()
    rutland = Place.objects.filter(pk=RUTLAND)
    assert loading.load_parts_around(rutland) == {"E23000021"}
    assert Place.objects.filter(kind="ward", parent="E06000016").count() > 15
    assert loading.load_parts_around(rutland) == set()
    county = Place.objects.filter(pk="E10000018")
    assert loading.load_parts_around(county) == set()


@pytest.mark.django_db
def test_everybody_has_a_force_a_board_a_fire_service_and_a_partnership() -> None:
    loading.load()
    for kind in ("police_force", "health_board", "safety_partnership", "fire"):
        rows = Membership.objects.filter(kind=kind)
        assert rows.values("place").distinct().count() == 318
        # Of an authority that was made of several, several safety partnerships are left.
        assert (rows.count() == 318) is (kind != "safety_partnership")
    forces = dict(Membership.objects.filter(kind="police_force").values_list("place", "code"))
    assert forces["E09000001"] == CITY
    assert forces["E09000007"] == MET
    districts = Place.objects.filter(parent="E10000018", kind="local_authority")
    assert districts.count() == 7


@pytest.mark.django_db
def test_a_second_load_corrects_and_keeps() -> None:
    Place.objects.create(code="E09000001", name="Old name", kind="local_authority", vintage=2011)
    Place.objects.create(code="E06999999", name="Elsewhere", kind="local_authority", vintage=2024)
    loading.load()
    assert Place.objects.get(code="E09000001").name == "City of London"
    assert Place.objects.filter(code="E06999999").exists()


@pytest.mark.django_db
def test_a_damaged_file_changes_nothing(tmp_path: Path) -> None:
    for name in ("areas.csv.gz", "memberships.csv.gz"):
        (tmp_path / name).write_bytes((SHIPPED / name).read_bytes())
    (tmp_path / "outlines_wide.json.gz").write_bytes(b"not gzip")
    with pytest.raises(OSError, match="gzip"):
        loading.load(tmp_path)
    assert Place.objects.count() == 0
