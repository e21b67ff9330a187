"""Which authorities there were: the page of a place that has ended, and any place as at a day."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from joinedup.accounts.person import Person
from joinedup.agreements.models import Agreement
from joinedup.agreements.queries.agreement import agreements_for_place
from joinedup.places.models import Footprint, Place
from joinedup.places.queries import descendants
from joinedup.places.successions import (
    AuthorityThen,
    Became,
    as_at,
    day_asked,
    footprint_as_at,
    successors,
)

AGREEMENTS_SHOWN = 20


@dataclass(frozen=True)
class PlaceHistory:
    """`notes`: what is to become of it, or to become part of it, in sentences. `then`: the authorities of `asked`;
    empty without a day. `no_day`: what was asked for is no day."""

    notes: list[str]
    asked: datetime.date | None
    no_day: bool
    then: list[AuthorityThen]


def place_history(place: Place, announced: Iterable[Became], text: str) -> PlaceHistory:
    """The history part of a place's page; `announced`: what is stated of it for a day to come; `text`: the day asked
    for, as typed. No query, two with a day."""
    asked = day_asked(text)
    then: list[AuthorityThen] = []
    if asked is not None:
        then = as_at(_authorities(place), asked)
    notes = [old.says for old in announced]
    return PlaceHistory(notes, asked, bool(text) and asked is None, then)


def _authorities(place: Place) -> dict[str, str]:
    """The authorities of today that a place is, lies in, or is made of."""
    if place.kind == Place.Kind.LOCAL_AUTHORITY:
        return {place.pk: place.name}
    if place.kind == Place.Kind.WARD:
        return {place.parent.pk: place.parent.name} if place.parent else {}
    inside = descendants(place).filter(kind=Place.Kind.LOCAL_AUTHORITY)
    return dict(inside.values_list("pk", "name"))


@dataclass(frozen=True)
class EndedPage:
    """The page of a place that has ended. `was_there`: on the day asked for it was an authority; `beside`: those that
    became one with it; `footprints`: the partnerships that covered it then."""

    became: Became
    successors: list[Place]
    agreements: list[Agreement]
    asked: datetime.date | None
    no_day: bool
    was_there: bool
    beside: list[AuthorityThen]
    footprints: list[Footprint]


def ended_page(person: Person, became: Became, text: str) -> EndedPage:
    """As `person` may read it; `text`: the day asked for, as typed."""
    asked = day_asked(text)
    was_there = asked is not None and asked < became.day
    now = successors(became.old)
    place = Place.objects.filter(pk=became.old).first()
    beside: list[AuthorityThen] = []
    footprints: list[Footprint] = []
    if asked is not None and was_there:
        beside = [each for each in as_at({one.pk: one.name for one in now}, asked) if each.code != became.old]
        rows = Footprint.objects.filter(changes__isnull=False).distinct()
        footprints = [
            each for each in rows if became.old in {one.code for one in footprint_as_at(each, asked)}
        ]
    return EndedPage(
        became=became,
        successors=now,
        agreements=agreements_for_place(person, place, AGREEMENTS_SHOWN) if place else [],
        asked=asked,
        no_day=bool(text) and asked is None,
        was_there=was_there,
        beside=beside,
        footprints=footprints,
    )
