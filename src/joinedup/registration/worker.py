"""Timed work: one function each, safe to call again, returning how much it did."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.events.models import Event
from joinedup.registration.actions.companions import look_after
from joinedup.registration.actions.held_places import lapse_held
from joinedup.registration.actions.personal_details import delete_personal
from joinedup.registration.actions.reminders import send_reminders
from joinedup.registration.actions.reserved_places import release_due
from joinedup.registration.queries.attendees import due_deletions
from joinedup.registration.queries.reminders import reminders_due


def let_go_of_held(now: datetime.datetime) -> int:
    """Release places that nobody confirmed within a day; returns how many people that affects."""
    return lapse_held(now)


def release_reserved(on: datetime.date) -> int:
    """Give places whose reservation is over to those who wait; returns how many people got one."""
    return len(release_due(on))


def look_after_young(on: datetime.date) -> int:
    """Apply changes in who is vouched for at coming events; returns how many young people that affects."""
    brings = Q(attendees__companion__isnull=False) | Q(attendees__wanted_companion__isnull=False)
    ahead = Event.objects.filter(brings, date__gte=on, cancelled_on=None, is_history=False).distinct()
    return sum(look_after(event) for event in ahead.order_by("date", "pk"))


def remind(now: datetime.datetime) -> int:
    """Send the reminders that are due for coming events; returns how many mails were sent."""
    ahead = Event.objects.filter(date__gte=timezone.localdate(now), cancelled_on=None, is_history=False)
    number = 0
    for event in ahead.order_by("date", "pk"):
        if not reminders_due(event, now).number:
            continue
        reminded = send_reminders(by=Person.operator(), event=event, now=now)
        number += reminded.number
    return number


def delete_due_personal(on: datetime.date) -> int:
    """Delete the personal details of every event whose 90 days are over; returns how many people that
    affects."""
    return sum(_delete(event.pk, on) for event in due_deletions(on))


@transaction.atomic
def _delete(event_pk: int, on: datetime.date) -> int:
    # Held, so that the second of two workers finds that it is done.
    event = Event.objects.select_for_update().get(pk=event_pk)
    return 0 if event.personal_deleted_on else delete_personal(by=Person.operator(), event=event, on=on)
