"""The list of opportunities: who reads which rows, filters, order."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from joinedup.accounts.person import Person
from joinedup.opportunities.models import BEST_FIRST, Opportunity, Run
from joinedup.places.models import Place

OPEN_STATES = [
    Opportunity.State.SUGGESTED,
    Opportunity.State.TAKEN_UP,
    Opportunity.State.ON_AGENDA,
    Opportunity.State.AGREED,
    Opportunity.State.STARTED,
]


def _reader_rows(person: Person) -> QuerySet[Opportunity]:
    """One row for each opportunity: members read their partnership's, everybody else the public's.

    Both runs may find the same thing; a member must not see it twice.
    """
    visible = Opportunity.objects.visible_to(person)
    if person.is_operator or person.sees_every_partnership:
        return visible.filter(audience=Run.Audience.PARTNERSHIP)
    return visible.exclude(audience=Run.Audience.PUBLIC, footprint__in=person.footprint_ids)


def listing(person: Person, **filters: Any) -> QuerySet[Opportunity]:
    """What `person` may see, best first. Filters: place (code, with its parts), theme, kind, sector, state."""
    found = _reader_rows(person).select_related("place", "theme").prefetch_related("parties")
    if place := filters.get("place"):
        found = found.filter(Q(place=place) | Q(place__parent=place))
    if theme := filters.get("theme"):
        found = found.filter(theme=theme)
    if kind := filters.get("kind"):
        found = found.filter(kind=kind)
    if sector := filters.get("sector"):
        found = found.filter(pk__in=Opportunity.objects.filter(parties__sector=sector).values("pk"))
    if state := filters.get("state"):
        found = found.filter(state=state)
    else:
        found = found.filter(state__in=OPEN_STATES)
    return found.order_by(*BEST_FIRST)


def last_run(person: Person) -> Run | None:
    """When the list of this person's partnership was last worked out; nothing for those who have none."""
    if not person.footprint_ids:
        return None
    return Run.objects.filter(footprint__in=person.footprint_ids, audience=Run.Audience.PARTNERSHIP).first()


def best_for_place(person: Person, place: Place, limit: int = 5) -> list[Opportunity]:
    """The best open ones in a place, no more than two of a kind, so that five are not five versions of one."""
    taken: dict[str, int] = {}
    best = []
    for each in listing(person, place=place.pk)[: limit * 20]:
        if taken.get(each.kind, 0) < 2:
            taken[each.kind] = taken.get(each.kind, 0) + 1
            best.append(each)
        if len(best) == limit:
            break
    return best
