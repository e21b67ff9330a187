"""What calendars are told (RFC 5545): an event, a series, and everything that one person has to keep.

An entry keeps its UID for ever. Its SEQUENCE rises when day, time, place or name change, and an event that is called
off is told as CANCELLED rather than left out, so that a calendar that holds it strikes it through. Times are those of
the clock on the wall in London, with the zone's own rules in the file, so that a date after the clocks change is right.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import icalendar
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from joinedup.accounts.links import address_of
from joinedup.accounts.models import AuditEntry, User
from joinedup.accounts.person import Person
from joinedup.events.models import Agreement, Attendee, Event, Programme
from joinedup.events.naming import note_of
from joinedup.events.queries.events import listed

MAKER = "-//JoinedUp//JoinedUp//EN"
A_DAY = datetime.timedelta(days=1)
# How often a calendar that subscribes should look again.
AGAIN = datetime.timedelta(hours=6)
# Kept in a person's calendar for so long after the day.
BEHIND = datetime.timedelta(days=400)


def _uid(kind: str, pk: int, part: str = "") -> str:
    return f"{kind}-{pk}{f'-{part}' if part else ''}@{urlsplit(settings.SITE_URL).hostname}"


def _calendar(name: str, entries: Iterable[icalendar.Event]) -> bytes:
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


def _entry(
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


def _event_entry(event: Event, *, is_off: bool = False, words: Iterable[str] = ()) -> icalendar.Event:
    """Wants a day. `is_off`: it is off for whoever reads this, although it may take place."""
    assert event.date is not None
    link = address_of("event", event.slug)
    off = is_off or event.cancelled_on is not None
    # A calendar takes the higher number: off comes after everything that was said before.
    entry = _entry(
        _uid("event", event.pk), event.told_name, link, event.changed_at, event.sequence + is_off, off
    )
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


def event_calendar(event: Event, *, attendee: Attendee | None = None) -> bytes:
    """One event as a calendar file, for an invitation or, with `attendee`, for somebody who comes.

    Raises ValueError for an event whose day is not known: there is nothing to put into a calendar.
    """
    if event.date is None:
        raise ValueError("This event has no day yet.")
    if attendee is None:
        return _calendar(event.name, [_event_entry(event)])
    return _calendar(event.name, [_attending_entry(attendee)])


def _attending_entry(attendee: Attendee) -> icalendar.Event:
    off = attendee.standing == Attendee.Standing.CANCELLED
    words = []
    if attendee.standing == Attendee.Standing.WAITING:
        words.append("You are on the waiting list.")
    entry = _event_entry(attendee.event, is_off=off, words=words)
    if attendee.standing == Attendee.Standing.WAITING:
        entry["status"] = icalendar.vText("TENTATIVE")
    return entry


def programme_calendar(programme: Programme, person: Person) -> bytes:
    """Every event of a series that has a day, past and to come, of those that `person` may find in the list;
    2 queries."""
    events = listed(person).filter(programme=programme).exclude(date=None)
    found = events.select_related("programme", "at", "footprint").order_by("date", "pk")
    return _calendar(programme.name, [_event_entry(each) for each in found])


def my_calendar(user: User) -> bytes:
    """The events somebody comes to, and the days of the agreements that their partners own or stand in for.

    Six queries, whatever the number of entries.
    """
    person, since = Person.of(user), timezone.localdate() - BEHIND
    attending = (
        Attendee.objects.filter(user=user, event__date__gte=since)
        .select_related("event__programme", "event__at")
        .order_by("event__date", "number")
    )
    entries = [_attending_entry(each) for each in _latest(attending)]
    mine = Q(owner_partner__in=person.partner_ids) | Q(deputy_partner__in=person.partner_ids)
    agreements = list(
        Agreement.objects.visible_to(person)
        .filter(mine, due__gte=since)
        .select_related("owner_partner", "event")
        .prefetch_related("namings")
        .order_by("due", "pk")
    )
    versions = _versions(agreements)
    for agreement in agreements:
        entries += _agreement_entries(agreement, *versions[agreement.pk])
    return _calendar("JoinedUp", entries)


def _latest(attending: Iterable[Attendee]) -> list[Attendee]:
    """One an event: whoever cancelled and registered again comes."""
    kept: dict[int, Attendee] = {}
    for each in attending:
        kept[each.event_id] = each
    return list(kept.values())


def _versions(agreements: list[Agreement]) -> dict[int, tuple[int, datetime.datetime]]:
    """How often each agreement was changed since it was made, and when last: from the audit trail; 1 query."""
    keys = [str(each.pk) for each in agreements]
    rows = AuditEntry.objects.filter(record="events.agreement", record_id__in=keys).order_by("at")
    counts: Counter[str] = Counter()
    last: dict[str, datetime.datetime] = {}
    for key, at in rows.values_list("record_id", "at"):
        counts[key] += 1
        last[key] = at
    return {
        each.pk: (max(counts[str(each.pk)] - 1, 0), last.get(str(each.pk), each.recorded_at))
        for each in agreements
    }


def _agreement_entries(
    agreement: Agreement, sequence: int, changed: datetime.datetime
) -> list[icalendar.Event]:
    """The due day and the three reviews, as whole days. What was dropped is off; what was kept is not due again."""
    is_dropped = agreement.state == Agreement.State.DROPPED
    closed = {Agreement.State.KEPT: "Kept", Agreement.State.NOT_KEPT: "Not kept"}
    word = closed.get(Agreement.State(agreement.state))
    link = address_of("agreement", agreement.pk)
    days = [("due", agreement.due, f"{word or 'Due'}: {agreement.goal}", is_dropped)]
    for months in (3, 6, 12):
        summary = f"Review after {months} months: {agreement.goal}"
        is_off = is_dropped or word is not None
        days.append((f"review-{months}", getattr(agreement, f"review_{months}"), summary, is_off))
    made = []
    for part, day, summary, is_off in days:
        entry = _entry(_uid("agreement", agreement.pk, part), summary, link, changed, sequence, is_off)
        entry.add("dtstart", day)
        entry.add("dtend", day + A_DAY)
        entry.add("transp", "TRANSPARENT")
        note = note_of(agreement, agreement.owner_partner_id)
        owner = f"{agreement.owner_role}, {agreement.owner_partner.name}{f' ({note})' if note else ''}"
        entry.add("description", f"{agreement.action}\n\nSees to it: {owner}\n\n{link}")
        made.append(entry)
    return made
