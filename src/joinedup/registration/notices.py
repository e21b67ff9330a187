"""Mails to everybody concerned: the event is cancelled, takes place after all, or has moved.

They contain only its day, place and reason, so that all get the same words; each has a calendar file for its
reader. Young people get none: their companion does.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from typing import Any

from django.utils.formats import date_format

from joinedup.accounts.links import address_of
from joinedup.events.models import Event
from joinedup.registration.calendar import mailbox_calendars
from joinedup.registration.mails import called, mail_of, post, when_of
from joinedup.registration.models import Attendee, Invitation


def addresses_of(event: Event) -> list[str]:
    """Addresses of attendees with a place or waiting for one, and of invitations not declined; 2 queries."""
    coming = event.attendees.filter(standing__in=Attendee.COMING).select_related("companion")
    found = {each.companion.email if each.companion else each.email for each in coming}
    return sorted({each.lower() for each in [*found, *(each.email for each in invited_of(event))]} - {""})


def invited_of(event: Event) -> list[Invitation]:
    """Invitations that were sent and not declined; 1 query."""
    invited = event.invitations.exclude(answer=Invitation.Answer.DECLINED).exclude(sent_at=None)
    # A person who named a substitute does not come; the substitute has their own invitation.
    return list(invited.exclude(answer=Invitation.Answer.SUBSTITUTE).exclude(email="").order_by("email"))


def send_event_cancelled(event: Event, addresses: Collection[str]) -> None:
    _send("event_cancelled", event, addresses, {})


def send_event_back(event: Event, addresses: Collection[str]) -> None:
    """Tell them that it takes place after all."""
    _send("event_back", event, addresses, {})


def send_event_changed(event: Event, was: Event) -> list[Attendee]:
    """Tell of another day, time or place; `was`: the event before the change. Returns who comes and was told.

    Those who come have a mail each, which asks whether they still can if they have not said so of this day; those who
    are invited one with the link of their invitation.
    """
    told = {"was": when_of(was), "was_at": was.where, "is_other_day": event.date != was.date}
    coming = _adults(event)
    send_asking(event, coming, was_on=was.date, **told)
    taken = {each.email for each in coming}
    invited = [each for each in invited_of(event) if each.email.lower() not in taken]
    calendars = mailbox_calendars(event, [each.email.lower() for each in invited])
    mails = []
    for each in invited:
        context = {
            **told,
            "event": event,
            "is_asked": False,
            "who": "",
            "young": [],
            "link": address_of("invitation", each.token),
            "event_link": address_of("event", event.slug),
        }
        mails.append(mail_of("event_changed", each.email, context, calendars[each.email.lower()]))
    post(event, mails)
    return coming


def _adults(event: Event) -> list[Attendee]:
    """Everybody who counts and is written to; young people are asked through the adult they come with. 2 queries."""
    coming = event.attendees.filter(standing__in=Attendee.COMING).exclude(email="")
    return list(coming.select_related("partner").prefetch_related("with_them").order_by("number"))


def send_asking(
    event: Event, coming: Collection[Attendee], *, was_on: datetime.date | None, **told: Any
) -> None:
    """One mail to each of these about the day as it is now, with their calendar entry. It names the day that they
    hold, which is another than `was_on` if nobody told them of that one."""
    calendars = mailbox_calendars(event, [each.email for each in coming])
    mails = []
    for each in coming:
        each.event = event
        link = address_of("attending", each.token)
        context = {
            **told,
            "event": event,
            "who": called(each),
            "young": [young for young in each.with_them.all() if young.is_coming],
            "is_asked": each.is_to_confirm_day,
            "is_waiting": each.standing == Attendee.Standing.WAITING,
            "link": link,
            "yes": f"{link}?still=yes",
            "no": f"{link}?still=no",
            "event_link": address_of("event", event.slug),
        }
        if each.is_to_confirm_day and each.holds_day not in {None, was_on}:
            context |= {"was": date_format(each.holds_day, "j F Y"), "is_other_day": True}
        mails.append(mail_of("event_changed", each.email, context, calendars[each.email]))
    post(event, mails)


def _send(kind: str, event: Event, addresses: Collection[str], more: Mapping[str, Any]) -> None:
    """Send the same mail to each address separately, so that nobody sees the others."""
    context = {"event": event, "link": address_of("event", event.slug), **more}
    # Calendars that got the event from a file in a mail are updated by this one.
    calendars = mailbox_calendars(event, addresses)
    mails = [mail_of(kind, address, context, calendars[address]) for address in addresses]
    post(event, mails)
