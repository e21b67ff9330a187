"""Delete wishes when the personal details of attendees are deleted."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from joinedup.events.models import Event
from joinedup.registration.signals import personal_deleted


@receiver(personal_deleted)
def forget_wishes(sender: type[Event], *, event: Event, **_more: Any) -> None:
    # After the event nobody needs to know who should not sit with whom.
    event.wishes.all().delete()
