"""Which records are asked about as one body: identifiers first, names second; a table of pairs with right values.

The pairs were drawn from how names of bodies really differ: legal forms, articles, “&”, saints, apostrophes, short
forms, order, slips of the pen; and from what bodies that merely share words are called: branches, boroughs, schools,
directions.
What is known to be asked although it is two: plurals and slips that make another word (Mind, Minds; carers, careers).
"""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from joinedup.engines.reading.same import alike
from joinedup.partners.duplicates import ALIKE, near_pairs, say_two_bodies, take_back_two_bodies
from joinedup.partners.models import Partner, TwoBodies
from joinedup.partners.succession import succeed_partner
from tests.world import World, make_partner

ONE = [
    ("St Marys Youth Club", "Saint Mary's Youth Club CIC"),
    ("St Marys Youth Club", "St. Mary's Youth Club Ltd"),
    ("Saint Mary's Youth Club CIC", "St. Mary's Youth Club Ltd"),
    ("Lantern Youth", "Lantern Youth Limited"),
    ("Lantern Youth", "The Lantern Youth"),
    ("Lantern Youth", "LANTERN YOUTH CIO"),
    ("Lantern Youth C.I.C.", "Lantern Youth"),
    ("Bread & Roses", "Bread and Roses"),
    ("Bread & Roses Ltd.", "The Bread and Roses Charity"),
    ("Mind Over Matter", "Mind-Over-Matter"),
    ("Youth Club of Northton", "Northton Youth Club"),
    ("Northton Youth Assoc.", "Northton Youth Association"),
    ("Nth Northton Community Ctr", "North Northton Community Centre"),
    ("Northton YC", "Northton Youth Club"),
    ("O'Hara Foundation", "OHara Foundation"),
    ("O’Hara Foundation", "O'Hara Foundation"),
    ("Riverside Boxing Academy", "Riverside Boxing Acadamy"),
    ("Riverside Boxing Academy", "Boxing Academy Riverside"),
    ("Street Doctors", "StreetDoctors"),
    ("London Borough of Northton", "Northton Council"),
    ("Northton Borough Council", "LB Northton"),
    ("Met Police", "Metropolitan Police Service"),
    ("Testshire Constabulary", "Testshire Police"),
    ("Café Hope", "Cafe Hope"),
    ("Hilltop Sch", "Hilltop School"),
    ("Hope Community Interest Company", "Hope CIC"),
    ("Eastton Rd Centre", "Eastton Road Centre"),
    ("Trustees of the Lantern Trust", "The Lantern Trust"),
    ("Lantern Trust (registered charity 1084122)", "Lantern Trust"),
    ("Northton Women's Centre", "Northton Womens Center"),
    ("Help Legion plc", "Help Legion"),
    ("Northton & District Scouts", "Northton and District Scouts"),
    ("Abbey Street Play Assn", "Abbey Street Play Association"),
    ("Youth Justice Svc Northton", "Northton Youth Justice Service"),
    ("St Giles' Trust", "St Giles Trust"),
    ("Kids Company Northton LLP", "Kids Company Northton"),
    ("Mount Zion Org", "Mount Zion Organisation"),
]
TWO = [
    ("Northton Youth Club", "Eastton Youth Club"),
    ("Northton Youth Club", "Northton Boxing Club"),
    ("Northton Youth Club", "Northton Girls Club"),
    ("Hackney Youth Club", "Hackney Youth Council"),
    ("St Mary's Youth Club", "St Mark's Youth Club"),
    ("St Mary's School", "St Mary's Church"),
    ("Help Legion North branch", "Help Legion South branch"),
    ("Help Legion", "Help Legion North branch"),
    ("Lantern Youth", "Lantern Housing"),
    ("Mill Lane School", "Mill Road School"),
    ("Hilltop Primary School", "Hilltop Secondary School"),
    ("Hilltop Boys School", "Hilltop Girls School"),
    ("1st Northton Scouts", "2nd Northton Scouts"),
    ("Northton Youth Justice Service", "Eastton Youth Justice Service"),
    ("Northton Council", "Northton Council: education service"),
    ("Mind in Northton", "Mind in Eastton"),
    ("Northton United", "Southton United"),
    ("Age Northton", "Age UK Northton"),
    ("Northton Police", "Northton Police Cadets"),
    ("Youth Futures", "Youth Future Northton"),
    ("Northton Homes", "Northton Housing"),
    ("West Northton Youth Club", "East Northton Youth Club"),
    ("Northton Youth Club", "Northton Youth Clubs Federation"),
    ("Abbey Trust", "Abbott Trust"),
    ("Rise", "Arise"),
    ("The Centre", "The Center Point"),
    ("Northton Women's Aid", "Northton Men's Aid"),
    ("Ward 5 Residents", "Ward 6 Residents"),
    ("Lantern Youth Northton", "Lantern Youth Eastton"),
    ("Northton Community Trust", "Northton Community Transport"),
    ("Northton Street Pastors", "Northton Street Doctors"),
    ("Camden Youth Club", "Camden Youth Hub"),
    ("Ikon Youth", "Icon Youth Arts"),
]


@pytest.mark.parametrize(("one", "other"), ONE)
def test_one_body(one: str, other: str) -> None:
    assert alike(one, other) >= ALIKE
    assert alike(other, one) >= ALIKE


@pytest.mark.parametrize(("one", "other"), TWO)
def test_two_bodies(one: str, other: str) -> None:
    assert alike(one, other) < ALIKE
    assert alike(other, one) < ALIKE


def pairs(world: World, who: str = "alice") -> list[tuple[str, str, str]]:
    person = world.person(who)
    return [(each.first.name, each.second.name, each.number) for each in near_pairs(person, [world.north])]


def here(world: World, name: str, sector: str = "vcs", **fields: Any) -> Partner:
    return make_partner(name, sector, world.north, [], [], **fields)


def test_the_three_of_case_7_are_offered_as_one(world: World) -> None:
    names = ["St Marys Youth Club", "Saint Mary's Youth Club CIC", "St. Mary's Youth Club Ltd"]
    for name, number in zip(names, ["", "00999123", "00999123"], strict=True):
        here(world, name, company_number=number)
    here(world, "St Mark's Youth Club")
    assert pairs(world) == [
        (names[1], names[2], "company_number"),
        (names[0], names[1], ""),
        (names[0], names[2], ""),
    ]


def test_numbers_come_first_and_are_compared_as_registers_write_them(world: World) -> None:
    here(world, "Alder", charity_number="Charity no. 1084122")
    here(world, "Quite Another", charity_number="01084122")
    here(world, "Alder Branch", charity_number="1084122", is_branch=True)
    assert pairs(world) == [("Alder", "Quite Another", "charity_number")]


def test_what_speaks_against_it(world: World) -> None:
    here(world, "Alder Trust", charity_number="1084122")
    here(world, "The Alder Trust", charity_number="1097940")
    make_partner("Birch Hub", "vcs", world.north, [world.northton], [])
    make_partner("Birch Hubb", "vcs", world.north, [world.eastton], [])
    here(world, "Cedar Academy", "education")
    here(world, "Cedar Acadamy", "vcs")
    assert pairs(world) == []
    # The same name is asked about wherever it is, and whatever its sector.
    make_partner("The Birch Hub", "health", world.north, [world.eastton], [])
    assert pairs(world) == [("Birch Hub", "The Birch Hub", "")]


def test_one_that_takes_over_from_the_other_is_another(world: World) -> None:
    old, new = here(world, "Elm Trust"), here(world, "Elm Trust CIO")
    assert len(pairs(world)) == 1
    succeed_partner(by=world.person("alice"), partner=old, successor=new, day=timezone.localdate())
    assert pairs(world) == []


def test_two_are_not_asked_about_again_until_that_is_taken_back(world: World) -> None:
    one, other = here(world, "Elm Trust"), here(world, "Elm Trust CIO")
    said = say_two_bodies(by=world.person("alice"), one=other, other=one)
    say_two_bodies(by=world.person("alice"), one=one, other=other)
    assert (pairs(world), TwoBodies.objects.count()) == ([], 1)
    for who in ("bob", "charlie", "nobody", "lead"):
        with pytest.raises(PermissionDenied):
            say_two_bodies(by=world.person(who), one=one, other=other)
        with pytest.raises(PermissionDenied):
            take_back_two_bodies(by=world.person(who), said=said)
    take_back_two_bodies(by=world.person("alice"), said=said)
    assert len(pairs(world)) == 1


def test_nobody_learns_of_a_record_that_they_may_not_see(world: World) -> None:
    here(world, "Elm Trust", marking="public")
    here(world, "Elm Trust CIO")
    assert (len(pairs(world)), pairs(world, "charlie"), pairs(world, "nobody")) == (1, [], [])
