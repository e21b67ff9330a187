"""Delete unfinished drafts when the personal details of attendees are deleted."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from joinedup.agreements.models import Draft
from joinedup.events.models import Event
from joinedup.registration.signals import personal_deleted


@receiver(personal_deleted)
def forget_drafts(sender: type[Event], *, event: Event, **_more: Any) -> None:
    Draft.objects.filter(sitting__event=event).delete()
