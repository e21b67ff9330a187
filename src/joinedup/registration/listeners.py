"""What follows for those who come when an event is changed."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from joinedup.events.models import Event
from joinedup.events.signals import event_changed


@receiver(event_changed)
def follow_change(sender: type[Event], *, event: Event, was: Event, tell: bool, **_more: Any) -> None:
    """More places let people in from the waiting list; another day, time or place is told to everyone it concerns."""
    # Every command imports this module when Django starts: calendars and mails are imported once they are needed.
    from joinedup.registration import notices
    from joinedup.registration.actions.waiting_list import fill_places

    fill_places(event)
    if tell:
        notices.send_event_changed(event, was, notices.addresses_of(event))
