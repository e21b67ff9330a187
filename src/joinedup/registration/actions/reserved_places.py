"""Reserve places of an event for some, until a day."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.events.models import Event
from joinedup.registration.actions.waiting_list import fill_places
from joinedup.registration.models import Attendee, Reservation
from joinedup.taxonomy.models import Sector


@transaction.atomic
def reserve(
    *, by: Person, event: Event, group: str, places: int, until: datetime.date, sector: Sector | None = None
) -> Reservation:
    """Keep at least so many places for a group until a day; the same group again changes its number and day. Who has a
    place keeps it: more may be reserved than is free."""
    require(by, "event.change", on=event)
    event = _open(event)
    if group not in Reservation.Group.values or (group == Reservation.Group.SECTOR) != (sector is not None):
        raise ValidationError({"sector": "Choose the sector that these places are for."})
    if places < 1:
        raise ValidationError({"places": "Reserve one place at least, or take the reservation away."})
    today = timezone.localdate()
    if until < today:
        raise ValidationError({"until": "Give a day that is still to come."})
    if event.date is not None and until >= event.date:
        raise ValidationError(
            {"until": "Give a day before the event: what is not taken goes to those who wait."}
        )
    others = event.reservations.filter(until__gte=today).exclude(group=group, sector=sector)
    kept = sum(each.places for each in others)
    if kept + places > event.capacity:
        raise ValidationError(
            {
                "places": f"The event has {event.capacity} places, and {kept} of them are reserved already: "
                f"reserve {max(0, event.capacity - kept)} at most, or fewer for others."
            }
        )
    kept_before = event.reservations.filter(group=group, sector=sector).first()
    made = kept_before or Reservation(event=event, group=group, sector=sector)
    before = audit.snapshot(kept_before) if kept_before else None
    made.places, made.until = places, until
    made.save()
    audit.record(by=by, action="event.reserve", on=made, before=before)
    fill_places(event)
    return made


@transaction.atomic
def take_away_reservation(*, by: Person, reservation: Reservation) -> list[Attendee]:
    """These places are for everybody again; returns who got one from the waiting list."""
    require(by, "event.change", on=reservation)
    event = _open(reservation.event)
    audit.record(by=by, action="event.take_away_reservation", on=reservation)
    reservation.delete()
    return fill_places(event)


def _open(event: Event) -> Event:
    event = Event.objects.select_for_update().get(pk=event.pk)
    if event.is_history or (event.date and event.date < timezone.localdate()):
        raise ValidationError("This event is over.")
    return event


def release_due(on: datetime.date) -> list[Attendee]:
    """Give places whose reservation ended before a day to those who wait; returns who got one. Safe to call again."""
    waiting = Attendee.objects.filter(standing=Attendee.Standing.WAITING).values("event")
    due = Event.objects.filter(
        reservations__until__lt=on, pk__in=waiting, date__gte=on, cancelled_on=None, is_history=False
    )
    moved: list[Attendee] = []
    for event in due.distinct():
        with transaction.atomic():
            moved += fill_places(Event.objects.select_for_update().get(pk=event.pk))
    return moved
