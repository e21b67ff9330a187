"""What has to wait until an event is published."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from joinedup.events.models import Event


def refuse_draft(event: Event, sentence: str) -> None:
    """Raise ValidationError for a draft. Call it where something reaches people who do not plan the event."""
    if event.is_draft:
        raise ValidationError(sentence)
