import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.events.actions.event import add_event, change_event, set_tables
from joinedup.events.models import Event, Programme
from joinedup.registration.actions.invitations import add_invitation
from joinedup.registration.actions.personal_details import delete_personal
from joinedup.registration.queries.attendees import due_deletions
from tests.world import World


def test_an_event_has_tables_for_everybody_and_its_own_programme(event: Event, world: World):
    assert event.slug.startswith("north-meets-")
    assert [t.number for t in event.tables.all()] == [1, 2]
    assert sum(t.seats_max for t in event.tables.all()) >= event.capacity
    assert event.programme.name == "Events of North partnership"
    assert AuditEntry.objects.get(action="event.add").record_id == str(event.pk)


@pytest.mark.parametrize("who", ["charlie", "bob", "nobody", "admin"])
def test_only_those_who_plan_make_and_change_events(event: Event, world: World, who: str):
    with pytest.raises(PermissionDenied):
        add_event(by=world.person(who), footprint=world.north, name="Mine")
    with pytest.raises(PermissionDenied):
        change_event(by=world.person(who), event=event, name="Mine")
    with pytest.raises(PermissionDenied):
        set_tables(by=world.person(who), event=event, count=1, seats_min=1, seats_max=2)
    assert Event.objects.count() == 1


def test_the_programme_lead_plans_anywhere(world: World):
    programme = Programme.objects.create(slug="p", name="P")
    made = add_event(by=world.person("lead"), footprint=world.south, programme=programme, name="South day")
    assert made.footprint == world.south


@pytest.mark.parametrize(
    "details",
    [
        {"starts": datetime.time(12), "ends": datetime.time(11)},
        {"rounds": 0},
        {"capacity": 0},
        {"name": ""},
    ],
)
def test_bad_details_change_nothing(event: Event, world: World, details: dict):
    with pytest.raises(ValidationError):
        change_event(by=world.person("alice"), event=event, **details)
    event.refresh_from_db()
    assert (event.name, event.rounds, event.capacity) == ("North meets", 2, 20)


def test_history_is_kept_as_published(event: Event, world: World):
    event.is_history = True
    with pytest.raises(ValidationError, match="as published"):
        change_event(by=world.person("alice"), event=event, name="Other")


def test_the_room(event: Event, world: World):
    alice = world.person("alice")
    set_tables(
        by=alice, event=event, count=3, seats_min=4, seats_max=8, access={"step_free": [1, 3], "quiet": [3]}
    )
    assert [(t.number, t.seats_max, t.access) for t in event.tables.all()] == [
        (1, 8, ["step_free"]),
        (2, 8, []),
        (3, 8, ["quiet", "step_free"]),
    ]
    set_tables(by=alice, event=event, count=1, seats_min=4, seats_max=8)
    assert event.tables.count() == 1
    with pytest.raises(ValidationError, match="no table 2"):
        set_tables(by=alice, event=event, count=1, seats_min=1, seats_max=8, access={"quiet": [2]})
    with pytest.raises(ValidationError):
        set_tables(by=alice, event=event, count=1, seats_min=9, seats_max=8)


def test_personal_details_are_due_after_90_days_and_emptied(event: Event, world: World, come):
    attendee = come(event, world.lantern, name="Ro", dietary="vegan", access=["quiet"])
    invitation = add_invitation(
        by=world.person("alice"),
        event=event,
        partner=world.lantern,
        role="R",
        email="x@example.org",
        name="X",
    )
    with pytest.raises(ValidationError, match="once the event is over"):
        delete_personal(by=world.person("alice"), event=event)
    today = timezone.localdate()
    event.date = today - datetime.timedelta(days=90)
    event.save()
    assert due_deletions(today - datetime.timedelta(days=1)) == []
    assert due_deletions(today) == [event]
    with pytest.raises(PermissionDenied):
        delete_personal(by=world.person("charlie"), event=event)
    old = attendee.token
    assert delete_personal(by=world.person("alice"), event=event) == 2
    attendee.refresh_from_db()
    invitation.refresh_from_db()
    assert (attendee.name, attendee.email, attendee.dietary, attendee.access) == ("", "", "", [])
    assert attendee.token != old
    assert (invitation.name, invitation.email) == ("", "")
    assert due_deletions(today) == []
    assert AuditEntry.objects.filter(action="event.delete_personal").count() == 1
