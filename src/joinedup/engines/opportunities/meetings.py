"""`meet`: two people who come to one event, have both opted in, and whose partners share a move. For these two alone.

People come in as ids; no name of a person goes in or out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations

import polars as pl

from joinedup.engines.opportunities.move import Because, Move, Party
from joinedup.engines.opportunities.run import Result

NAME = "meet"
# More people than this nobody looks for in a room.
MOST = 3


def meetings(result: Result, people: pl.DataFrame, most: int = MOST) -> tuple[Move, ...]:
    """The moves of kind `meet` of a run, strongest first.

    `people`: id, partner, event, opted_in (true or false; blank is no). Each person is in at most `most` of an event,
    the strongest. The order of rows does not matter.
    """
    shared = _shared(result)
    found = sorted(_pairs(result, people, shared), key=lambda one: (-one[0].strength, one[0].id))
    met: Counter[tuple[str, str]] = Counter()
    kept = []
    for move, event, pair in found:
        if all(met[event, person] < most for person in pair):
            met.update((event, person) for person in pair)
            kept.append(move)
    return tuple(kept)


def _shared(result: Result) -> dict[frozenset[str], Move]:
    """The strongest move of each two partners."""
    shared: dict[frozenset[str], Move] = {}
    for move in result.moves:
        for pair in combinations(sorted(move.partners), 2):
            shared.setdefault(frozenset(pair), move)
    return shared


def _pairs(
    result: Result, people: pl.DataFrame, shared: dict[frozenset[str], Move]
) -> Iterator[tuple[Move, str, tuple[str, str]]]:
    come: dict[str, dict[str, str]] = defaultdict(dict)
    known = result.context.register.partners
    for person, partner, event, opted_in in sorted(
        people.select("id", "partner", "event", "opted_in").iter_rows(), key=str
    ):
        if person and event and opted_in and partner in known:
            come[event].setdefault(person, partner)
    for event, partner_of in sorted(come.items()):
        for one, two in combinations(sorted(partner_of), 2):
            move = shared.get(frozenset((partner_of[one], partner_of[two])))
            if move is not None and partner_of[one] != partner_of[two]:
                yield _meet(result, move, event, (one, two), partner_of), event, (one, two)


def _meet(
    result: Result, move: Move, event: str, people: tuple[str, str], partner_of: dict[str, str]
) -> Move:
    known = result.context.register.partners
    one, two = (known[partner_of[person]] for person in people)
    return Move(
        kind=NAME,
        places=move.places,
        theme=move.theme,
        parties=tuple(Party(each.id, each.name, "meets") for each in (one, two)),
        decision=f"Do those who come from {one.name} and from {two.name} talk? {move.decision}",
        sentence=f"Both come to the event and have opted in. {move.sentence}",
        first_step=f"Who comes from {one.name} looks for who comes from {two.name} at the event, and asks about this.",
        parts=move.parts,
        strength=move.strength,
        because=tuple(
            Because(f"Comes from {known[partner_of[person]].name} to “{event}” and has opted in.", person)
            for person in people
        ),
        checks=move.checks,
        closes=move.closes,
        support=move.support,
        initiatives=move.initiatives,
        asks=move.asks,
        about="+".join((event, *people)),
    )
