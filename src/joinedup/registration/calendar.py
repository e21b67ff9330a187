"""What calendars receive (RFC 5545): an event, a series, and all dates of one person.

An entry keeps its UID for ever. It is the event's and identifies nobody; only the second of two people who
share a mailbox has a random key in it. SEQUENCE rises with every change to the entry and never falls: what is
public counts on the event, and what is added for one person is counted on top (`Attendee.calendar_version`),
so that their own file always wins over the public one. A cancelled entry is sent as CANCELLED rather than
left out, so that calendars that hold it strike it through. Times are British wall-clock times, with the zone's
rules in the file, so that dates after the clocks change are right. The reasons are in
docs/decisions/calendar-versions.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import icalendar

from joinedup.events.calendar import calendar_of, day_entry, event_entry, uid_of
from joinedup.events.models import Event
from joinedup.registration.models import Attendee


def attendee_entry(event: Event, attendee: Attendee) -> icalendar.Event:
    """The day for someone who comes, waits, or no longer comes. Expects the event to have a date."""
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
    """The event as a calendar file for someone who comes. After cancelling and registering again, the old
    link shows the new state too. Expects the event to have a date; 1 query."""
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
    """What is sent to each address when an event changes: the state of everybody registered with it, or the
    event itself if nobody is; empty for an event without a date. 1 query.

    A young person has no entry here: their companion has the day already.
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
    """The last of each entry: someone who cancelled and registered again comes."""
    return list({(each.event_id, each.calendar_key): each for each in attending}.values())
