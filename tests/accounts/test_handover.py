"""What hangs on the role of who leaves: agreements of their organisation, events, and days they come to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from joinedup.accounts.models import Grant
from joinedup.accounts.person import Person
from joinedup.agreements.models import Agreement
from joinedup.events.models import Event
from joinedup.web.people.handover import duties
from tests.event_world import register
from tests.world import World, make_user

As = Callable[[str], Client]
GOAL = "A mentor for every young person who asks"


def test_agreements_of_their_organisation_say_who_is_left(
    world: World, as_: As, agree: Callable[..., Any]
) -> None:
    agree()
    path = f"/people/{world.bob.pk}/close/"
    page = as_("alice").get(path).content.decode()
    assert GOAL in page
    assert "Nobody does this once the account is closed." in page
    make_user("dora@example.org", "Dora", "partner_member", partner=world.lantern)
    page = as_("alice").get(path).content.decode()
    assert "From now on: Dora." in page
    assert "Nobody does this" not in page


def test_a_coordinator_is_told_who_can_appoint_another(world: World, as_: As, event: Event) -> None:
    """They themselves can invite members of partners only: a link to that would lead in a circle."""
    page = as_("alice").get("/account/close/").content.decode()
    assert "ask an administrator of this site to appoint a coordinator" in page
    assert "mailto:" in page
    assert 'href="/people/invite/"' not in page.partition("<main")[2]
    assert "undone for a day, by an administrator." in page
    make_user("dora@example.org", "Dora", "coordinator", footprint=world.north)
    page = as_("alice").get("/account/close/").content.decode()
    assert "From now on: Dora." in page
    assert "appoint a coordinator" not in page
    page = as_("alice").get(f"/people/{world.bob.pk}/close/").content.decode()
    assert "undone for a day, by a coordinator or an administrator." in page


def test_what_is_over_is_not_handed_over(world: World, agree: Callable[..., Any]) -> None:
    agree()
    Agreement.objects.update(state="kept")
    assert duties(world.bob, world.person("alice")) == []


def test_events_of_a_coordinator_and_days_as_a_guest(world: World, event: Event) -> None:
    register(world, event, world.lantern, "Worker", email="bob@example.org")
    (planned,) = duties(world.alice, world.person("admin"))
    assert [name for name, _link in planned.records] == [event.name]
    assert planned.left == ""
    Grant.objects.create(user=world.lead, role="coordinator", footprint=world.north)
    (planned,) = duties(world.alice, world.person("admin"))
    assert planned.left == "From now on: Lead."
    (comes,) = duties(world.bob, world.person("alice"))
    assert [name for name, _link in comes.records] == [event.name]


def test_what_the_reader_may_not_see_is_not_listed(world: World, agree: Callable[..., Any]) -> None:
    agree(marking="named", said="")
    Grant.objects.create(user=world.charlie, role="partner_member", partner=world.lantern)
    outsider = make_user("eve@example.org", "Eve", "partner_member", partner=world.harbour)
    assert duties(world.charlie, Person.of(outsider)) == []
    assert [each.records[0][0] for each in duties(world.charlie, Person.of(world.charlie))] == [GOAL]
