"""Places: how many are taken, who gets the next one, and giving one back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.events.drafts import refuse_draft
from joinedup.events.models import Event
from joinedup.partners.models import Partner
from joinedup.registration import mails
from joinedup.registration.models import Attendee
from joinedup.registration.queries.waiting_list import Party, waiting_list
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

    Somebody further down gets a place before others only if the others cannot have it: it is reserved for a group
    that they do not belong to, or they wait together and are more than the places that are free. A young person
    never has a place before the adult they come with. They are notified by mail, except those in `quiet`, who are
    notified in another way.
    """
    moved: list[Attendee] = []
    if event.cancelled_on is not None:
        return moved
    waits = waiting_list(event)
    for party in waits.parties:
        for members, later in _together(party):
            if waits.room.free <= 0:
                return _told(event, moved, quiet)
            who = waits.groups(members)
            alone = any(_waits_for_adult(each, members) for each in members)
            if alone or not waits.room.holds(waits.groups(members, later)):
                continue
            waits.room.give(who)
            for each in members:
                each.event, each.standing = event, Standing.PLACED
                each.save(update_fields=["standing"])
            moved += members
    return _told(event, moved, quiet)


def _together(party: Party) -> list[tuple[list[Attendee], int]]:
    """Who has to get places at once: (people, young people who follow once their companion is vouched for)."""
    if party.together:
        return [(party.members, party.coming_later)]
    return [([each], 0) for each in party.members]


def _waits_for_adult(young: Attendee, members: list[Attendee]) -> bool:
    """They come with an adult who has no place, and does not get one at the same time."""
    adult = young.companion
    if adult is None or any(each.pk == adult.pk for each in members):
        return False
    # Read again: the adult may have got a place a moment ago.
    return not Attendee.objects.filter(pk=adult.pk, standing=Standing.PLACED).exists()


def _told(event: Event, moved: list[Attendee], quiet: Collection[int]) -> list[Attendee]:
    for each in moved:
        address = each.email or (each.companion.email if each.companion else "")
        if address and each.pk not in quiet:
            mails.send_registration(each, address)
    return moved


@transaction.atomic
def choose_together(*, by: Person, attendee: Attendee, together: bool) -> list[Attendee]:
    """Those who registered together choose again: all wait, or those who fit come now. Returns who got a place; they
    are told by the page."""
    require(by, "event.register", on=attendee)
    event = Event.objects.select_for_update().get(pk=attendee.event_id)
    adult = attendee.companion or attendee
    lead = Attendee.objects.get(pk=adult.registered_with_id or adult.pk)
    before = audit.snapshot(lead)
    lead.waits_together = together
    lead.save(update_fields=["waits_together"])
    audit.record(by=by, action="event.choose_together", on=lead, before=before)
    return fill_places(event)
