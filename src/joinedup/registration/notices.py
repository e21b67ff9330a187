"""What everybody around an event is told at once: it is cancelled, it takes place after all, it has moved.

Only its day, place and reason are in these mails, so that all get the same words; each has a calendar file of what the
reader holds. A young person gets none: their companion does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from joinedup.accounts.links import address_of
from joinedup.events.models import Event
from joinedup.mail.send import send_on_commit
from joinedup.registration.calendar import mailbox_calendars
from joinedup.registration.mails import answered_by, mail_of, when_of
from joinedup.registration.models import Attendee, Invitation


def addresses_of(event: Event) -> list[str]:
    """Whoever has a place or waits for one, and whoever was sent an invitation and has not declined; 2 queries."""
    coming = event.attendees.filter(standing__in=Attendee.COMING).select_related("companion")
    found = {each.companion.email if each.companion else each.email for each in coming}
    invited = event.invitations.exclude(answer=Invitation.Answer.DECLINED).exclude(sent_at=None)
    # Whoever sends somebody else does not come; the other has an invitation of their own.
    invited = invited.exclude(answer=Invitation.Answer.SUBSTITUTE)
    return sorted({each.lower() for each in [*found, *invited.values_list("email", flat=True)]} - {""})


def send_event_cancelled(event: Event, addresses: Collection[str]) -> None:
    _send("event_cancelled", event, addresses, {})


def send_event_back(event: Event, addresses: Collection[str]) -> None:
    """It takes place after all."""
    _send("event_back", event, addresses, {})


def send_event_changed(event: Event, was: Event, addresses: Collection[str]) -> None:
    """Another day, time or place; `was`: the event before the change."""
    _send("event_changed", event, addresses, {"was": when_of(was), "was_at": was.where})


def _send(kind: str, event: Event, addresses: Collection[str], more: Mapping[str, Any]) -> None:
    """The same mail to each address, one by one, so that nobody sees the others."""
    context = {"event": event, "link": address_of("event", event.slug), **more}
    # A calendar that knows the day only from a file in a mail learns of its end, or its move, from this one.
    calendars = mailbox_calendars(event, addresses)
    mails = [mail_of(kind, address, context, calendars[address]) for address in addresses]
    send_on_commit(answered_by(event, mails))
