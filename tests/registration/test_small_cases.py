"""Small cases of the kinds that the field reported: calendars (1), a shared mailbox (2) and the wrong box (12)."""

import datetime
from typing import Any

import icalendar
import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone

from joinedup.events.actions.event import change_event
from joinedup.events.models import Event
from joinedup.registration import worker
from joinedup.registration.actions.cancellation import cancel_event, take_back_cancellation
from joinedup.registration.actions.held_places import confirm_place
from joinedup.registration.actions.moved_day import still_coming
from joinedup.registration.actions.personal_details import delete_personal
from joinedup.registration.actions.registration import cancel_registration, register
from joinedup.registration.calendar import attendee_calendar
from joinedup.registration.models import Attendee
from joinedup.tables.actions.door import walk_in
from tests.world import World

LATER = timezone.localdate() + datetime.timedelta(days=40)


@pytest.mark.parametrize(
    ("acts", "status"),
    [
        ("come cancel come", "CONFIRMED"),
        ("come cancel come cancel", "CANCELLED"),
        ("come move cancel come", "CONFIRMED"),
        ("come move still", "CONFIRMED"),
        ("come off", "CANCELLED"),
        ("come off back", "CONFIRMED"),
        ("come cancel off back", "CANCELLED"),
        ("come off move back still", "CONFIRMED"),
        ("full come", "TENTATIVE"),
        ("full come room", "CONFIRMED"),
        ("full come cancel", "CANCELLED"),
        ("full come room cancel come", "CONFIRMED"),
        ("hold lapse", "CANCELLED"),
        ("hold lapse confirm", "CONFIRMED"),
    ],
)
def test_a_calendar_never_falls_behind(event: Event, world: World, come, acts: str, status: str):
    """One UID, a number that never falls, and at the end what is true."""
    alice, nobody, seen = world.person("alice"), world.person("nobody"), []
    who: Attendee | None = None
    for act in acts.split():
        whole = Event.objects.get(pk=event.pk)
        if act == "full":
            Event.objects.update(capacity=1)
            come(event, world.school)
        elif act == "room":
            change_event(by=alice, event=whole, capacity=5)
        elif act == "come":
            who = come(event, world.lantern, email="sam@lantern.example", name="Sam")
        elif act == "hold":
            who = register(
                by=nobody, event=event, partner=world.lantern, role="W", email="sam@lantern.example"
            )
        elif act == "lapse":
            worker.let_go_of_held(timezone.now() + datetime.timedelta(days=2))
        elif act == "move":
            change_event(by=alice, event=whole, date=LATER)
        elif act == "off":
            cancel_event(by=alice, event=whole, because="No heating")
        elif act == "back":
            take_back_cancellation(by=alice, event=whole)
        else:
            assert who is not None
            {"cancel": cancel_registration, "still": still_coming, "confirm": confirm_place}[act](
                by=nobody, attendee=who
            )
        if who is not None:
            who = Attendee.objects.select_related("event").get(pk=who.pk)
            seen.append(icalendar.Calendar.from_ical(attendee_calendar(who)).walk("VEVENT")[0])
    assert len({str(each["uid"]) for each in seen}) == 1
    numbers = [int(each["sequence"]) for each in seen]
    assert numbers == sorted(numbers)
    assert str(seen[-1]["status"]) == status


@pytest.mark.parametrize(
    ("first", "second", "people"),
    [
        (("Ro", "Worker"), ("Sam", "Worker"), 2),
        (("Ro", "Worker"), ("ro", "Head"), 1),
        (("Zoë", "Worker"), ("Zoe", "Worker"), 1),
        (("Anne-Marie", "Worker"), ("Anne Marie", "Worker"), 1),
        (("O'Neil", "Worker"), ("ONeil", "Worker"), 1),
        (("", "Worker"), ("", "Nurse"), 2),
        (("", "Worker"), ("", "worker "), 1),
        (("Ro", "Worker"), ("", "Worker"), 1),
        (("Ro", "Worker"), ("", "Nurse"), 2),
        (("Sam B", "Worker"), ("Sam", "Worker"), 2),
    ],
)
def test_who_is_who_at_one_mailbox(
    event: Event, world: World, first, second, people, django_capture_on_commit_callbacks
):
    """Nobody is told of a place they do not have: the later mails are theirs, or say that nothing changed."""
    for name, role in (first, second):
        with django_capture_on_commit_callbacks(execute=True):
            made = register(by=world.person("nobody"), event=event, partner=world.lantern, role=role, name=name,
                            email="team@lantern.example")  # fmt: skip
            confirm_place(by=world.person("nobody"), attendee=made)
    assert event.attendees.filter(standing="placed").count() == people
    last = [each.subject.partition(":")[0] for each in mail.outbox][1:]
    placed = "You have a place"
    assert last in (
        [[placed, "One more step", placed]] if people == 2 else [[placed], [placed, "Nothing changed"]]
    )


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("colleagues", {"colleagues": [("Sam 07700 900123", "Nurse")]}),
    ("colleagues", {"colleagues": [("Sam", "ask sam@example.org")]}),
    ("colleagues", {"colleagues": [("Sam Whole", "Sam Whole")]}),
    ("colleagues", {"colleagues": [("Ro", "Nurse")]}),
    ("colleagues", {"colleagues": [("Sam", "Nurse"), ("sám", "Nurse")]}),
    ("colleagues", {"colleagues": [(f"Sam {n}", "Nurse") for n in "abcdef"]}),
    ("name", {"colleagues": [("Sam", "Nurse")], "name": ""}),
    ("name", {"name": "Ro 07700 900123"}),
    ("role", {"role": "Call 07700 900123"}),
    ("young_names", {"young_names": ["Kit kit@example.org"], "part": "companion"}),
    ("doing", {"doing": "Ask Ro Whole", "name": "Ro Whole"}),
]


@pytest.mark.parametrize(("box", "wrong"), WRONG)
def test_the_wrong_box_is_refused_by_name_and_nobody_is_registered(event: Event, world: World, box, wrong):
    details = {"role": "Worker", "name": "Ro", "email": "ro@example.org"} | wrong
    with pytest.raises(ValidationError) as refused:
        register(by=world.person("alice"), event=event, partner=world.lantern, **details)
    assert box in refused.value.message_dict
    assert not event.attendees.exists()


@pytest.mark.parametrize("said", ["Mary Whole", "Ring 07700 900123", "boxing@example.org"])
def test_an_unlisted_body_at_the_door_is_no_person(event: Event, world: World, said: str):
    with pytest.raises(ValidationError):
        walk_in(
            by=world.person("alice"),
            event=event,
            partner=None,
            unlisted=said,
            role="Coach",
            name="Mary Whole",
        )
    assert not event.attendees.exists()


def test_what_was_said_of_colleagues_and_bodies_goes_with_the_rest(event: Event, world: World):
    alice = world.person("alice")
    register(by=alice, event=event, partner=world.lantern, role="Worker", name="Ro", email="ro@example.org",
             colleagues=[("Unmistakable Sam", "Nurse")])  # fmt: skip
    walk_in(by=alice, event=event, partner=None, unlisted="Unmistakable Boxing", role="Coach", name="Jo")
    past = timezone.localdate() - datetime.timedelta(days=91)
    Event.objects.filter(pk=event.pk).update(date=past)
    delete_personal(by=alice, event=Event.objects.get(pk=event.pk))
    kept = event.attendees.values_list("name", "email", "unlisted")
    assert set(kept) == {("", "", "")}
