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
from collections import Counter
from collections.abc import Collection, Iterable
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


def _event_entry(event: Event, attendee: Attendee | None = None) -> icalendar.Event:
    """The day as everybody may know it, or as it is for one who comes, waits or does not come any more. Wants a day."""
    assert event.date is not None
    link = address_of("event", event.slug)
    off, uid = event.cancelled_on is not None, _uid("event", event.pk)
    sequence, changed, words = event.sequence, event.changed_at, []
    if attendee is not None:
        off = off or attendee.standing in Attendee.GONE
        uid = _uid("event", event.pk, attendee.calendar_key)
        sequence += attendee.calendar_version
        changed = max(changed, attendee.standing_since)
        if attendee.standing == Attendee.Standing.WAITING:
            words = ["You are on the waiting list."]
        elif not off and not attendee.is_coming:
            words = ["Not confirmed yet."]
    entry = _entry(uid, event.told_name, link, changed, sequence, off)
    if attendee is not None and not off and attendee.standing != Attendee.Standing.PLACED:
        entry["status"] = icalendar.vText("TENTATIVE")
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
    """One event as a calendar file, for an invitation or, with `attendee`, for somebody who comes. Whoever cancelled
    and registered again reads by the old link too how it stands now.

    Raises ValueError for an event whose day is not known: there is nothing to put into a calendar.
    """
    if event.date is None:
        raise ValueError("This event has no day yet.")
    if attendee is None:
        return _calendar(event.name, [_event_entry(event)])
    return _calendar(event.name, [_event_entry(event, _newest(attendee))])


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
    anybody = _calendar(event.name, [_event_entry(event)])
    return {
        address: _calendar(event.name, [_event_entry(event, each) for each in _latest(registered[address])])
        if address in registered
        else anybody
        for address in addresses
    }


def programme_calendar(programme: Programme, person: Person) -> bytes:
    """Every event of a series that has a day, past and to come, of those that `person` may find in the list;
    2 queries."""
    events = listed(person).filter(programme=programme, is_draft=False).exclude(date=None)
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
        .order_by("event__date", "calendar_version")
    )
    # Who registered a colleague as well sees their own day, whatever becomes of the other's.
    own_last = sorted(attending, key=lambda each: each.email == user.email)
    entries = [_event_entry(each.event, each) for each in _latest(own_last)]
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
    """The last of each entry: whoever cancelled and registered again comes."""
    return list({(each.event_id, each.calendar_key): each for each in attending}.values())


def _versions(agreements: list[Agreement]) -> dict[int, tuple[int, datetime.datetime]]:
    """How many changes of each agreement are known, and when the last was: from the audit trail, of which nothing is
    ever taken away; 1 query."""
    keys = [str(each.pk) for each in agreements]
    rows = AuditEntry.objects.filter(record="events.agreement", record_id__in=keys).order_by("at")
    counts: Counter[str] = Counter()
    last: dict[str, datetime.datetime] = {}
    for key, at in rows.values_list("record_id", "at"):
        counts[key] += 1
        last[key] = at
    return {each.pk: (counts[str(each.pk)], last.get(str(each.pk), each.recorded_at)) for each in agreements}


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
