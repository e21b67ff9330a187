"""Organisations that were named at the door and are not listed: for planners."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import QuerySet

from joinedup.engines.reading.same import NEARLY, Names
from joinedup.events.models import Event
from joinedup.partners.models import Partner
from joinedup.registration.models import Attendee


@dataclass(frozen=True)
class UnlistedBody:
    """A name as said at the door, who came for it, and the partners of the partnership: those with nearly the same
    name first (`near`), then the others."""

    name: str
    people: list[Attendee]
    near: list[Partner] = field(default_factory=list)
    others: list[Partner] = field(default_factory=list)


def _named(event: Event, *, settled: bool) -> dict[str, list[Attendee]]:
    found = event.attendees.exclude(unlisted="").filter(unlisted_settled=settled).select_related("partner")
    names: dict[str, list[Attendee]] = {}
    spelt: dict[str, str] = {}
    for each in found.order_by("number"):
        name = spelt.setdefault(each.unlisted.casefold(), each.unlisted)
        names.setdefault(name, []).append(each)
    return names


def unlisted_bodies(event: Event) -> list[UnlistedBody]:
    """Those nobody has settled yet; 2 queries at most."""
    named = _named(event, settled=False)
    if not named:
        return []
    partners = list(Partner.objects.filter(footprints=event.footprint_id).order_by("name"))
    names = Names()
    for each in partners:
        names.add(each.name)
    found = []
    for name, people in named.items():
        nearest = [other for other, _sure in names.nearest(name, NEARLY)]
        near = sorted((p for p in partners if p.name in nearest), key=lambda p: nearest.index(p.name))
        found.append(UnlistedBody(name, people, near, [p for p in partners if p not in near]))
    return found


def settled_bodies(event: Event) -> list[UnlistedBody]:
    """Those that were settled, so that it can be taken back; 1 query."""
    return [UnlistedBody(name, people) for name, people in _named(event, settled=True).items()]


def events_with_unlisted(footprints: Collection[int]) -> QuerySet[Event]:
    """Events of these partnerships at whose door organisations were named that nobody has settled."""
    open_ = Attendee.objects.filter(unlisted_settled=False).exclude(unlisted="").values("event")
    return Event.objects.filter(pk__in=open_, footprint__in=footprints).order_by("date", "pk")
