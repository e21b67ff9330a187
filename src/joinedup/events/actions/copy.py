"""Make an event from another one: what was learned about the day is kept, names of people are not."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.events.actions.event import new_event
from joinedup.events.models import Event, Session, Table
from joinedup.events.queries.contact import own_contact

COPIED = (
    "purpose",
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
    "capacity",
    "rounds",
)


@transaction.atomic
def copy_event(*, by: Person, event: Event, name: str, date: datetime.date) -> Event:
    """Another event like this one, as a draft: purpose, venue, access, times, room, the day's programme, whom to ask,
    and who leads on safeguarding.

    Not copied: people, speakers, invitations, topics, notes, and whether photographs are taken: no, unless
    somebody says so again.
    """
    require(by, "event.add", on=event)
    if event.is_history or event.footprint is None:
        raise ValidationError("This event is known from publications: there is nothing to copy.")
    if date < timezone.localdate():
        raise ValidationError("Give a day that is still to come.")
    details: dict[str, Any] = {each: getattr(event, each) for each in COPIED}
    if own_contact(event) is None:
        # Somebody's address went with their account: a role or team that nobody can reach is no contact.
        details["contact"] = ""
    made = new_event(
        by=by, footprint=event.footprint, programme=event.programme, name=name.strip(), date=date, **details
    )
    made.regions, made.copied_from = event.regions, event
    made.save(update_fields=["regions", "copied_from"])
    Table.objects.bulk_create(
        Table(event=made, number=t.number, seats_min=t.seats_min, seats_max=t.seats_max, access=t.access)
        for t in event.tables.all()
    )
    Session.objects.bulk_create(_like(session, made) for session in event.sessions.all())
    audit.record(by=by, action="event.copy", on=made)
    return made


def _like(session: Session, made: Event) -> Session:
    return Session(
        event=made,
        starts=session.starts,
        minutes=session.minutes,
        title=session.title,
        kind=session.kind,
        round=session.round,
        about=session.about,
        off_record=session.off_record,
    )


def day_for_copy(event: Event, today: datetime.date) -> datetime.date | None:
    """The same weekday in the month after, or in the first later month that is still to come."""
    if event.date is None:
        return None
    day = event.date
    while True:
        later = day + datetime.timedelta(weeks=4)
        day = later if later.month != day.month else later + datetime.timedelta(weeks=1)
        if day > today:
            return day
