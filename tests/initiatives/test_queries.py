"""What other rooms ask about local action."""

import datetime
from typing import Any

import pytest

from joinedup.accounts.person import PUBLIC, Person
from joinedup.initiatives.models import Initiative
from joinedup.initiatives.queries import WHEN, initiatives_for_place, standing
from joinedup.partners.models import Partner
from joinedup.partners.queries import partners_for_place, partners_of_footprint
from joinedup.places.models import Place
from tests.initiatives.making import make_initiative
from tests.world import World

ON = datetime.date(2018, 10, 8)
DAY = datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        (None, None, "running"),
        (ON, None, "running"),
        (None, ON, "running"),
        (ON, ON, "running"),
        (ON + DAY, None, "planned"),
        (ON + DAY, ON + DAY, "planned"),
        (None, ON - DAY, "ended"),
        (ON - DAY, ON - DAY, "ended"),
    ],
)
def test_the_database_and_the_page_agree_on_what_runs(
    world: World, starts: datetime.date | None, ends: datetime.date | None, expected: str
) -> None:
    initiative = make_initiative("Any", world.lantern, starts=starts, ends=ends)
    assert standing(initiative, ON) == expected
    met = {name for name, rule in WHEN.items() if Initiative.objects.filter(rule(ON)).exists()}
    assert met == {expected}


def test_a_place_is_met_by_its_parts_and_by_what_it_lies_in(world: World) -> None:
    for name, place in (
        ("Ward", world.ward),
        ("Borough", world.northton),
        ("Region", Place.objects.get(code="E12000099")),
        ("Elsewhere", world.southton),
    ):
        make_initiative(name, world.lantern).places.add(place)
    make_initiative("Nowhere", world.lantern)

    def names(place: Place, **when: Any) -> list[str]:
        return [i.name for i in initiatives_for_place(PUBLIC, place, **when)]

    assert names(world.ward) == ["Borough", "Region", "Ward"]
    assert names(world.northton) == ["Borough", "Region", "Ward"]
    assert names(world.eastton) == ["Region"]
    assert names(Place.objects.get(code="E12000099")) == ["Borough", "Elsewhere", "Region", "Ward"]
    Initiative.objects.filter(name="Ward").update(ends=ON - DAY)
    assert names(world.ward, on=ON) == ["Borough", "Region"]


def test_only_what_the_reader_may_see(world: World, django_assert_num_queries: Any) -> None:
    make_initiative("Shared", world.lantern, marking="partnership").places.add(world.northton)
    assert list(initiatives_for_place(PUBLIC, world.northton)) == []
    bob = world.person("bob")
    with django_assert_num_queries(4):
        assert len(initiatives_for_place(bob, world.northton)) == 1
    with django_assert_num_queries(3):
        partners = list(partners_for_place(bob, world.northton))
    assert partners == [world.school, world.lantern, world.police]
    assert list(partners_for_place(PUBLIC, world.northton)) == []
    assert list(partners_of_footprint(bob, world.north)) == partners
    assert list(partners_of_footprint(bob, world.south)) == []
    assert set(partners_of_footprint(Person.operator(), world.south)) == {world.harbour}
    assert Partner.objects.count() == 4
