"""On the site: action without a theme or a place, need that is too uncertain, support that is no opportunity."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from joinedup.initiatives.models import Initiative
from joinedup.opportunities import engine
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.models import Cell, Opportunity
from joinedup.partners.models import Partner
from joinedup.places.models import Membership, Place
from joinedup.support.models import Offer
from joinedup.taxonomy.models import Sector
from tests.opportunities.making import make_need
from tests.world import World, make_partner

TODAY = datetime.date(2026, 11, 23)
As = Callable[[str], Client]


def make_action(world: World, *places: Place, themes: tuple[str, ...] = (), **fields: Any) -> Initiative:
    values = {
        "name": "Evenings",
        "slug": "evenings",
        "partner": world.lantern,
        "confirmed_on": TODAY,
        **fields,
    }
    made = Initiative.objects.create(**values)
    made.places.set(places)
    made.themes.set(themes)
    return made


def run(world: World) -> None:
    refresh(by=world.person("alice"), footprint=world.north, as_of=TODAY)


def cell(world: World, place: Place, theme: str = "weapon-carrying") -> Cell:
    return Cell.objects.get(audience="partnership", place=place, theme=theme)


def sentences(kind: str = "unmet_need", audience: str = "partnership") -> list[str]:
    return list(Opportunity.objects.filter(kind=kind, audience=audience).values_list("sentence", flat=True))


@pytest.fixture
def north(world: World) -> World:
    for place in (world.northton, world.eastton):
        for theme in ("trusted-adult", "weapon-carrying"):
            make_need(place, theme, 0.9)
    return world


def test_action_without_a_theme_leaves_no_theme_there_without_action(north: World) -> None:
    run(north)
    assert sentences()
    assert not any("recorded" in each for each in sentences())
    make_action(north, north.northton)
    run(north)
    said = [each for each in sentences() if "Northton" in each]
    assert len(said) == 2
    assert all(
        "could say what is already done on it" in each or "may be action on it" in each for each in said
    )
    assert cell(north, north.northton).perhaps == 1
    assert cell(north, north.eastton).perhaps == 0


def test_action_without_a_place_may_be_wherever_its_partner_works(north: World) -> None:
    make_action(north, themes=("weapon-carrying",))
    run(north)
    assert cell(north, north.northton).perhaps == 1
    assert cell(north, north.northton, "trusted-adult").perhaps == 0


def test_a_neighbourhood_is_a_part_of_its_ward_and_a_force_is_around_its_boroughs(north: World) -> None:
    street = Place.objects.create(
        code="E01999991", name="Street", kind="lsoa", parent=north.ward, vintage=2021
    )
    force = Place.objects.create(code="E23999991", name="Test force", kind="police_force", vintage=2024)
    for place in (north.northton, north.eastton):
        Membership.objects.create(place=place, kind="safety_partnership", code=force.code, name=force.name)
    elsewhere = Place.objects.create(
        code="E01999992", name="Far", kind="lsoa", parent=north.southton, vintage=2021
    )
    expected = {street.pk: (1, 0), force.pk: (1, 1), elsewhere.pk: (0, 0)}
    for place in (street, force, elsewhere):
        made = make_action(north, place, themes=("weapon-carrying",))
        run(north)
        found = tuple(cell(north, where).initiatives for where in (north.northton, north.eastton))
        assert found == expected[place.pk], place
        assert {cell(north, where).perhaps for where in (north.northton, north.eastton)} == {0}
        made.delete()


@pytest.mark.parametrize(("certainty", "said"), [(0.29, False), (0.3, True)])
def test_need_that_is_too_uncertain_is_not_said(world: World, certainty: float, said: bool) -> None:
    make_need(world.northton, "weapon-carrying", 0.95, certainty=certainty)
    make_need(world.eastton, "weapon-carrying", 0.95)
    run(world)
    assert (cell(world, world.northton).need is not None) == said
    assert any("Northton" in each for each in sentences()) == said
    assert any("Eastton" in each for each in sentences())


def make_offer(slug: str, themes: tuple[str, ...] = ("weapon-carrying",), **fields: Any) -> Offer:
    values = {"name": slug.title(), "slug": slug, "provider": "A trust", "kind": "fund", "marking": "public"}
    values["basis"] = "rolling"
    made = Offer.objects.create(**values | fields)
    made.themes.set(themes)
    return made


def test_support_that_one_can_neither_apply_for_nor_take_part_in_is_no_opportunity(north: World) -> None:
    make_offer("grant")
    for kind in ("guidance", "review", "campaign"):
        make_offer(kind, kind=kind)
    make_offer("themeless", themes=())
    make_offer("required", is_required_by_law=True)
    make_offer("toolkit", kind="service", basis="standing")
    make_offer("unknown", basis="")
    make_offer("past", basis="dated", closes=TODAY - datetime.timedelta(days=1))
    make_offer("decided", basis="closed")
    run(north)
    named = Opportunity.objects.filter(audience="partnership").values_list("offers__slug", flat=True)
    assert set(named) - {None} == {"grant"}


def test_who_may_use_it_is_said_as_its_publisher_does(north: World) -> None:
    make_offer("grant", who_may_use="Authorised analysts in public bodies only")
    run(north)
    made = Opportunity.objects.filter(kind="untapped_support", audience="partnership")[0]
    assert "could ask A trust whether it may use “Grant”" in made.sentence
    assert "“Authorised analysts in public bodies only”" in made.because[0]["text"]


def test_what_the_law_requires_of_a_body_is_never_called_missing_and_not_public(north: World) -> None:
    Partner.objects.update(marking="public", is_statutory=True)
    run(north)
    assert sentences()
    assert not any("recorded" in each for each in sentences())
    assert sentences(audience="public") == []
    # A body of a sector that the law names, of which nobody recorded whether it is one of those named.
    Partner.objects.update(is_statutory=False)
    Sector.objects.update(duty="relevant (educational authority)")
    run(north)
    assert sentences(audience="public") == []
    found = [each for each in engine.run(north.north, "public", TODAY) if each.kind == "unmet_need"]
    named = [each for each in found if not any(who.startswith("sector:") for who in each.parties)]
    assert named
    assert all(each.not_public for each in named)
    Sector.objects.update(duty="")
    found = [each for each in engine.run(north.north, "public", TODAY) if each.kind == "unmet_need"]
    assert not any(each.not_public for each in found)


def test_who_may_set_a_theme_is_led_there_and_finds_it(north: World, as_: As) -> None:
    make_action(north, north.northton, name="Silent evenings")
    make_action(north, north.northton, themes=("weapon-carrying",), name="Boxing", slug="boxing")
    run(north)
    page = as_("bob").get("/opportunities/grid/?footprint=north&place=E09000991").content.decode()
    assert 'href="/initiatives/?unsaid=1&amp;when=running"' in page
    listed = as_("bob").get("/initiatives/?unsaid=1&when=running").content.decode()
    assert "Silent evenings" in listed
    assert "Boxing" not in listed
    outsider = as_("charlie").get("/initiatives/?unsaid=1&when=running").content.decode()
    assert "Silent evenings" not in outsider


def test_a_new_partner_of_unrecorded_place_may_be_anywhere(north: World) -> None:
    nowhere = make_partner("Nowhere Said", "vcs", north.north, [], [])
    make_action(north, themes=("weapon-carrying",), partner=nowhere)
    run(north)
    assert [cell(north, place).perhaps for place in (north.northton, north.eastton)] == [1, 1]
