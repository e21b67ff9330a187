"""Cancel an event, or take that back. Everyone who comes or was invited is notified by mail."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.fields import check
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.events.models import Event
from joinedup.registration import notices
from joinedup.registration.actions.waiting_list import fill_places


@transaction.atomic
def cancel_event(*, by: Person, event: Event, because: str) -> int:
    """Cancel the event and say why; returns how many addresses are notified."""
    require(by, "event.change", on=event)
    event = Event.objects.select_for_update().get(pk=event.pk)
    if event.is_history or (event.date and event.date < timezone.localdate()):
        raise ValidationError("This event is over: it cannot be cancelled.")
    if event.cancelled_on is not None:
        raise ValidationError("This event is cancelled already.")
    if not because.strip():
        raise ValidationError("Say why, in one sentence: those who wanted to come read it.")
    before = audit.snapshot(event)
    event.cancelled_on, event.cancelled_because = timezone.localdate(), " ".join(because.split())
    _new_version(event)
    addresses = notices.addresses_of(event)
    notices.send_event_cancelled(event, addresses)
    audit.record(by=by, action="event.cancel", on=event, before=before)
    return len(addresses)


@transaction.atomic
def take_back_cancellation(*, by: Person, event: Event) -> int:
    """Take back the cancellation; returns how many addresses are notified."""
    require(by, "event.change", on=event)
    event = Event.objects.select_for_update().get(pk=event.pk)
    if event.cancelled_on is None:
        raise ValidationError("This event is not cancelled.")
    if event.date and event.date < timezone.localdate():
        raise ValidationError("The day has passed: copy the event to hold it on another day.")
    before = audit.snapshot(event)
    event.cancelled_on, event.cancelled_because = None, ""
    _new_version(event)
    # Places given back in the meantime stay free.
    fill_places(event)
    addresses = notices.addresses_of(event)
    notices.send_event_back(event, addresses)
    audit.record(by=by, action="event.take_back_cancellation", on=event, before=before)
    return len(addresses)


def _new_version(event: Event) -> None:
    """Calendars that hold the event take the newer version."""
    event.sequence, event.changed_at = event.sequence + 1, timezone.now()
    check(event)
    event.save(update_fields=["cancelled_on", "cancelled_because", "sequence", "changed_at"])
