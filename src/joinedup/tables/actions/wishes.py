"""Planners' wishes: who shares a table in every round, and who never does."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.events.models import Event
from joinedup.registration.models import Attendee
from joinedup.tables.models import Wish


@transaction.atomic
def add_wish(*, by: Person, event: Event, kind: str, attendees: Iterable[Attendee]) -> Wish:
    """Ask that these people sit together in every round, or that no two of them ever share a table. No reason
    is kept. Raises ValidationError for fewer than two people, or if the wish exists already."""
    require(by, "event.plan", on=event)
    people = {each.pk: each for each in attendees}
    if kind not in Wish.Kind.values:
        raise ValidationError("Say whether they sit together or apart.")
    if len(people) < 2:
        raise ValidationError("Choose at least two people.")
    for each in people.values():
        if each.event_id != event.pk or each.standing != Attendee.Standing.PLACED:
            raise ValidationError("Choose people who have a place at this event.")
    for wish in event.wishes.filter(kind=kind).prefetch_related("attendees"):
        if {each.pk for each in wish.attendees.all()} == people.keys():
            raise ValidationError("This wish is there already.")
    wish = Wish.objects.create(event=event, kind=kind)
    wish.attendees.set(people)
    audit.record(by=by, action="event.wish", on=wish, after={"kind": kind, "people": _numbers(people)})
    return wish


@transaction.atomic
def remove_wish(*, by: Person, wish: Wish) -> None:
    """Delete a wish. The plan stays as it is until somebody is moved or the tables are planned again."""
    require(by, "event.plan", on=wish)
    people = {each.pk: each for each in wish.attendees.all()}
    before = {"kind": wish.kind, "people": _numbers(people)}
    audit.record(by=by, action="event.remove_wish", on=wish, before=before, after={})
    wish.delete()


def _numbers(people: dict[int, Attendee]) -> list[int]:
    return sorted(each.number for each in people.values())
