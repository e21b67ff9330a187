"""The mails of an event name its own contact, and forget it with the other personal details."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from joinedup.events.actions.copy import copy_event
from joinedup.events.actions.event import change_event
from joinedup.events.models import Event
from joinedup.registration import notices, worker
from joinedup.registration.actions.invitations import add_invitation, send_invitations
from joinedup.registration.mails import send_held, send_registration, send_reminders
from joinedup.registration.mails import send_invitations as send_mails
from joinedup.registration.models import Attendee
from joinedup.registration.queries.reminders import Coming
from tests.world import World

TEAM = {
    "contact": "Events team",
    "contact_email": "events@council.example",
    "contact_telephone": "020 7946 0000",
}
LINE = "Questions about the event: Events team, events@council.example, 020 7946 0000"


@pytest.fixture
def mails(event: Event, world: World, come: Any, django_capture_on_commit_callbacks: Any) -> Any:
    """Send every mail that says whom to ask; returns them."""

    def sent() -> list[Any]:
        alice = world.person("alice")
        attendee = come(event, world.lantern, email="come@example.org")
        own = Attendee.objects.select_related("event__at", "event__programme", "partner").get(pk=attendee.pk)
        invited = add_invitation(
            by=alice, event=event, partner=world.lantern, role="Lead", email="in@example.org", brings="young"
        )
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            send_invitations(by=alice, event=event)
            send_mails(own.event, [invited], is_reminder=True)
            send_registration(own, "come@example.org")
            send_held(own)
            send_reminders(own.event, [("come@example.org", [Coming(own, [])])])
            notices.send_event_cancelled(own.event, ["come@example.org"])
            notices.send_event_back(own.event, ["come@example.org"])
            change_event(by=alice, event=event, tell=True, starts=datetime.time(10))
        return list(mail.outbox)

    return sent


def test_every_mail_that_asks_something_names_the_contact(event: Event, world: World, mails: Any) -> None:
    change_event(by=world.person("alice"), event=event, **TEAM)
    letters = mails()
    assert {letter.subject.split(":")[0] for letter in letters} == {
        "Invitation", "Are you coming? North meets", "You have a place", "One more step", "Soon", "Cancelled",
        "It takes place after all", "Changed",
    }  # fmt: skip
    for letter in letters:
        assert letter.body.count(LINE) == 1, letter.subject
        assert LINE in letter.alternatives[0].content
        assert "\n\n\n" not in letter.body


def test_without_one_the_mails_say_nothing_of_it(mails: Any) -> None:
    for letter in mails():
        assert "Questions about the event" not in letter.body
        assert "\n\n\n" not in letter.body


def test_it_goes_with_the_personal_details(event: Event, world: World, come: Any) -> None:
    change_event(by=world.person("alice"), event=event, **TEAM)
    come(event, world.lantern, email="come@example.org")
    Event.objects.update(date=timezone.localdate())
    assert worker.delete_due_personal(timezone.localdate() + datetime.timedelta(days=90)) == 1
    event.refresh_from_db()
    assert (event.contact, event.contact_email, event.contact_telephone) == ("", "", "")


def test_an_event_made_like_this_one_has_the_same_contact(event: Event, world: World) -> None:
    change_event(by=world.person("alice"), event=event, **TEAM)
    day = timezone.localdate() + datetime.timedelta(days=60)
    made = copy_event(by=world.person("alice"), event=event, name="Again", date=day)
    assert {name: getattr(made, name) for name in TEAM} == TEAM
