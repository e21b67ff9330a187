"""Where people have something to say: the second goal.

A person belongs at a topic as one of its parties, or when their partner serves a place it is about and they or
their partner work on its theme (1); for the place alone 0.6, for the theme alone 0.5. What a young person chose counts
as 1. Of each person's rounds the best counts whole, the next half, the next a quarter: a first table where somebody
belongs outweighs the third of somebody else. The values are our judgement (`docs/methods/tables.md`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from joinedup.engines.seating.problem import YOUNG_PERSON, Person, Problem, Topic

# The values in order: `rank` 0 is none of them, 3 the last. Each step adds what it has over the one before.
VALUES = (0.0, 0.5, 0.6, 1.0)
STEPS = np.diff(VALUES)
# Why somebody belongs at a topic, with its rank; the first that holds is told.
PARTY, CHOSEN, PLACE_AND_THEME, PLACE, THEME, NOWHERE = (
    "party", "chosen", "place_and_theme", "place", "theme", "",
)  # fmt: skip
RANKS = {PARTY: 3, CHOSEN: 3, PLACE_AND_THEME: 3, PLACE: 2, THEME: 1, NOWHERE: 0}
# What the best, the next, the third … of somebody's rounds counts.
FALL = 0.5


def has_places(problem: Problem) -> bool:
    """Whether anybody's or anything's place is named. If none is, belonging is by theme and party only."""
    return any(each.places for each in problem.people) or any(each.places for each in problem.topics)


def why(person: Person, topic: Topic, *, placed: bool = True) -> str:
    """Why a person belongs at a topic: one of the keys of RANKS, empty if they do not.

    `placed`: the event names places (`has_places`); a blank place is then everywhere.
    """
    if person.partner and person.partner in topic.parties:
        return PARTY
    if topic.id in person.choices and YOUNG_PERSON in person.roles:
        return CHOSEN
    works = bool(topic.theme) and topic.theme in person.themes
    serves = placed and (
        not person.places or not topic.places or not set(person.places).isdisjoint(topic.places)
    )
    return PLACE_AND_THEME if serves and works else PLACE if serves else THEME if works else NOWHERE


def places_that_count(
    about: Iterable[str], served: Iterable[str], around: Mapping[str, Collection[str]]
) -> tuple[str, ...]:
    """The places a topic is about, those around them, and of those that anybody serves the ones inside them: what
    belongs where one place holds another. `around`: the places around each, itself included. Nothing for a topic that
    is about everywhere.
    """
    own = set(about)
    wide = {code for place in own for code in (place, *around.get(place, ()))}
    inside = {place for place in served if not own.isdisjoint(around.get(place, ()))}
    return tuple(sorted(wide | inside))


def ranks(problem: Problem, people: list[Person], topics: list[Topic]) -> NDArray[np.int8]:
    """(P, K): the rank in VALUES of each person at each topic. People alike in all that counts are asked once."""
    placed = has_places(problem)
    rows: dict[tuple[object, ...], list[int]] = {}
    found = []
    for each in people:
        key = (each.partner, each.themes, each.places, each.choices if YOUNG_PERSON in each.roles else ())
        if key not in rows:
            rows[key] = [RANKS[why(each, topic, placed=placed)] for topic in topics]
        found.append(rows[key])
    return np.array(found, dtype=np.int8).reshape(len(people), len(topics))


def counted(rank: NDArray[np.int8]) -> NDArray[np.float64]:
    """(P): what the rounds of each person count together, given their ranks (R, P)."""
    worth = np.array(VALUES)[np.sort(rank, axis=0)[::-1]]
    return np.asarray(FALL ** np.arange(float(len(rank))) @ worth, dtype=np.float64)


def gains(others: NDArray[np.int8]) -> NDArray[np.float64]:
    """(P, 4): what a further round of each rank adds for each person, given the ranks of their others (R, P).

    Every step of VALUES is worth less by FALL for each round that reaches it already, so that adding up the steps
    gives the same as sorting the rounds.
    """
    steps = [step * FALL ** (others >= n).sum(axis=0) for n, step in enumerate(STEPS, 1)]
    return np.cumsum([np.zeros(others.shape[1]), *steps], axis=0).T
