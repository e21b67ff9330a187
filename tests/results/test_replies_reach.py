"""A mail that goes out on a partnership's behalf can be read before, and a reply to it reaches a person."""

from __future__ import annotations

import datetime
import html
import re
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from joinedup.accounts.actions import invite_person
from joinedup.events.actions.event import change_event
from joinedup.events.models import Event
from joinedup.registration.actions.cancellation import cancel_event, take_back_cancellation
from joinedup.registration.actions.invitations import add_invitation, send_invitations, withdraw_invitation
from joinedup.registration.actions.registration import cancel_registration
from joinedup.registration.actions.reminders import send_reminders
from joinedup.registration.models import Invitation
from tests.world import World


def test_whoever_replies_to_a_mail_of_an_event_reaches_who_coordinates_it(
    event: Event, world: World, come: Any, django_capture_on_commit_callbacks: Any
) -> None:
    alice = world.person("alice")
    for number, address in enumerate(("a@example.org", "b@example.org", "c@example.org")):
        add_invitation(
            by=alice, event=event, partner=world.lantern, role="Manager", email=address,
            brings="young" if number else "",
        )  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        send_invitations(by=alice, event=event)
        attendee = come(event, world.lantern)
        withdraw_invitation(by=alice, invitation=event.invitations.get(email="a@example.org"))
    Invitation.objects.update(sent_at=timezone.now() - datetime.timedelta(days=9))
    with django_capture_on_commit_callbacks(execute=True):
        send_reminders(by=alice, event=event)
        change_event(by=alice, event=event, tell=True, starts=datetime.time(10))
        cancel_registration(by=alice, attendee=attendee)
        cancel_event(by=alice, event=event, because="No hall")
        take_back_cancellation(by=alice, event=event)
    subjects = {letter.subject.partition(":")[0] for letter in mail.outbox}
    assert {
        "Invitation",
        "One more step",
        "Invitation withdrawn",
        "Are you coming? North meets",
    } <= subjects
    assert len(subjects) >= 7
    assert {tuple(letter.reply_to) for letter in mail.outbox} == {("alice@example.org",)}


def test_whoever_is_given_an_account_can_reply_to_who_gave_it(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        invite_person(
            by=world.person("alice"), email="new@example.org", name="New", job="Worker", role="partner_member",
            partner=world.lantern,
        )  # fmt: skip
    assert [letter.reply_to for letter in mail.outbox] == [["alice@example.org"]]


@pytest.mark.parametrize("brings", ["", "young", "lived"])
def test_an_invitation_is_read_before_it_goes(
    event: Event, world: World, as_: Any, django_capture_on_commit_callbacks: Any, brings: str
) -> None:
    alice = world.person("alice")
    add_invitation(
        by=alice, event=event, partner=world.lantern, role="Manager", email="a@example.org", brings=brings
    )
    page = as_("alice").get(f"/events/{event.slug}/invitations/").text
    assert "writes to alice@example.org." in page
    with django_capture_on_commit_callbacks(execute=True):
        send_invitations(by=alice, event=event)
    shown = html.unescape(re.sub(r"<br>", "\n", page))
    (letter,) = mail.outbox
    assert letter.subject in shown
    assert re.sub(r"http://\S+", "[a link, for this reader alone]", str(letter.body).strip()) in shown
    for who in ("charlie", "bob"):
        assert as_(who).get(f"/events/{event.slug}/invitations/").status_code == 404
