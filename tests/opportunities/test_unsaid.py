"""On the site: action without a theme or a place, need that is too uncertain, support that is no opportunity."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from joinedup.opportunities import engine
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.models import Cell, Opportunity
from joinedup.partners.models import Ask, Partner
from joinedup.places.models import Membership, Place
from joinedup.taxonomy.models import Approach, Sector
from tests.opportunities.making import TODAY, make_need
from tests.opportunities.records import make_action, make_fund
from tests.world import World, make_partner

As = Callable[[str], Client]
THEME = "weapon-carrying"


def run(world: World) -> None:
    refresh(by=world.person("alice"), footprint=world.north, as_of=TODAY)


def cell(world: World, place: Place, theme: str = THEME) -> Cell:
    return Cell.objects.get(audience="partnership", place=place, theme=theme)


def evenings(world: World, *places: Place, theme: str = "", **fields: Any) -> Any:
    return make_action(fields.pop("partner", world.lantern), "Evenings", *places, theme=theme, **fields)


@pytest.fixture
def north(world: World) -> World:
    for place in (world.northton, world.eastton):
        for theme in ("trusted-adult", THEME):
            make_need(place, theme, 0.9)
    return world


def test_action_without_a_theme_may_be_on_any(north: World) -> None:
    evenings(north, north.northton)
    run(north)
    assert (cell(north, north.northton).initiatives, cell(north, north.northton).perhaps) == (0, 1)
    assert cell(north, north.eastton).perhaps == 0


def test_action_without_a_place_may_be_wherever_its_partner_works(north: World) -> None:
    evenings(north, theme=THEME)
    run(north)
    for place in (north.northton, north.eastton):
        assert (cell(north, place).initiatives, cell(north, place).perhaps) == (0, 1)
        assert cell(north, place, "trusted-adult").perhaps == 0


def test_action_of_a_partner_of_unrecorded_place_may_be_anywhere(north: World) -> None:
    nowhere = make_partner("Nowhere Said", "vcs", north.north, [], [])
    evenings(north, theme=THEME, partner=nowhere)
    run(north)
    assert [cell(north, place).perhaps for place in (north.northton, north.eastton)] == [1, 1]


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
        made = evenings(north, place, theme=THEME)
        run(north)
        found = tuple(cell(north, where).initiatives for where in (north.northton, north.eastton))
        assert found == expected[place.pk], place
        assert {cell(north, where).perhaps for where in (north.northton, north.eastton)} == {0}
        made.delete()


def to_start(world: World, place: Place, **fields: Any) -> None:
    """Need that stands out, of which something could be started there."""
    values = {"measured": "own", "verdict": "stands out", "stands_out": 0.9, "pressure": 1.0, **fields}
    make_need(place, THEME, 0.95, **values)


def started(audience: str = "partnership") -> set[str]:
    rows = Opportunity.objects.filter(audience=audience, kind="start", state="suggested")
    return set(rows.values_list("place__name", flat=True))


@pytest.fixture
def to_begin(world: World) -> World:
    Approach.objects.create(
        slug="outreach", name="Outreach", effect="moderate", evidence="good", cost="low", source="A fund"
    ).themes.set([THEME])
    world.police.themes.set([THEME])
    return world


@pytest.mark.parametrize(("certainty", "said"), [(0.29, False), (0.3, True)])
def test_need_that_is_too_uncertain_is_not_said(to_begin: World, certainty: float, said: bool) -> None:
    to_start(to_begin, to_begin.northton, certainty=certainty)
    to_start(to_begin, to_begin.eastton)
    run(to_begin)
    assert (cell(to_begin, to_begin.northton).need is not None) == said
    assert started() == ({"Northton", "Eastton"} if said else {"Eastton"})


def test_nothing_is_to_be_started_where_something_may_run(to_begin: World) -> None:
    to_start(to_begin, to_begin.northton)
    evenings(to_begin, to_begin.ward, theme=THEME)
    run(to_begin)
    assert started() == set()


def test_that_something_could_be_started_is_not_for_the_public(to_begin: World) -> None:
    Partner.objects.update(marking="public", confirmed_on=TODAY)
    to_start(to_begin, to_begin.northton)
    run(to_begin)
    assert (started(), started("public")) == ({"Northton"}, set())


def test_support_that_one_can_neither_apply_for_nor_take_part_in_is_no_opportunity(north: World) -> None:
    make_action(north.lantern, "Boxing mentors", north.northton, theme=THEME, what="A mentor for boxing")
    north.lantern.themes.add(THEME)
    make_fund("grant", THEME)
    for kind in ("guidance", "review", "campaign"):
        make_fund(kind, THEME, kind=kind)
    make_fund("themeless", "")
    make_fund("required", THEME, is_required_by_law=True)
    make_fund("toolkit", THEME, kind="service", basis="standing")
    make_fund("unknown", THEME, basis="")
    make_fund("past", THEME, closes=TODAY - datetime.timedelta(days=1))
    make_fund("decided", THEME, basis="closed")
    run(north)
    named = Opportunity.objects.filter(audience="partnership").values_list("offers__slug", flat=True)
    assert set(named) - {None} == {"grant"}


def test_who_may_use_it_is_said_as_its_publisher_does(north: World) -> None:
    make_action(north.lantern, "Boxing mentors", north.northton, theme=THEME, what="A mentor for boxing")
    north.lantern.themes.add(THEME)
    make_fund("grant", THEME, who_may_use="Registered charities in their first five years")
    run(north)
    (made,) = Opportunity.objects.filter(kind="bid", audience="partnership")
    assert "Registered charities in their first five years" in str(made.moves[0])


def test_who_is_asked_for_its_duty_is_not_told_to_the_public(north: World) -> None:
    """That a body of which the law asks something is not in local action is for its partnership."""
    Partner.objects.update(marking="public", confirmed_on=TODAY)
    make_action(north.lantern, "Boxing", north.northton, theme="trusted-adult", marking="public")
    kinds = {audience: moves(north, audience) for audience in ("partnership", "public")}
    assert kinds == {"partnership": {"bring_in"}, "public": set()}
    # A body of a sector that the law names, of which nobody recorded whether it is one of those named.
    Partner.objects.update(is_statutory=False)
    assert moves(north, "partnership") == set()
    Sector.objects.filter(pk="police").update(duty="specified (police)")
    assert (moves(north, "partnership"), moves(north, "public")) == ({"bring_in"}, set())


def moves(world: World, audience: str) -> set[str]:
    return {move.kind for move in engine.run(world.north, audience, TODAY).result.moves}


def test_what_nobody_asked_for_or_has_is_no_opportunity(north: World) -> None:
    """Need alone names nobody who could act."""
    Ask.objects.all().delete()
    run(north)
    assert not Opportunity.objects.exists()


def test_who_may_set_a_theme_is_led_there_and_finds_it(north: World, as_: As) -> None:
    make_action(north.lantern, "Silent evenings", north.northton, theme="")
    make_action(north.lantern, "Boxing", north.northton, theme=THEME)
    run(north)
    page = as_("bob").get("/opportunities/grid/?footprint=north&place=E09000991").content.decode()
    assert 'href="/initiatives/?unsaid=1&amp;when=running"' in page
    listed = as_("bob").get("/initiatives/?unsaid=1&when=running").content.decode()
    assert "Silent evenings" in listed
    assert "Boxing" not in listed
    outsider = as_("charlie").get("/initiatives/?unsaid=1&when=running").content.decode()
    assert "Silent evenings" not in outsider
