"""The picture of an opportunity: who is in it, whom one could ask, and where it is, for whom."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from joinedup.opportunities.models import Answer, Opportunity
from joinedup.opportunities.queries import one, who
from joinedup.partners.models import Partner
from joinedup.places.models import Outline, Place
from tests.opportunities.making import make_move, make_opportunity
from tests.world import World, make_partner

As = Callable[[str], Client]
SQUARES = {"E09000991": 0, "E09000992": 100, "E09000993": 200}


@pytest.fixture
def outlines(world: World) -> None:
    """Northton, Eastton and Southton side by side, each a square of a kilometre."""
    for code, left in SQUARES.items():
        path = f"M{left} 0l100 0 0 100-100 0z"
        Outline.objects.create(place_id=code, path=path, left=left, top=0, right=left + 100, bottom=100)


def around(world: World, name: str, opportunity: Opportunity) -> who.AroundTheTable:
    person = world.person(name)
    held = one.one(person, opportunity.pk)
    assert held is not None
    found = who.around_the_table(person, held, one.named(held))
    assert found is not None
    return found


def where(world: World, name: str, opportunity: Opportunity) -> Any:
    person = world.person(name)
    held = one.one(person, opportunity.pk)
    assert held is not None
    return who.where(held, who.around_the_table(person, held, one.named(held)))


def say(opportunity: Opportunity, partner: Partner, word: str, **fields: Any) -> None:
    Answer.objects.create(opportunity=opportunity, partner=partner, word=word, by="B", **fields)


def test_those_in_it_stand_by_sector_and_those_who_said_yes_are_told_apart(world: World) -> None:
    each = make_opportunity(world, "one", world.lantern, world.school)
    say(each, world.lantern, "interested")
    found = around(world, "bob", each)
    told = [(each.label, each.partner.name) for each in found.sitters]
    assert told == [("1", "Lantern Youth"), ("2", "Hilltop School")]
    discs = [mark for mark in found.drawing.marks if mark.kind == "disc"]
    # The table, two who are in it, one empty chair.
    assert [(d.tone, d.is_dashed) for d in discs] == [
        ("table", False), ("action-4", False), ("action-2", False), ("none", True),
    ]  # fmt: skip
    words = [mark.text for mark in found.drawing.marks if mark.kind == "words"]
    assert words == ["2 in it", "1 has answered", "1 sector to ask", "1", "2", "A"]


def test_who_said_not_us_sits_on_no_chair_and_their_sector_may_be_asked_of_others(world: World) -> None:
    other = make_partner("Brook Clubs", "vcs", world.north, [world.northton], ["trusted-adult"])
    each = make_opportunity(world, "one", world.lantern, world.school)
    say(each, world.lantern, "not_us")
    found = around(world, "bob", each)
    assert [each.partner for each in found.sitters] == [world.school]
    assert [each.partner for each in found.declined] == [world.lantern]
    assert [(a.sector.name, a.whom) for a in found.to_ask] == [("Police", [world.police]), ("Vcs", [other])]


def test_whom_one_could_ask_works_there_records_the_theme_first_and_did_not_decline(world: World) -> None:
    Partner.objects.filter(pk=world.police.pk).update(sector="health")
    tagged = make_partner("Police team", "police", world.north, [world.northton], ["trusted-adult"])
    others = [make_partner(f"Police unit {n}", "police", world.north, [world.northton], []) for n in range(3)]
    make_partner("Police elsewhere", "police", world.north, [world.eastton], ["trusted-adult"])
    make_partner("Police of the south", "police", world.south, [world.northton], ["trusted-adult"])
    make_partner("Police hidden", "police", world.north, [world.northton], ["trusted-adult"], marking="named")
    each = make_opportunity(world, "one", world.lantern, world.school)
    (asked,) = around(world, "bob", each).to_ask
    assert asked.sector.name == "Police"
    assert asked.whom[0] == tagged
    assert asked.whom[1] in others
    assert asked.more == 2
    # "Not us" to the theme here, at another opportunity, counts for as long as it holds.
    before = make_opportunity(world, "before", tagged)
    say(before, tagged, "not_us", scope="theme_here")
    (asked,) = around(world, "bob", each).to_ask
    assert tagged not in asked.whom
    Answer.objects.update(until=datetime.date(2020, 1, 1))
    (asked,) = around(world, "bob", each).to_ask
    assert asked.whom[0] == tagged


def test_beside_what_young_people_said_no_other_body_is_named(world: World) -> None:
    move = make_move("m1", "heard", parties=[(world.lantern, "could do it")])
    each = make_opportunity(world, "one", world.lantern, kind="heard", moves=[move])
    told = [(each.sector.name, each.whom) for each in around(world, "bob", each).to_ask]
    assert told == [("Police", []), ("Education", [])]


def test_the_public_reads_only_who_is_in_it(world: World) -> None:
    Partner.objects.update(marking="public")
    each = make_opportunity(world, "one", world.lantern, world.school, audience="public", marking="public")
    Partner.objects.filter(pk=world.lantern.pk).update(base=world.ward)
    found = around(world, "nobody", each)
    assert found.to_ask == []
    assert found.drawing.about == "A table with 1 × Education and 1 × Vcs. The list beside it says who."


@pytest.mark.usefixtures("outlines")
def test_the_map_shows_the_place_among_its_neighbours_in_words_too(world: World, as_: As) -> None:
    each = make_opportunity(world, "one", world.lantern)
    drawn = where(world, "bob", each)
    areas = [(mark.title, mark.tone) for mark in drawn.marks if mark.kind == "area"]
    assert areas == [("Eastton", "ground"), ("Northton", "here")]
    assert drawn.about == "Map: Northton. Near it: Eastton."
    assert drawn.caption == "Where it is: Northton, among its neighbours."
    page = as_("bob").get(f"/opportunities/{each.pk}/").content.decode()
    assert 'role="img" aria-label="Map: Northton. Near it: Eastton."' in page
    assert "style=" not in page.split("<main")[1]


@pytest.mark.usefixtures("outlines")
def test_there_is_no_map_of_what_is_everywhere_alike_nor_of_a_place_without_an_outline(world: World) -> None:
    each = make_opportunity(world, "one", world.lantern)
    each.places.set([world.northton, world.eastton])
    assert where(world, "bob", each) is None
    world.north.places.add(world.southton)
    assert where(world, "bob", each).about == "Map: Eastton and Northton."
    Outline.objects.all().delete()
    assert where(world, "bob", each) is None


@pytest.mark.usefixtures("outlines")
def test_where_partners_are_based_is_for_the_partnership_and_no_nearer_than_a_ward(world: World) -> None:
    Outline.objects.create(
        place=world.ward, path="M10 10l20 0 0 20-20 0z", left=10, top=10, right=30, bottom=30
    )
    street = Place.objects.create(
        code="E01099901", name="Street", kind="lsoa", parent=world.ward, vintage=2021
    )
    Outline.objects.create(place=street, path="M10 10l2 0 0 2z", left=10, top=10, right=12, bottom=12)
    Partner.objects.filter(pk=world.lantern.pk).update(base=world.ward, marking="public")
    Partner.objects.filter(pk=world.school.pk).update(base=street, marking="public")
    Partner.objects.filter(pk=world.police.pk).update(base=world.northton)
    parties = (world.lantern, world.school, world.police)
    shared = make_opportunity(world, "one", *parties)
    drawn = where(world, "bob", shared)
    assert drawn.about == "Map: Northton. Near it: Eastton. 3 is based in Mill Ward."
    assert [(m.x, m.y) for m in drawn.marks if m.kind == "disc"] == [(20, 20)]
    public = make_opportunity(world, "one", *parties[:2], audience="public", marking="public")
    drawn = where(world, "nobody", public)
    assert drawn.about == "Map: Northton. Near it: Eastton."
    assert not [mark for mark in drawn.marks if mark.kind == "disc"]


@pytest.mark.usefixtures("outlines")
def test_the_numbers_of_the_picture_stand_in_the_list(world: World, as_: As) -> None:
    each = make_opportunity(world, "one", world.lantern, world.school)
    page = as_("bob").get(f"/opportunities/{each.pk}/").content.decode()
    rows = re.findall(
        r'<li><span class="ju-chair[^"]*">(\w)</span><span>(?:[A-Z][a-z]+: )?<a[^>]*>([^<]+)', page
    )
    assert rows == [("1", "Hilltop School"), ("2", "Lantern Youth"), ("A", "Testland Police")]
