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

import datetime
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import icalendar
from django.conf import settings
from django.utils.translation import gettext as _

from joinedup.accounts.links import address_of
from joinedup.accounts.person import Person
from joinedup.events.models import Event, Programme
from joinedup.events.queries.events import listed
from joinedup.places.demonstration import is_demonstration_site, what_is_invented

MAKER = "-//JoinedUp//JoinedUp//EN"
A_DAY = datetime.timedelta(days=1)
# How often a subscribed calendar should refresh.
AGAIN = datetime.timedelta(hours=6)


def uid_of(kind: str, pk: int, part: str = "") -> str:
    return f"{kind}-{pk}{f'-{part}' if part else ''}@{urlsplit(settings.SITE_URL).hostname}"


def calendar_of(name: str, entries: Iterable[icalendar.Event]) -> bytes:
    made = icalendar.Calendar()
    made.add("prodid", MAKER)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("name", name)
    made.add("x-wr-calname", name)
    if is_demonstration_site():
        made.add("x-wr-caldesc", f"{_('Demonstration.')} {what_is_invented()}")
    made.add("refresh-interval", AGAIN, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", AGAIN)
    made.add_component(_london())
    for each in entries:
        made.add_component(each)
    return made.to_ical()


def _london() -> icalendar.Timezone:
    """The rules of the clock since 1996, as a rule. A list of every change since 1970 begins with three years
    in which Britain kept summer time all year, and a widely used reader then takes summer for winter."""
    zone = icalendar.Timezone()
    zone.add("tzid", "Europe/London")
    for kind, first, month, name, was, then in (
        (icalendar.TimezoneDaylight, datetime.datetime(1996, 3, 31, 1), 3, "BST", 0, 1),
        (icalendar.TimezoneStandard, datetime.datetime(1996, 10, 27, 2), 10, "GMT", 1, 0),
    ):
        part = kind()
        part.add("dtstart", first)
        part.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1SU"})
        part.add("tzname", name)
        part.add("tzoffsetfrom", datetime.timedelta(hours=was))
        part.add("tzoffsetto", datetime.timedelta(hours=then))
        zone.add_component(part)
    return zone


def entry_of(
    uid: str, summary: str, link: str, changed: datetime.datetime, sequence: int, is_off: bool
) -> icalendar.Event:
    entry = icalendar.Event()
    entry.add("uid", uid)
    entry.add("summary", f"Cancelled: {summary}" if is_off else summary)
    entry.add("dtstamp", changed.astimezone(datetime.UTC))
    entry.add("last-modified", changed.astimezone(datetime.UTC))
    entry.add("sequence", sequence)
    entry.add("status", "CANCELLED" if is_off else "CONFIRMED")
    entry.add("url", link)
    return entry


def hours(event: Event) -> tuple[datetime.datetime, datetime.datetime] | None:
    """Start and end, with the zone; None if the day or the start is not known.

    If no end was given it is taken to be two hours after the start.
    """
    if event.date is None or event.starts is None:
        return None
    zone = ZoneInfo("Europe/London")
    start = datetime.datetime.combine(event.date, event.starts, zone)
    if event.ends is None:
        return start, start + datetime.timedelta(hours=2)
    return start, datetime.datetime.combine(event.date, event.ends, zone)


def event_entry(event: Event) -> icalendar.Event:
    """The public entry for the day. Expects the event to have a date."""
    return day_entry(event, uid_of("event", event.pk), event.sequence, event.changed_at)


def day_entry(
    event: Event,
    uid: str,
    sequence: int,
    changed: datetime.datetime,
    *,
    is_off: bool = False,
    words: Sequence[str] = (),
) -> icalendar.Event:
    """The entry for an event's day. `words` are added to its description; `is_off`: cancelled for one reader
    only."""
    assert event.date is not None
    link = address_of("event", event.slug)
    off = event.cancelled_on is not None or is_off
    entry = entry_of(uid, event.told_name, link, changed, sequence, off)
    span = hours(event)
    if span is None:
        entry.add("dtstart", event.date)
        entry.add("dtend", event.date + A_DAY)
        entry.add("transp", "TRANSPARENT")
    else:
        entry.add("dtstart", span[0])
        entry.add("dtend", span[1])
    if event.where:
        entry.add("location", event.where)
    told = [event.purpose, *words, f"Access: {event.access}" if event.access else "", link]
    entry.add("description", "\n\n".join(part for part in told if part))
    entry.add("categories", [event.programme.name])
    return entry


def event_calendar(event: Event) -> bytes:
    """One event as a calendar file.

    Raises ValueError for an event whose day is not known: it has no place in a calendar.
    """
    if event.date is None:
        raise ValueError("This event has no day yet.")
    return calendar_of(event.name, [event_entry(event)])


def programme_calendar(programme: Programme, person: Person) -> bytes:
    """Every event of a series that has a date, past and to come, and that `person` may find in the list; 2
    queries."""
    events = listed(person).filter(programme=programme, is_draft=False).exclude(date=None)
    found = events.select_related("programme", "at", "footprint").order_by("date", "pk")
    return calendar_of(programme.name, [event_entry(each) for each in found])
