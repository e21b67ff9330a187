"""Places come in whole, twice makes no difference, and what only the database knows stays."""

from importlib import resources
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from joinedup.places import loading
from joinedup.places.models import CodeChange, Membership, Outline, Place

SHIPPED = Path(str(resources.files("joinedup.data"))) / "london"


@pytest.mark.django_db
def test_the_shipped_places_come_in_and_twice_is_once() -> None:
    told: list[float] = []
    with CaptureQueriesContext(connection) as asked:
        loaded = loading.load(SHIPPED, told.append)
    # In batches: a query for each of some 20,000 rows is what would be slow. How slow: bench/places.py.
    assert len(asked) * 50 < loaded.places + loaded.changes + loaded.memberships + loaded.outlines
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert loading.load(SHIPPED) == loaded
    assert Place.objects.count() == loaded.places
    assert CodeChange.objects.count() == loaded.changes == 5016
    assert Membership.objects.count() == loaded.memberships
    assert Outline.objects.count() == loaded.outlines
    assert Place.objects.filter(kind="local_authority").count() == 33
    assert Place.objects.filter(kind="lsoa", ended__isnull=True).count() == 4994
    assert Outline.objects.filter(place__kind="ward").count() == Place.objects.filter(kind="ward").count()


@pytest.mark.django_db
def test_every_borough_has_a_force_a_board_and_a_partnership() -> None:
    loading.load(SHIPPED)
    for kind in ("police_force", "health_board", "safety_partnership"):
        assert Membership.objects.filter(kind=kind, place__kind="local_authority").count() == 33
    city = Membership.objects.get(place="E09000001", kind="police_force")
    camden = Membership.objects.get(place="E09000007", kind="police_force")
    assert city.code != camden.code


@pytest.mark.django_db
def test_shares_of_a_split_add_up_to_one() -> None:
    loading.load(SHIPPED)
    shares: dict[str, float] = {}
    for old, share in CodeChange.objects.values_list("old", "share"):
        shares[old] = shares.get(old, 0) + share
    assert all(abs(total - 1) < 1e-4 for total in shares.values())


@pytest.mark.django_db
def test_a_second_load_corrects_and_keeps(tmp_path: Path) -> None:
    Place.objects.create(code="E09000001", name="Old name", kind="local_authority", vintage=2011)
    Place.objects.create(code="W06000001", name="Elsewhere", kind="local_authority", vintage=2024)
    loading.load(SHIPPED)
    assert Place.objects.get(code="E09000001").name == "City of London"
    assert Place.objects.filter(code="W06000001").exists()


@pytest.mark.django_db
def test_a_damaged_file_changes_nothing(tmp_path: Path) -> None:
    for name in ("places.csv.gz", "changes.csv.gz", "memberships.csv.gz"):
        (tmp_path / name).write_bytes((SHIPPED / name).read_bytes())
    (tmp_path / "outlines_ward.json.gz").write_bytes(b"not gzip")
    with pytest.raises(OSError, match="gzip"):
        loading.load(tmp_path)
    assert Place.objects.count() == 0
