"""How much each part of a strength counts in a partnership, and what other weights would do to its list."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from joinedup.accounts.permissions import Scope, may
from joinedup.accounts.person import Person
from joinedup.accounts.queries import HistoryLine, history_of
from joinedup.engines.opportunities import Opportunity as Found
from joinedup.engines.opportunities.strength import REASONS, WEIGHTS, Weights
from joinedup.opportunities import engine
from joinedup.opportunities.models import COMPONENTS, Opportunity, Run, Weighting
from joinedup.opportunities.queries.lists import listing
from joinedup.opportunities.queries.reading import audience_for, footprints_for
from joinedup.opportunities.stored_list import StoredList
from joinedup.opportunities.weights import as_weights, most_of, weighting_of
from joinedup.places.models import Footprint, Place
from joinedup.taxonomy.models import Theme

# As many as are read of a list before somebody says that its order is right or wrong.
FIRST = 10


@dataclass(frozen=True)
class Part:
    """A part of a strength in words; how much it counts as shipped, why, and how much now; `most`: what it may."""

    name: str
    words: str
    reason: str
    shipped: float
    now: float
    most: float


@dataclass(frozen=True)
class Weighed:
    """How a partnership weighs. `weighting` is None where it weighs as shipped."""

    footprint: Footprint
    weighting: Weighting | None
    parts: list[Part]
    may_change: bool
    history: list[HistoryLine]

    @property
    def weights(self) -> Weights:
        return as_weights(self.weighting)


@dataclass(frozen=True)
class Line:
    """An opportunity among the first of a list; `was`: its number in the list as it is now, None where it is not
    there. One that is not stored has no key (pk)."""

    opportunity: Opportunity
    score: float
    was: int | None


@dataclass(frozen=True)
class Preview:
    """The first of the list as it would be, and those that are among the first now and would not be."""

    first: list[Line]
    leaving: list[Line]


def readable(person: Person) -> list[Footprint]:
    """The partnerships that a person reads from inside, their own first. One query."""
    inside = Run.Audience.PARTNERSHIP
    return [each for each in footprints_for(person) if audience_for(person, each) == inside]


def weighed(person: Person, footprint: Footprint) -> Weighed:
    """How a partnership weighs, for somebody who reads it from inside; two queries."""
    weighting = weighting_of(footprint)
    now = as_weights(weighting)
    return Weighed(
        footprint,
        weighting,
        [
            Part(name, str(words), REASONS[name], getattr(WEIGHTS, name), getattr(now, name), most_of(name))
            for name, words in COMPONENTS.items()
        ],
        may(person, "opportunity.weigh", Scope(footprints=frozenset({footprint.pk}))),
        # Its key is that of the partnership, so that it has a history also where none is stored.
        history_of(Weighting(footprint=footprint)),
    )


def preview(person: Person, footprint: Footprint, weights: Weights, on: datetime.date) -> Preview:
    """What the list that a person reads of a partnership would begin with, were it weighed so; nothing is stored. The
    number of queries does not depend on how much is found."""
    rows = listing(person).filter(footprint=footprint, audience=Run.Audience.PARTNERSHIP)
    was = {key: number for number, key in enumerate(rows.values_list("key", flat=True), 1)}
    found = _found(footprint, weights, on, set(was))
    first = sorted(found, key=lambda key: (-found[key].score, key))[:FIRST]
    before = [key for key, number in was.items() if number <= FIRST]
    kept = {row.key: row for row in rows.filter(key__in={*first, *before})}
    kept |= _unsaved([found[key] for key in first if key not in kept])
    return Preview(
        [Line(kept[key], found[key].score, was.get(key)) for key in first],
        [Line(kept[key], kept[key].score or 0.0, was[key]) for key in before if key not in first],
    )


def _found(
    footprint: Footprint, weights: Weights, on: datetime.date, shown: Collection[str]
) -> dict[str, Found]:
    """What the engine finds that would be on the list, by key. What somebody decided against or put off stays away here
    too."""
    inside = Run.Audience.PARTNERSHIP
    held = dict(Opportunity.objects.filter(footprint=footprint, audience=inside).values_list("key", "state"))
    run = engine.run(footprint, inside, on, weights=weights)
    stored = StoredList(footprint, inside, on, run.read.figures)
    return {
        each.id: each
        for each in run.result.opportunities
        if stored.is_here(each)
        and (each.id in shown or held.get(each.id, Opportunity.State.GONE) == Opportunity.State.GONE)
    } | {key: each for key, each in run.spotted.items() if key in shown}


def _unsaved(found: list[Found]) -> dict[str, Opportunity]:
    """Opportunities that are not stored, to be shown like those that are; at most two queries."""
    places = Place.objects.in_bulk({each.places[0] for each in found})
    themes = Theme.objects.in_bulk({each.theme for each in found if each.theme})
    return {
        each.id: Opportunity(
            key=each.id,
            kind=each.moves[0].kind,
            place=places[each.places[0]],
            theme=themes.get(each.theme or ""),
            sentence=each.decision,
            score=each.score,
        )
        for each in found
    }
