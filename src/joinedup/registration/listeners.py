"""What follows for those who come when an event is changed."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Subquery
from django.dispatch import receiver

from joinedup.accounts.models import User
from joinedup.events.models import Event
from joinedup.events.signals import event_changed
from joinedup.mail.stopped import goes_on
from joinedup.registration.models import Attendee


@receiver(event_changed)
def follow_change(
    sender: type[Event], *, event: Event, was: Event, tell: bool, ask: bool = False, **_more: Any
) -> None:
    """More places let people in from the waiting list; another day, time or place is told to everyone it concerns.
    Refuses fewer places than people have, or than are reserved."""
    # Every command imports this module when Django starts: calendars and mails are imported once they are needed.
    from joinedup.registration.actions.moved_day import tell_of_change
    from joinedup.registration.actions.waiting_list import fill_places, taken
    from joinedup.registration.queries.reserved_places import reservations

    if event.capacity < was.capacity:
        if (given := taken(event)) > event.capacity:
            raise ValidationError(
                f"{given} places are given already: keep at least so many, or cancel with people first."
            )
        if (kept := sum(each.places for each in reservations(event))) > event.capacity:
            raise ValidationError(
                f"{kept} places are reserved: keep at least so many, or reserve fewer first."
            )
    if tell:
        tell_of_change(event, was, ask=ask)
    fill_places(event)


@goes_on
def registered_since(addresses: set[str]) -> set[str]:
    """Who registers for an event after their account was closed does so for themselves, and is answered."""
    closed = User.objects.filter(email=OuterRef("email"), is_active=False).values("closed_at")[:1]
    since = Attendee.objects.filter(email__in=addresses, registered_at__gt=Subquery(closed))
    return set(since.values_list("email", flat=True))
