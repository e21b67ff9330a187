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
from collections import Counter

import icalendar
from django.db.models import Q
from django.utils import timezone

from joinedup.accounts.links import address_of
from joinedup.accounts.models import AuditEntry, User
from joinedup.accounts.person import Person
from joinedup.agreements.models import Agreement
from joinedup.agreements.naming import note_of
from joinedup.events.calendar import A_DAY, calendar_of, entry_of, uid_of
from joinedup.registration.calendar import attendee_entry, latest
from joinedup.registration.models import Attendee

# How long an entry stays in a personal calendar after the day.
BEHIND = datetime.timedelta(days=400)


def my_calendar(user: User) -> bytes:
    """The events that someone attends, and the dates of agreements that their partners own or deputise for.

    Six queries, whatever the number of entries.
    """
    person, since = Person.of(user), timezone.localdate() - BEHIND
    attending = (
        Attendee.objects.filter(user=user, event__date__gte=since)
        .select_related("event__programme", "event__at")
        .order_by("event__date", "calendar_version")
    )
    # Someone who registered a colleague too sees their own day, whatever happens to the colleague's.
    own_last = sorted(attending, key=lambda each: each.email == user.email)
    entries = [attendee_entry(each.event, each) for each in latest(own_last)]
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
    return calendar_of("JoinedUp", entries)


def _versions(agreements: list[Agreement]) -> dict[int, tuple[int, datetime.datetime]]:
    """How many changes each agreement has had, and when the last was: from the audit trail, which never loses
    entries; 1 query."""
    keys = [str(each.pk) for each in agreements]
    rows = AuditEntry.objects.filter(record="agreements.agreement", record_id__in=keys).order_by("at")
    counts: Counter[str] = Counter()
    last: dict[str, datetime.datetime] = {}
    for key, at in rows.values_list("record_id", "at"):
        counts[key] += 1
        last[key] = at
    return {each.pk: (counts[str(each.pk)], last.get(str(each.pk), each.recorded_at)) for each in agreements}


def _agreement_entries(
    agreement: Agreement, sequence: int, changed: datetime.datetime
) -> list[icalendar.Event]:
    """The due date and the three reviews, as whole days. A dropped agreement is cancelled; a kept one is no
    longer due."""
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
        entry = entry_of(uid_of("agreement", agreement.pk, part), summary, link, changed, sequence, is_off)
        entry.add("dtstart", day)
        entry.add("dtend", day + A_DAY)
        entry.add("transp", "TRANSPARENT")
        note = note_of(agreement, agreement.owner_partner_id)
        owner = f"{agreement.owner_role}, {agreement.owner_partner.name}{f' ({note})' if note else ''}"
        entry.add("description", f"{agreement.action}\n\nSees to it: {owner}\n\n{link}")
        made.append(entry)
    return made
