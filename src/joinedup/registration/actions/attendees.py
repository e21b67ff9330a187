"""What planners record about attendees, and the export of the list."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.events.models import Event
from joinedup.registration.models import Attendee


@transaction.atomic
def note_payment(*, by: Person, attendee: Attendee, on: datetime.date | None) -> Attendee:
    """Record that a young person was paid for the day, and when; None takes it back."""
    require(by, "event.see_attendees", on=attendee)
    if not attendee.is_young:
        raise ValidationError("Only young people are paid for the day.")
    if on is not None and on > timezone.localdate():
        raise ValidationError("Give the day on which they were paid, not one to come.")
    before = audit.snapshot(attendee)
    attendee.paid_on = on
    attendee.save(update_fields=["paid_on"])
    audit.record(by=by, action="event.note_payment", on=attendee, before=before)
    return attendee


@transaction.atomic
def note_export(*, by: Person, event: Event, number: int) -> None:
    """Record that somebody exported the list of people: the file holds personal details of this many."""
    require(by, "event.see_attendees", on=event)
    audit.record(by=by, action="event.export_people", on=event, after={"people": number})
