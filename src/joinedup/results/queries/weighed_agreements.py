"""Agreements with their weight: what is at stake in each, and whether it counts as kept."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from joinedup.accounts.person import Person
from joinedup.agreements.agreement_state import is_inside, shown_progress, shown_state
from joinedup.agreements.models import Agreement
from joinedup.agreements.naming import OWNER, may_be_named, stands_for
from joinedup.agreements.queries.agreement import OPEN
from joinedup.evidence.models import Need
from joinedup.places.models import Place
from joinedup.places.regions import REGIONS
from joinedup.results.stakes import Promise, stake

State = Agreement.State
AREA = Place.Kind.LOCAL_AUTHORITY


@dataclass(frozen=True)
class WeighedAgreement:
    """One agreement as a reader may know it. `state`: as shown to them. `result`: what was reported.
    `instead`: the words shown to readers who may not know its owner. `is_inside`: whether the reader belongs
    to its partners or its partnership."""

    agreement: Agreement
    state: str
    result: str
    promise: Promise
    instead: str = ""
    is_inside: bool = False

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def stake(self) -> float:
        return stake(self.promise.need, self.promise.partners)


def to_weigh(person: Person) -> QuerySet[Agreement]:
    """The agreements that `person` may see, with everything that is weighed; 1 query, and 3 more when read."""
    return (
        Agreement.objects.visible_to(person)
        .select_related("event", "theme", "owner_partner__sector", "place__parent__parent__parent__parent")
        .prefetch_related("contributions", "progress", "namings")
    )


def weigh(person: Person, agreements: Iterable[Agreement], on: datetime.date) -> list[WeighedAgreement]:
    """The result of `to_weigh`, as `person` may know it on this day; 1 query besides reading it.

    To everyone outside, an agreement that was not kept counts as open until its partners have had ten working
    days to answer.
    """
    every = list(agreements)
    around = {each.pk: above(each.place) for each in every}
    codes = {place.pk for places in around.values() for place in places}
    rows = Need.objects.said().filter(place__in=codes, theme__in={each.theme_id for each in every})
    needs = {(place, theme): need for place, theme, need in rows.values_list("place", "theme", "need")}
    found = []
    for each in every:
        state = shown_state(each, person, on)
        owner = each.owner_partner_id
        known = [needs.get((place.pk, each.theme_id)) for place in around[each.pk]]
        found.append(
            WeighedAgreement(
                agreement=each,
                state=state,
                result=_result(each, person, on, state),
                is_inside=is_inside(each, person),
                instead="" if may_be_named(each, owner, person) else stands_for(each, owner, OWNER),
                promise=Promise(
                    cell=(each.event_id, each.theme_id, _area(around[each.pk]).pk),
                    need=next((need for need in known if need is not None), None),
                    partners=len(each.contributions.all()),
                    kept=_kept(each, state, on),
                ),
            )
        )
    return found


def above(place: Place) -> list[Place]:
    """A place and the places around it, the nearest first; uses only what is prefetched."""
    found, here = [], place
    for _step in range(3):
        found.append(here)
        if here.parent is None:
            return found
        here = here.parent
    return [*found, here]


def region_of(agreement: Agreement) -> str:
    """The name of the region its place lies in, or of the event's only one; empty if neither is known."""
    chain = above(agreement.place)
    for place in chain:
        if place.pk in REGIONS:
            return REGIONS[place.pk]
    named = [place.name for place in chain if place.kind == Place.Kind.REGION]
    if named:
        return named[0]
    codes = agreement.event.regions
    return REGIONS.get(codes[0], "") if len(codes) == 1 else ""


def _area(places: Sequence[Place]) -> Place:
    """The local authority that a place is or lies in; the place itself where it is larger than one."""
    return next((place for place in places if place.kind == AREA), places[0])


def _kept(agreement: Agreement, state: str, on: datetime.date) -> bool | None:
    if state in (State.KEPT, State.NOT_KEPT):
        return state == State.KEPT
    return False if state in OPEN and agreement.due < on else None


def _result(agreement: Agreement, person: Person, on: datetime.date, state: str) -> str:
    reports = shown_progress(agreement, person, on)
    wanted = {state} if state not in OPEN else set(OPEN)
    return next((each.text for each in reports if each.state in wanted and each.text), "")
