"""What calendars are told (RFC 5545): an event, a series, and everything that one person has to keep.

An entry keeps its UID for ever: that of the event, which names nobody; only where two people share a mailbox has the
second a key by chance in it. Its SEQUENCE rises with whatever the entry says and never falls: what everybody may know
counts on the event, what is said to one person on top of that (`Attendee.calendar_version`), so that their own file
always wins over the public one. What is off is told as CANCELLED rather than left out, so that a calendar that holds it
strikes it through. Times are those of the clock on the wall in London, with the zone's own rules in the file, so that a
date after the clocks change is right. Why it is so: docs/decisions/calendar-versions.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import icalendar

from joinedup.events.calendar import calendar_of, day_entry, event_entry, uid_of
from joinedup.events.models import Event
from joinedup.registration.models import Attendee


def attendee_entry(event: Event, attendee: Attendee) -> icalendar.Event:
    """The day as it is for one who comes, waits or does not come any more. Wants a day."""
    off = event.cancelled_on is not None or attendee.standing in Attendee.GONE
    words: list[str] = []
    if attendee.standing == Attendee.Standing.WAITING:
        words = ["You are on the waiting list."]
    elif not off and not attendee.is_coming:
        words = ["Not confirmed yet."]
    entry = day_entry(
        event,
        uid_of("event", event.pk, attendee.calendar_key),
        event.sequence + attendee.calendar_version,
        max(event.changed_at, attendee.standing_since),
        is_off=off,
        words=words,
    )
    if not off and attendee.standing != Attendee.Standing.PLACED:
        entry["status"] = icalendar.vText("TENTATIVE")
    return entry


def attendee_calendar(attendee: Attendee) -> bytes:
    """The event as a calendar file for somebody who comes. Whoever cancelled and registered again reads by the old
    link too how it stands now. Wants a day; 1 query."""
    event = attendee.event
    return calendar_of(event.name, [attendee_entry(event, _newest(attendee))])


def _newest(attendee: Attendee) -> Attendee:
    """The last registration of the same person in the same mailbox; 1 query."""
    same = Attendee.objects.filter(event=attendee.event_id, calendar_key=attendee.calendar_key)
    if not attendee.calendar_key:
        if not attendee.email:
            return attendee
        same = same.filter(email=attendee.email)
    return same.order_by("calendar_version").last() or attendee


def mailbox_calendars(event: Event, addresses: Collection[str]) -> dict[str, bytes]:
    """What is sent to each address when something about an event changes: how it stands for everybody who registered
    with that address, or the event itself where nobody did; empty for an event without a day. 1 query.

    A young person's day is that of their companion, who holds it already: they have no entry in these.
    """
    if event.date is None:
        return dict.fromkeys(addresses, b"")
    registered: dict[str, list[Attendee]] = {}
    for each in event.attendees.filter(email__in=addresses).order_by("calendar_version"):
        registered.setdefault(each.email, []).append(each)
    anybody = calendar_of(event.name, [event_entry(event)])
    return {
        address: calendar_of(
            event.name, [attendee_entry(event, each) for each in latest(registered[address])]
        )
        if address in registered
        else anybody
        for address in addresses
    }


def latest(attending: Iterable[Attendee]) -> list[Attendee]:
    """The last of each entry: whoever cancelled and registered again comes."""
    return list({(each.event_id, each.calendar_key): each for each in attending}.values())
