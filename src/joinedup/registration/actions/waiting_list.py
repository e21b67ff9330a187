"""Places: how many are taken, who gets the next one, and giving one back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Max, Q
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.person import Person
from joinedup.events.drafts import refuse_draft
from joinedup.events.models import Event
from joinedup.partners.models import Partner
from joinedup.registration import mails
from joinedup.registration.models import Attendee
from joinedup.taxonomy.models import Theme

Standing = Attendee.Standing


def open_event(event: Event) -> Event:
    """The event, locked while places are given out, if registration is still open."""
    # SQLite begins every transaction as a writer; PostgreSQL locks the row.
    locked = Event.objects.select_for_update().get(pk=event.pk)
    refuse_closed(locked)
    return locked


def refuse_closed(event: Event) -> None:
    refuse_draft(event, "This event is not published yet: nobody can register.")
    if event.is_history or (event.date and event.date < timezone.localdate()):
        raise ValidationError("This event is over: you can no longer register.")
    if event.cancelled_on is not None:
        raise ValidationError("This event is cancelled: you can no longer register.")


def taken(event: Event) -> int:
    """Places that somebody has, and those kept for young people whose companion left; 1 query. Those who have
    not confirmed from their address take none."""
    return event.attendees.filter(Q(standing=Standing.PLACED) | Q(keeps_place=True)).count()


def next_number(event: Event) -> int:
    return (event.attendees.aggregate(last=Max("number"))["last"] or 0) + 1


def add(
    by: Person,
    event: Event,
    partner: Partner | None,
    themes: Iterable[Theme],
    *,
    standing: str,
    **details: Any,
) -> Attendee:
    """Add an attendee to a locked event; those who have to wait get a place through `fill_places`."""
    attendee = Attendee(
        event=event,
        number=next_number(event),
        partner=partner,
        sector_id=partner.sector_id if partner else None,
        standing=standing,
        is_demonstration=event.is_demonstration,
        **details,
    )
    try:
        attendee.save()
    except IntegrityError as error:
        raise ValidationError("Somebody registered at the same moment: please send it again.") from error
    attendee.themes.add(*themes)
    audit.record(by=by, action="event.register", on=attendee)
    return attendee


def stand(by: Person, attendee: Attendee, standing: str, action: str, **others: Any) -> None:
    """Change a standing, and the fields that go with it, with an audit entry."""
    before = audit.snapshot(attendee)
    for name, value in {"standing": standing, **others}.items():
        setattr(attendee, name, value)
    attendee.save(update_fields=["standing", *others])
    audit.record(by=by, action=action, on=attendee, before=before)


def cancel(by: Person, attendee: Attendee) -> None:
    """They do not come; does not handle those they bring."""
    stand(
        by,
        attendee,
        Standing.CANCELLED,
        "event.cancel_registration",
        keeps_place=False,
        wanted_companion=None,
        agreed_at=None,
        held_until=None,
    )


def fill_places(event: Event, *, quiet: Collection[int] = ()) -> list[Attendee]:
    """Give places to people on the waiting list, in order, while there are any; call it inside a transaction.

    They are notified by mail, except those in `quiet`, who are notified in another way.
    """
    moved: list[Attendee] = []
    if event.cancelled_on is not None:
        return moved
    free = event.capacity - taken(event)
    waiting = event.attendees.filter(standing=Standing.WAITING)
    for each in waiting.select_related("companion", "partner", "event").order_by("number"):
        if free <= 0:
            break
        # Read again: the companion may have got a place a moment ago.
        if each.companion_id and not event.attendees.filter(pk=each.companion_id, standing=Standing.PLACED):
            continue
        each.standing = Standing.PLACED
        each.save(update_fields=["standing"])
        free -= 1
        moved.append(each)
        address = each.email or (each.companion.email if each.companion else "")
        if address and each.pk not in quiet:
            mails.send_registration(each, address)
    return moved
