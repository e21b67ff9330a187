"""Changes are followed where they reach; the stored list is then what a whole run stores. The nightly run checks it."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from joinedup.evidence.models import Need
from joinedup.initiatives.models import Initiative
from joinedup.opportunities import engine, worker
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.models import Basis, Cell, Move, Opportunity, Run, Touched
from joinedup.partners.models import Ask, Link, Partner
from joinedup.support.models import Offer
from tests.opportunities.making import TODAY, make_need
from tests.world import World, make_partner

STORED = (
    "audience", "key", "marking", "place", "theme", "score", "sentence", "because", "first_step", "components",
    "would_change", "sectors_needed", "is_ask", "state",
)  # fmt: skip


@pytest.fixture
def north(world: World) -> World:
    """North with need in two boroughs, action in both, support, asks; worked out."""
    for place in (world.northton, world.eastton):
        for theme, need in (("trusted-adult", 0.9), ("weapon-carrying", 0.7), ("school-exclusion", 0.4)):
            make_need(place, theme, need)
    make_partner(
        "Youth Justice", "youth_justice", world.north, [world.northton, world.eastton], ["weapon-carrying"]
    )
    make_partner("East Clinic", "health", world.north, [world.eastton], [])
    for name, partner, place in (
        ("Mentors", world.lantern, world.northton),
        ("Evenings", world.school, world.eastton),
    ):
        made = Initiative.objects.create(
            name=name, slug=name.lower(), partner=partner, level="secondary", reach_per_year=20, result=0.8,
            evidence=0.7, confirmed_on=TODAY,
        )  # fmt: skip
        made.places.add(place)
        made.themes.add("trusted-adult")
    fund = Offer.objects.create(
        name="Fund",
        slug="fund",
        provider="A trust",
        kind="fund",
        last_checked=TODAY,
        marking="public",
        basis="rolling",
    )
    fund.themes.add("trusted-adult", "weapon-carrying")
    for kind, partner in (("need", world.lantern), ("offer", world.police)):
        ask = Ask.objects.create(partner=partner, kind=kind, text="A hall", marking="partnership")
        ask.themes.add("trusted-adult")
    refresh(by=world.person("alice"), footprint=world.north, as_of=TODAY)
    return world


def stored() -> list[dict[str, Any]]:
    rows = Opportunity.objects.order_by("audience", "key").prefetch_related(
        "parties", "initiatives", "offers"
    )
    return [
        {name: getattr(row, f"{name}_id" if name in ("place", "theme") else name) for name in STORED}
        | {
            name: sorted(each.slug for each in getattr(row, name).all())
            for name in ("parties", "initiatives", "offers")
        }
        for row in rows
    ]


def cells() -> list[Any]:
    names = ("audience", "place", "theme", "need", "initiatives", "perhaps", "is_register_known")
    return list(Cell.objects.order_by("audience", "place", "theme").values_list(*names))


def touch(world: World) -> None:
    Touched.objects.create(footprint=world.north, what="test")


def more_reach(world: World) -> None:
    Initiative.objects.filter(slug="mentors").update(reach_per_year=500)


def ended(world: World) -> None:
    Initiative.objects.filter(slug="evenings").update(ends=TODAY - datetime.timedelta(days=1))


def moved_elsewhere(world: World) -> None:
    Initiative.objects.get(slug="mentors").places.set([world.eastton])


def run_together(world: World) -> None:
    Initiative.objects.get(slug="mentors").co_partners.add(world.school)


def no_longer_shared(world: World) -> None:
    Initiative.objects.filter(slug="mentors").update(marking="named")


def made_public(world: World) -> None:
    Partner.objects.filter(pk=world.lantern.pk).update(marking="public")
    Initiative.objects.filter(slug="mentors").update(marking="public")


def linked(world: World) -> None:
    first, second = sorted([world.lantern, world.police], key=lambda partner: partner.pk)
    Link.objects.create(first=first, second=second, strength=0.9)


def partner_gone(world: World) -> None:
    world.north.partners.remove(world.lantern)


def partner_renamed(world: World) -> None:
    Partner.objects.filter(pk=world.school.pk).update(name="Hillside School")


def fund_closed(world: World) -> None:
    Offer.objects.update(closes=TODAY - datetime.timedelta(days=1))


def ask_answered(world: World) -> None:
    Ask.objects.filter(kind="need").update(closed_on=TODAY)


def need_changed(world: World) -> None:
    Need.objects.filter(place=world.northton, theme="weapon-carrying").update(need=0.99)


CHANGES: list[Callable[[World], None]] = [
    more_reach, ended, moved_elsewhere, run_together, no_longer_shared, made_public, linked, partner_gone,
    partner_renamed, fund_closed, ask_answered, need_changed,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_following_a_change_stores_what_a_whole_run_stores(
    north: World, change: Callable[[World], None]
) -> None:
    before = stored(), cells()
    assert len(before[0]) >= 10
    change(north)
    with transaction.atomic():
        touch(north)
        engine.follow(north.north, TODAY)
        followed = stored(), cells()
        transaction.set_rollback(True)
    assert followed != before, "the change changes nothing: it proves nothing"
    refresh(by=north.person("alice"), footprint=north.north, as_of=TODAY)
    assert followed == (stored(), cells())


def test_one_borough_changes_and_the_other_is_not_looked_at(north: World) -> None:
    more_reach(north)
    touch(north)
    assert engine.follow(north.north, TODAY) == 1
    assert not Touched.objects.exists()
    assert Run.objects.filter(followed_at=None).count() == 0
    assert Run.objects.count() == 2


def test_nothing_changed_costs_no_run(north: World) -> None:
    touch(north)
    before = stored()
    assert engine.follow(north.north, TODAY) == 0
    assert stored() == before


def test_a_new_day_is_a_whole_run(north: World) -> None:
    touch(north)
    assert engine.follow(north.north, TODAY + datetime.timedelta(days=1)) == 2
    assert {basis.as_of for basis in Basis.objects.all()} == {TODAY + datetime.timedelta(days=1)}


def test_where_nothing_was_worked_out_nothing_is_followed(world: World) -> None:
    touch(world)
    assert engine.follow(world.north, TODAY) == 0
    assert not Touched.objects.exists()
    assert not Opportunity.objects.exists()


def test_the_nightly_run_says_nothing_where_nothing_was_missed(north: World) -> None:
    more_reach(north)
    touch(north)
    engine.follow(north.north, TODAY)
    tomorrow = TODAY + datetime.timedelta(days=1)
    runs = refresh(by=north.person("alice"), footprint=north.north, as_of=tomorrow, check=True)
    assert [run.differences for run in runs] == [[], []]


def test_the_nightly_run_says_what_following_missed_and_puts_it_right(north: World) -> None:
    ended(north)
    run = refresh(by=north.person("alice"), footprint=north.north, as_of=TODAY, check=True)[1]
    assert run.audience == "partnership"
    assert run.differences
    assert all("a whole run" in each for each in run.differences)
    again = refresh(by=north.person("alice"), footprint=north.north, as_of=TODAY, check=True)[1]
    assert again.differences == []


def test_the_grid_knows_unknown_from_nought(north: World) -> None:
    of = {(c.place_id, c.theme_id): c for c in Cell.objects.filter(audience="partnership")}
    cell = of[north.northton.pk, "trusted-adult"]
    assert (cell.need, cell.initiatives) == (0.9, 1)
    assert len(of) == 2 * 3
    # A grid says where nothing is recorded: none is kept for the public.
    assert not Cell.objects.filter(audience="public").exists()


def test_what_only_other_figures_stand_for_is_not_known_to_the_grid(north: World) -> None:
    Need.objects.filter(place=north.northton, theme="trusted-adult").update(measured="proxy")
    refresh(by=north.person("alice"), footprint=north.north, as_of=TODAY)
    assert Cell.objects.get(place=north.northton, theme="trusted-adult", audience="partnership").need is None


def at(hour: int, days: int = 0) -> datetime.datetime:
    day = datetime.datetime.combine(datetime.date.today(), datetime.time(hour), tzinfo=datetime.UTC)
    return day + datetime.timedelta(days=days)


def test_the_worker_follows_what_waits(north: World) -> None:
    refresh(by=north.person("alice"), footprint=north.north)
    more_reach(north)
    touch(north)
    assert worker.follow_waiting() == 1
    assert worker.follow_waiting() == 0


def test_the_night_comes_once_and_not_before_two(north: World) -> None:
    assert worker.work_out_the_night(at(1, days=1)) == []
    assert len(worker.work_out_the_night(at(3, days=1))) == 2
    Run.objects.update(at=at(3, days=1))
    assert worker.work_out_the_night(at(9, days=1)) == []


def test_the_reason_names_the_action_that_changed_even_in_a_ward_of_the_place(north: World) -> None:
    more = Initiative.objects.create(
        name="Walking buses",
        slug="buses",
        partner=north.school,
        reach_per_year=9000,
        evidence=1.0,
        confirmed_on=TODAY,
    )
    more.places.add(north.ward)
    more.themes.add("weapon-carrying")
    touch(north)
    engine.follow(north.north, TODAY)
    said = Move.objects.filter(opportunity__theme="weapon-carrying", what__in=["up", "down", "gone"])
    assert said
    assert all("“Walking buses” is new or changed." in move.why for move in said)
