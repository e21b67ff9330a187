"""What calendars are told (RFC 5545): an event, a series, and everything that one person has to keep.

An entry keeps its UID for ever: that of the event, which names nobody; only where two people share a mailbox has the
second a key by chance in it. Its SEQUENCE rises with whatever the entry says and never falls: what everybody may know
counts on the event, what is said to one person on top of that (`Attendee.calendar_version`), so that their own file
always wins over the public one. What is off is told as CANCELLED rather than left out, so that a calendar that holds it
strikes it through. Times are those of the clock on the wall in London, with the zone's own rules in the file, so that a
date after the clocks change is right. Why it is so: docs/decisions/calendar-versions.md.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import icalendar
from django.conf import settings

from joinedup.accounts.links import address_of
from joinedup.accounts.person import Person
from joinedup.events.models import Event, Programme
from joinedup.events.queries.events import listed

MAKER = "-//JoinedUp//JoinedUp//EN"
A_DAY = datetime.timedelta(days=1)
# How often a calendar that subscribes should look again.
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
    made.add("refresh-interval", AGAIN, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", AGAIN)
    made.add_component(_london())
    for each in entries:
        made.add_component(each)
    return made.to_ical()


def _london() -> icalendar.Timezone:
    """The rules of the clock since 1996, as a rule. A list of every change since 1970 opens with three years in which
    London kept summer time all year; a reader in wide use then takes summer for winter."""
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
    """From when to when, with the zone; None where the day or the hour of its start is not known.

    An end that nobody gave is taken to be two hours after the start.
    """
    if event.date is None or event.starts is None:
        return None
    zone = ZoneInfo("Europe/London")
    start = datetime.datetime.combine(event.date, event.starts, zone)
    if event.ends is None:
        return start, start + datetime.timedelta(hours=2)
    return start, datetime.datetime.combine(event.date, event.ends, zone)


def event_entry(event: Event) -> icalendar.Event:
    """The day as everybody may know it. Wants a day."""
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
    """The day of an event; `words` are said of it besides, `is_off` where it is off for one reader only."""
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

    Raises ValueError for an event whose day is not known: there is nothing to put into a calendar.
    """
    if event.date is None:
        raise ValueError("This event has no day yet.")
    return calendar_of(event.name, [event_entry(event)])


def programme_calendar(programme: Programme, person: Person) -> bytes:
    """Every event of a series that has a day, past and to come, of those that `person` may find in the list;
    2 queries."""
    events = listed(person).filter(programme=programme, is_draft=False).exclude(date=None)
    found = events.select_related("programme", "at", "footprint").order_by("date", "pk")
    return calendar_of(programme.name, [event_entry(each) for each in found])
