"""What happens to attendees when an event changes."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from joinedup.events.models import Event
from joinedup.events.signals import event_changed
from joinedup.registration import notices
from joinedup.registration.actions.waiting_list import fill_places


@receiver(event_changed)
def follow_change(sender: type[Event], *, event: Event, was: Event, tell: bool, **_more: Any) -> None:
    """More places let people in from the waiting list; those concerned are notified of another day, time or
    place."""
    fill_places(event)
    if tell:
        notices.send_event_changed(event, was, notices.addresses_of(event))
