"""Every change of a record is noted with it, and followed once its transaction is through."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from joinedup.initiatives.models import Initiative
from joinedup.opportunities import engine
from joinedup.opportunities.actions.answering import answer, take_back
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.models import Answer, Cell, Opportunity, Touched
from joinedup.partners.models import Ask, Link
from joinedup.support.models import Offer
from tests.opportunities.making import make_need, make_opportunity
from tests.world import World, make_partner

Committing = Callable[..., Any]


@pytest.fixture
def north(world: World, django_capture_on_commit_callbacks: Committing) -> World:
    make_need(world.northton, "trusted-adult", 0.9)
    make_need(world.southton, "trusted-adult", 0.9)
    for footprint in (world.north, world.south):
        refresh(by=world.person("admin"), footprint=footprint)
    return world


def an_initiative(world: World) -> Initiative:
    made = Initiative.objects.create(name="Mentors", slug="mentors", partner=world.lantern, reach_per_year=40)
    made.places.add(world.northton)
    made.themes.add("trusted-adult")
    return made


def touched() -> set[str]:
    return set(Touched.objects.values_list("footprint__slug", flat=True))


def test_a_new_initiative_is_on_the_grid_when_the_request_is_through(
    north: World, django_capture_on_commit_callbacks: Committing
) -> None:
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        an_initiative(north)
        assert touched() == {"north"}
    assert len(callbacks) == 1, "however many things were written, they are followed once"
    assert touched() == set()
    cell = Cell.objects.get(audience="partnership", place=north.northton, theme="trusted-adult")
    assert cell.initiatives == 1


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda w: w.lantern.save(), {"north"}),
        (lambda w: w.harbour.save(), {"south"}),
        (lambda w: w.lantern.serves.remove(w.eastton), {"north"}),
        (lambda w: w.lantern.themes.clear(), {"north"}),
        (lambda w: w.northton.partners.remove(w.lantern), {"north"}),
        (lambda w: w.lantern.footprints.add(w.south), {"north", "south"}),
        (lambda w: w.lantern.footprints.clear(), {"north"}),
        (lambda w: w.lantern.delete(), {"north"}),
        (lambda w: Ask.objects.create(partner=w.lantern, kind="need", text="A hall"), {"north"}),
        (lambda w: Link.objects.create(first=w.lantern, second=w.school), {"north"}),
        (lambda w: Offer.objects.create(name="Fund", slug="fund", provider="x", kind="fund"), {"north", "south"}),
        (lambda w: w.north.places.remove(w.eastton), {"north"}),
    ],
)  # fmt: skip
def test_who_is_touched(north: World, change: Callable[[World], Any], where: set[str]) -> None:
    change(north)
    assert touched() == where


def test_what_is_handed_to_a_partner_elsewhere_touches_both(world: World) -> None:
    made = an_initiative(world)
    for footprint in (world.north, world.south):
        refresh(by=world.person("admin"), footprint=footprint)
    made.partner = world.harbour
    made.save()
    assert touched() == {"north", "south"}


def test_an_account_or_an_opportunity_touches_nothing(north: World) -> None:
    north.alice.save()
    make_opportunity(north, "one", north.lantern).save()
    assert touched() == set()


def test_an_answer_is_followed_when_it_is_given_and_when_it_is_taken_back(
    north: World, django_capture_on_commit_callbacks: Committing, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed: list[int] = []
    monkeypatch.setattr(engine, "follow", lambda footprint: followed.append(Answer.objects.count()))
    made, bob = make_opportunity(north, "one", north.lantern), north.person("bob")
    with django_capture_on_commit_callbacks(execute=True):
        answer(by=bob, opportunity=made, partner=north.lantern, word="not_us")
    connection.run_on_commit = []
    with django_capture_on_commit_callbacks(execute=True):
        take_back(by=bob, opportunity=Opportunity.objects.get(pk=made.pk), partner=north.lantern)
    assert (touched(), followed) == ({"north"}, [1, 0])


def test_where_no_list_was_worked_out_nothing_is_noted(world: World) -> None:
    world.lantern.save()
    make_partner("Another", "vcs", world.north, [world.northton], [])
    assert touched() == set()


def test_what_goes_wrong_in_following_spoils_no_change(
    north: World, django_capture_on_commit_callbacks: Committing, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    def broken(*_: Any, **__: Any) -> int:
        raise RuntimeError("no engine today")

    monkeypatch.setattr(engine, "follow", broken)
    with django_capture_on_commit_callbacks(execute=True):
        an_initiative(north)
    assert Initiative.objects.count() == 1
    assert touched() == {"north"}
    assert "it waits for the worker" in caplog.text
