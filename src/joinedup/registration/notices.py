"""Mails to everybody concerned: the event is cancelled, takes place after all, or has moved.

They contain only its day, place and reason, so that all get the same words; each has a calendar file for its
reader. Young people get none: their companion does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from joinedup.accounts.links import address_of
from joinedup.events.models import Event
from joinedup.registration.calendar import mailbox_calendars
from joinedup.registration.mails import mail_of, post, when_of
from joinedup.registration.models import Attendee, Invitation


def addresses_of(event: Event) -> list[str]:
    """Addresses of attendees with a place or waiting for one, and of invitations not declined; 2 queries."""
    coming = event.attendees.filter(standing__in=Attendee.COMING).select_related("companion")
    found = {each.companion.email if each.companion else each.email for each in coming}
    invited = event.invitations.exclude(answer=Invitation.Answer.DECLINED).exclude(sent_at=None)
    # A person who named a substitute does not come; the substitute has their own invitation.
    invited = invited.exclude(answer=Invitation.Answer.SUBSTITUTE)
    return sorted({each.lower() for each in [*found, *invited.values_list("email", flat=True)]} - {""})


def send_event_cancelled(event: Event, addresses: Collection[str]) -> None:
    _send("event_cancelled", event, addresses, {})


def send_event_back(event: Event, addresses: Collection[str]) -> None:
    """Tell them that it takes place after all."""
    _send("event_back", event, addresses, {})


def send_event_changed(event: Event, was: Event, addresses: Collection[str]) -> None:
    """Tell them of another day, time or place; `was`: the event before the change."""
    _send("event_changed", event, addresses, {"was": when_of(was), "was_at": was.where})


def _send(kind: str, event: Event, addresses: Collection[str], more: Mapping[str, Any]) -> None:
    """Send the same mail to each address separately, so that nobody sees the others."""
    context = {"event": event, "link": address_of("event", event.slug), **more}
    # Calendars that got the event from a file in a mail are updated by this one.
    calendars = mailbox_calendars(event, addresses)
    mails = [mail_of(kind, address, context, calendars[address]) for address in addresses]
    post(event, mails)
