"""Make and change an event and its room."""

from __future__ import annotations

import math
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.fields import check
from joinedup.accounts.permissions import Scope, require
from joinedup.accounts.person import Person
from joinedup.accounts.slugs import fresh_slug
from joinedup.events.actions.programmes import link_stop
from joinedup.events.models import Event, Programme, Stop, Table
from joinedup.events.queries.programmes import own_slug
from joinedup.events.signals import event_changed
from joinedup.places.models import Footprint
from joinedup.places.regions import regions_of

SEATS_MIN, SEATS_MAX = 6, 10
DETAILS = frozenset(
    {
        "name",
        "purpose",
        "date",
        "starts",
        "ends",
        "at",
        "venue",
        "place_name",
        "region",
        "access",
        "host",
        "reading",
        "contact",
        "contact_email",
        "contact_telephone",
        "safeguarding_lead",
        "safeguarding_contact",
        "young_pay",
        "has_photos",
        "capacity",
        "rounds",
    }
)

# The fields that calendars hold: a change reaches them as a new version.
IN_CALENDARS = frozenset({"name", "purpose", "date", "starts", "ends", "at", "venue", "place_name", "access"})
# Fields that other actions change, perhaps since `event` was read.
NOT_CHANGED_HERE = ("sequence", "changed_at", "cancelled_on", "cancelled_because")

# People who come are notified if these change and the editor asks for it.
WHEN_AND_WHERE = IN_CALENDARS - {"name", "purpose", "access"}


def _fill_in(event: Event, details: dict[str, Any]) -> None:
    if unknown := details.keys() - DETAILS:
        raise TypeError(f"An event has no {sorted(unknown)}.")
    for name, value in details.items():
        setattr(event, name, value)
    if event.at is not None:
        if event.at.footprint_id != event.footprint_id:
            raise ValidationError("Choose a venue of this partnership.")
        event.venue = event.at.name
        if event.at.most_people is not None and event.capacity > event.at.most_people:
            raise ValidationError(
                f"{event.at.name} holds {event.at.most_people} people at most: give fewer places, or choose another."
            )
    if event.starts and event.ends and event.ends <= event.starts:
        raise ValidationError("The event must end after it starts.")
    if event.capacity < 1 or not 1 <= event.rounds <= 12:
        raise ValidationError("An event needs at least one place and 1 to 12 rounds.")
    if event.contact and not (event.contact_email or event.contact_telephone):
        sentence = "Give their e-mail address or telephone number, so that people can ask them."
        raise ValidationError({"contact_email": sentence})
    check(event)


@transaction.atomic
def add_event(
    *,
    by: Person,
    footprint: Footprint,
    programme: Programme | None = None,
    stop: Stop | None = None,
    **details: Any,
) -> Event:
    """Add an event of a partnership, with tables for everybody: a draft, which only planners can find until
    it is published (`publish_event`). Without a programme it joins the partnership's own; made for a `stop`
    of a programme, it belongs to that programme and counts for that region.

    It does not need a safeguarding lead yet, but nobody can be invited without one (`ready_to_invite`).
    """
    event = new_event(by=by, footprint=footprint, programme=stop.programme if stop else programme, **details)
    if stop is not None:
        event.regions = sorted({*event.regions, stop.region})
        event.save(update_fields=["regions"])
        link_stop(by=by, stop=stop, event=event)
    tables = math.ceil(event.capacity / SEATS_MAX)
    Table.objects.bulk_create(
        Table(event=event, number=n, seats_min=min(SEATS_MIN, event.capacity), seats_max=SEATS_MAX)
        for n in range(1, tables + 1)
    )
    audit.record(by=by, action="event.add", on=event)
    return event


def new_event(*, by: Person, footprint: Footprint, programme: Programme | None, **details: Any) -> Event:
    """The event itself, without room or audit entry; call it inside a transaction."""
    require(by, "event.add", on=Scope(footprints=frozenset({footprint.pk})))
    if programme is None:
        programme, _ = Programme.objects.get_or_create(
            slug=own_slug(footprint), defaults={"name": f"Events of {footprint.name}"[:160]}
        )
    name, date = details.get("name", ""), details.get("date")
    slug = fresh_slug(Event, f"{name} {date:%d %B %Y}" if date else name)
    event = Event(programme=programme, footprint=footprint, slug=slug)
    event.is_demonstration, event.is_draft = footprint.is_demonstration, True
    event.regions = regions_of(footprint.places.all())
    _fill_in(event, details)
    event.save()
    return event


def ready_to_invite(event: Event) -> list[str]:
    """What has to be fixed before anybody is invited, one sentence each; empty if nothing."""
    wrong = []
    if event.cancelled_on is not None:
        wrong.append("This event is cancelled: nobody can be invited.")
    if event.is_draft:
        wrong.append("This event is a draft: publish it before you invite people, who could not find it.")
    if event.date is None:
        wrong.append("Give the event a date before you invite people.")
    elif event.is_history or event.date < timezone.localdate():
        wrong.append("This event is over.")
    if not event.safeguarding_lead.strip():
        wrong.append("Name the safeguarding lead before you invite people: they can see who it is.")
    return wrong


@transaction.atomic
def change_event(*, by: Person, event: Event, tell: bool = False, ask: bool = False, **details: Any) -> Event:
    """Change an event's details. More places let people in from the waiting list.

    `tell`: notify those who come and those who were invited if the day, time or place changed. Another day asks those
    who come whether they still can; `ask`: another time or place does too.
    """
    require(by, "event.change", on=event)
    if event.is_history:
        raise ValidationError("This event is known from publications: it is kept as published.")
    # Locked while it changes: an event cancelled a moment ago stays cancelled, and no two changes get the
    # same number.
    was = Event.objects.select_for_update(of=("self",)).select_related("at").get(pk=event.pk)
    for name in NOT_CHANGED_HERE:
        setattr(event, name, getattr(was, name))
    before = audit.snapshot(was)
    _fill_in(event, details)
    now = audit.snapshot(event)
    if any(before[name] != now[name] for name in IN_CALENDARS):
        event.sequence, event.changed_at = event.sequence + 1, timezone.now()
    event.save()
    moved = any(before[name] != now[name] for name in WHEN_AND_WHERE)
    event_changed.send(
        Event, event=event, was=was, tell=tell and moved and event.cancelled_on is None, ask=ask
    )
    audit.record(by=by, action="event.change", on=event, before=before)
    return event


@transaction.atomic
def set_tables(
    *,
    by: Person,
    event: Event,
    count: int,
    seats_min: int,
    seats_max: int,
    access: dict[str, list[int]] | None = None,
) -> list[Table]:
    """Set the room: tables 1 to `count`, each with the same seats; `access` says which numbers meet which
    need."""
    require(by, "event.plan", on=event)
    if not 1 <= count <= 200 or not 1 <= seats_min <= seats_max:
        raise ValidationError(
            "Give 1 to 200 tables, and a smallest number of seats that is not above the largest."
        )
    meets = access or {}
    if wrong := sorted({n for numbers in meets.values() for n in numbers if not 1 <= n <= count}):
        raise ValidationError(f"There is no table {wrong[0]}: the tables are 1 to {count}.")
    gone = event.tables.filter(number__gt=count)
    if gone.filter(sittings__agreements__isnull=False).exists():
        raise ValidationError(
            "Agreements were made at a table that would go: keep at least that many tables."
        )
    before = {"tables": event.tables.count()}
    gone.delete()
    for number in range(1, count + 1):
        Table.objects.update_or_create(
            event=event,
            number=number,
            defaults={
                "seats_min": seats_min,
                "seats_max": seats_max,
                "access": sorted(need for need, numbers in meets.items() if number in numbers),
            },
        )
    after = {"tables": count, "seats": [seats_min, seats_max], "access": meets}
    audit.record(by=by, action="event.tables", on=event, before=before, after=after)
    return list(event.tables.all())
