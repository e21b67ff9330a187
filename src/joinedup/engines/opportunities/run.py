"""The run: every kind's moves, caps, and the opportunities that they make."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from joinedup.engines.garbage_collection import collection_paused
from joinedup.engines.need.verdicts import HIGH, LIKE_MUCH, STANDS_OUT
from joinedup.engines.opportunities.caps import (
    LEAST,
    TOO_WEAK,
    Left,
    capped,
    order,
    other_bids_named,
    support_once,
)
from joinedup.engines.opportunities.concepts import NOTHING
from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.inputs import Inputs, Support, build
from joinedup.engines.opportunities.kinds import KINDS, match
from joinedup.engines.opportunities.move import (
    PRACTICAL,
    Candidate,
    Move,
    Opportunity,
    Party,
    opportunity_id,
    tie,
)
from joinedup.engines.opportunities.page import opportunity, score
from joinedup.engines.opportunities.processes import matches_beside
from joinedup.engines.opportunities.strength import WEIGHTS, Weights, of


@dataclass(frozen=True)
class Settings:
    """The caps of a list, as a coordinator may set them; and in how many processes it is worked out, 1 or 2: a second
    begins afresh, which takes longer than a partnership's register."""

    per_place: int = 12
    per_body: int = 3
    per_opportunity: int = 5
    practical: int = 3
    weights: Weights = WEIGHTS
    processes: int = 1


@dataclass(frozen=True)
class Gap:
    """A theme that stands out or is high in a place, with no move: who would be asked first."""

    place: str
    theme: str
    ask: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """Opportunities, best first; gaps; the shelf; every move that was found, and those of them that a cap left out."""

    as_of: date
    opportunities: tuple[Opportunity, ...]
    gaps: tuple[Gap, ...]
    shelf: tuple[Support, ...]
    candidates: tuple[Candidate, ...]
    context: Context
    left: tuple[Left, ...] = ()

    @cached_property
    def found(self) -> tuple[Move, ...]:
        """Every move that was found, strongest first, in words."""
        return tuple(
            each.worded() for each in sorted(self.candidates, key=lambda each: order(each, self.as_of))
        )

    @property
    def moves(self) -> tuple[Move, ...]:
        """The flat list of moves in the opportunities, strongest first."""
        every = [move for each in self.opportunities for move in each.moves]
        return tuple(sorted(every, key=lambda move: (-move.strength, move.id)))


# Whose own ask or action a move is about: it did not refuse that by refusing a theme.
OWN = ("needs", "runs it")
# Beside a strong move, one weaker than this share of it is padding.
FILLER = 0.7
FULL = "its place has as many opportunities already that are stronger."


def opportunities(
    inputs: Inputs,
    as_of: date,
    settings: Settings = Settings(),
    told: Callable[[Candidate, Context], bool] | None = None,
) -> Result:
    """Every opportunity of the register as of a day. The same rows in any order give the same result.

    `told`: which moves the reader is told of; others are left out before any cap, as if no rule had found them.
    """
    with collection_paused():
        context, every = _every(inputs, as_of, settings.processes)
        every = [each for each in every if not _is_refused(context, each)]
        if told is not None:
            every = [each for each in every if told(each, context)]
        return _told([weighed(context, each, settings.weights) for each in every], context, settings)


def _every(inputs: Inputs, as_of: date, processes: int) -> tuple[Context, list[Candidate]]:
    """The register's indexes, and what the rules find, in the order of the kinds."""
    if processes == 1:
        context = Context(build(inputs, as_of))
        return context, [each for kind in KINDS for each in kind.moves(context) if each.places]
    with matches_beside(inputs, as_of) as matches:
        context = Context(build(inputs, as_of))
        others = [each for kind in KINDS if kind is not match for each in kind.moves(context) if each.places]
        return context, [*(each for each in matches.result() if each.places), *others]


def _told(every: Sequence[Candidate], context: Context, settings: Settings) -> Result:
    as_of = context.as_of
    found = [each for each in every if each.strength >= LEAST]
    left = [Left(each, TOO_WEAK) for each in every if each.strength < LEAST]
    bids = sorted(_bids(found), key=lambda move: order(move, as_of))
    others = (each for each in found if each.kind != "bid")
    kept = capped([*others, *support_once(bids, left)], settings.per_body, left)
    made = _grouped(context, other_bids_named(context, kept), settings, left)
    return Result(
        as_of=as_of,
        opportunities=tuple(made),
        gaps=tuple(_gaps(context, made)),
        shelf=tuple(each for each in context.register.support.values() if is_shelf(each)),
        candidates=tuple(found),
        context=context,
        left=tuple(left),
    )


def _is_refused(context: Context, move: Candidate) -> bool:
    """A kind names somebody else where it can; this holds for what it could not know. What a person spotted stays."""
    if move.kind == "spotted" or not any(context.has_answered(party.id) for party in move.parties):
        return False
    return is_refused(context, move.parties, move.places, move.theme, move.records | {move.id})


def is_refused(
    context: Context,
    parties: Iterable[Party],
    places: Iterable[str],
    theme: str | None,
    about: frozenset[str],
) -> bool:
    """Whether one of these said "not us" to a move that names them: to it or to a record that it rests on (`about`), or
    to its theme there."""
    found = (
        context.answered(
            party.id, authorities=places, theme=theme, records=about, meant=NOTHING, own=party.part in OWN
        )
        for party in parties
        if context.has_answered(party.id)
    )
    return any(answer is not None and answer.answer == "not_us" for answer in found)


def weighed(context: Context, each: Candidate, weights: Weights = WEIGHTS) -> Candidate:
    """The same with its part of need, and its strength by these weights."""
    parts = each.parts
    need = context.register.needs.get((each.places[0], each.theme or ""))
    stands_out = need.stands_out if need is not None and need.measured == "own" else None
    if parts.need != (stands_out or 0.0):
        parts = replace(parts, need=stands_out or 0.0)
    return each.weighed(parts, of(parts, weights))


def _bids(found: Iterable[Candidate]) -> Iterator[Move]:
    return (each for each in found if isinstance(each, Move) and each.kind == "bid")


def is_shelf(support: Support) -> bool:
    """Whether it stands on the shelf: always there, or money for nothing in particular."""
    unthemed = support.kind == "fund" and support.basis in ("dated", "rolling") and not support.themes
    return support.basis == "standing" or unthemed


def _grouped(
    context: Context, kept: Sequence[Candidate], settings: Settings, left: list[Left]
) -> list[Opportunity]:
    """The opportunities that the moves make, as many a place as the settings say; only these are put in words."""
    groups: dict[tuple[str, str | None], list[Candidate]] = defaultdict(list)
    for move in kept:
        groups[move.places[0], move.theme].append(move)
    made = [
        (place, theme, _worth_telling(moves)[: settings.per_opportunity])
        for (place, theme), moves in groups.items()
    ]
    made.sort(
        key=lambda each: (
            -round(score(each[2]), 4),
            min((move.closes or date.max) for move in each[2]),
            tie(opportunity_id(*each[:2]), context.as_of),
        )
    )
    number: Counter[str] = Counter()
    practical: Counter[str] = Counter()
    listed: list[Opportunity] = []
    inside: set[str] = set()
    ids: set[str] = set()
    for place, theme, moves in made:
        if number[place] >= settings.per_place or (theme is None and practical[place] >= settings.practical):
            continue
        number[place] += 1
        practical[place] += theme is None
        each = opportunity(context, theme, [move.worded() for move in moves])
        # A second one with the same place and theme is told apart by its strongest move.
        listed.append(replace(each, apart=moves[0].id) if each.id in ids else each)
        ids.add(each.id)
        inside.update(move.id for move in moves)
    there = {(each.places[0], each.theme) for each in listed}
    for move in kept:
        if move.id not in inside:
            weaker = (move.places[0], move.theme) in there
            left.append(Left(move, "others on its theme in its place are much stronger." if weaker else FULL))
    return listed


def _worth_telling(moves: Sequence[Candidate]) -> Sequence[Candidate]:
    """Without moves that are much weaker than the strongest: they spoil it when it is read out."""
    return [move for move in moves if move.strength >= FILLER * moves[0].strength]


def _gaps(context: Context, made: Sequence[Opportunity]) -> Iterable[Gap]:
    """Themes that stand out or are high where somebody of the register is, with no move: who works on them there, or
    else has a duty, is asked first."""
    register = context.register
    told = {(place, each.theme) for each in made for place in each.places}
    for (place, theme), need in sorted(register.needs.items()):
        here = register.partners_at.get(place, ())
        if need.verdict not in (STANDS_OUT, HIGH, LIKE_MUCH) or (place, theme) in told or not here:
            continue
        could = [
            each
            for each in here
            if not (each.restricted or each.wide)
            and not context.refuses(each.id, (place,), theme, frozenset(), each.does)
        ]
        asked = [each for each in could if theme in each.themes] or [each for each in could if each.duty]
        asked.sort(key=lambda each: tie(each.id, context.as_of))
        yield Gap(place, theme, tuple(each.name for each in asked[:2]))


__all__ = ["PRACTICAL", "Gap", "Left", "Result", "Settings", "is_shelf", "opportunities"]
