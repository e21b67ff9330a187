"""`meet`: two people who come to one event, have both opted in, and whose partners share a move. For these two alone.

People come in as ids; no name of a person goes in or out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from joinedup.engines.opportunities.move import Because, Move, Party, tie
from joinedup.engines.opportunities.run import Result
from joinedup.late_imports import polars as pl

NAME = "meet"
# More people than this nobody looks for in a room.
MOST = 3


def meetings(result: Result, people: pl.DataFrame, most: int = MOST) -> tuple[Move, ...]:
    """The moves of kind `meet` of a run, strongest first.

    `people`: id, partner, event, opted_in (true or false; blank is no). Each person is in at most `most` of an event,
    the strongest. The order of rows does not matter.
    """
    pairs = sorted(
        _pairs(result, people), key=lambda pair: (-pair.about.strength, tie(pair.key, result.as_of))
    )
    met: Counter[tuple[str, str]] = Counter()
    kept = []
    for pair in pairs:
        both = [(pair.event, person) for person in pair.people]
        if all(met[each] < most for each in both):
            met.update(both)
            kept.append(_meet(result, pair))
    return tuple(kept)


@dataclass(frozen=True)
class Pair:
    """Two people (ids) who come to an event, their partners, and the strongest move that these share."""

    event: str
    people: tuple[str, str]
    partners: tuple[str, str]
    about: Move

    @property
    def key(self) -> str:
        return "+".join((self.event, *self.people))


def _shared(result: Result) -> dict[frozenset[str], Move]:
    """The strongest move of each two partners."""
    shared: dict[frozenset[str], Move] = {}
    for move in result.moves:
        for pair in combinations(sorted(move.partners), 2):
            shared.setdefault(frozenset(pair), move)
    return shared


def _pairs(result: Result, people: pl.DataFrame) -> Iterator[Pair]:
    shared = _shared(result)
    come: dict[str, dict[str, str]] = defaultdict(dict)
    rows = people.select("id", "partner", "event", "opted_in").iter_rows()
    for person, partner, event, opted_in in sorted(rows, key=str):
        if person and event and opted_in:
            come[event].setdefault(person, partner)
    for event, partner_of in come.items():
        for one, two in combinations(sorted(partner_of), 2):
            both = (partner_of[one], partner_of[two])
            # A pair of one partner is no pair of two, and so shares nothing.
            if (move := shared.get(frozenset(both))) is not None:
                yield Pair(event, (one, two), both, move)


def _meet(result: Result, pair: Pair) -> Move:
    one, two = (result.context.register.partners[id] for id in pair.partners)
    move = pair.about
    return replace(
        move,
        kind=NAME,
        parties=tuple(Party(each.id, each.name, "meets") for each in (one, two)),
        decision=f"Do those who come from {one.name} and from {two.name} talk? {move.decision}",
        sentence=f"Both come to the event and have opted in. {move.sentence}",
        first_step=f"Who comes from {one.name} looks for who comes from {two.name} at the event, and asks about this.",
        because=tuple(
            Because(f"Comes from {partner.name} to “{pair.event}” and has opted in.", person)
            for person, partner in zip(pair.people, (one, two), strict=True)
        ),
        givers=(),
        about=pair.key,
    )
