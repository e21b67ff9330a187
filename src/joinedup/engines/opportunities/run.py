"""The run: every kind's moves, caps, and the opportunities that they make."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from joinedup.engines.need.verdicts import HIGH, LIKE_MUCH, STANDS_OUT
from joinedup.engines.opportunities.concepts import NOTHING
from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.inputs import Inputs, Support, build
from joinedup.engines.opportunities.kinds import KINDS
from joinedup.engines.opportunities.move import PRACTICAL, Move, Opportunity, tie
from joinedup.engines.opportunities.page import opportunity
from joinedup.engines.opportunities.strength import WEIGHTS, Weights, of
from joinedup.engines.words import listing


@dataclass(frozen=True)
class Settings:
    """The caps of a list, as a coordinator may set them."""

    per_place: int = 12
    per_body: int = 3
    per_opportunity: int = 5
    practical: int = 3
    weights: Weights = WEIGHTS


@dataclass(frozen=True)
class Gap:
    """A theme that stands out or is high in a place, with no move: who would be asked first."""

    place: str
    theme: str
    ask: tuple[str, ...]


@dataclass(frozen=True)
class Left:
    """A move that meets a rule and is in no opportunity, with the reason: what follows “but”, with its full stop."""

    move: Move
    why: str


@dataclass(frozen=True)
class Result:
    """Opportunities, best first; gaps; the shelf; every move that was found, and those of them that a cap left out."""

    as_of: date
    opportunities: tuple[Opportunity, ...]
    gaps: tuple[Gap, ...]
    shelf: tuple[Support, ...]
    found: tuple[Move, ...]
    context: Context
    left: tuple[Left, ...] = ()

    @property
    def moves(self) -> tuple[Move, ...]:
        """The flat list of moves in the opportunities, strongest first."""
        every = [move for each in self.opportunities for move in each.moves]
        return tuple(sorted(every, key=lambda move: (-move.strength, move.id)))


# Who needs, gives, leads or runs; who is only asked, or named in another's bid, has half a move of it.
MAIN = frozenset(("needs", "gives", "leads", "could lead", "compares notes", "runs it"))
LEADING = ("leads", "could lead")
# Whose own ask or action a move is about: it did not refuse that by refusing a theme.
OWN = ("needs", "runs it")
# The second place in which the same support is a move.
AGAIN = 0.8
# Beside a strong move, one weaker than this share of it is padding.
FILLER = 0.7
# At least this strong, to be a move at all.
LEAST = 0.3
FULL = "its place has as many opportunities already that are stronger."
TOO_WEAK = "it is too weak: what the parties record has too little to do with each other, or is too old."


def opportunities(
    inputs: Inputs,
    as_of: date,
    settings: Settings = Settings(),
    told: Callable[[Move, Context], bool] | None = None,
) -> Result:
    """Every opportunity of the register as of a day. The same rows in any order give the same result.

    `told`: which moves the reader is told of; others are left out before any cap, as if no rule had found them.
    """
    context = Context(build(inputs, as_of))
    every = [
        weighed(context, each, settings.weights)
        for kind in KINDS
        for each in kind.moves(context)
        if each.places and not _is_refused(context, each) and (told is None or told(each, context))
    ]
    found = [move for move in every if move.strength >= LEAST]
    left = [Left(move, TOO_WEAK) for move in every if move.strength < LEAST]
    found.sort(key=lambda move: _order(move, as_of))
    kept = _other_bids_named(context, _capped(_support_once(found, left), settings, left))
    made = _grouped(context, kept, settings, left)
    return Result(
        as_of=as_of,
        opportunities=tuple(made),
        gaps=tuple(_gaps(context, made)),
        shelf=tuple(each for each in context.register.support.values() if is_shelf(each)),
        found=tuple(found),
        context=context,
        left=tuple(left),
    )


def _is_refused(context: Context, move: Move) -> bool:
    """Whether a body that it names said "not us" to it, to a record that it rests on, or to its theme there. A kind
    names somebody else where it can; this holds for what it could not know. What a person spotted stays."""
    about = move.records | {move.id}
    found = (
        context.answered(
            party.id,
            authorities=move.places,
            theme=move.theme,
            records=about,
            meant=NOTHING,
            own=party.part in OWN,
        )
        for party in move.parties
        if move.kind != "spotted"
    )
    return any(answer is not None and answer.answer == "not_us" for answer in found)


def weighed(context: Context, move: Move, weights: Weights = WEIGHTS) -> Move:
    """The move with its part of need, and its strength by these weights."""
    need = context.register.needs.get((move.places[0], move.theme or ""))
    known = need is not None and need.measured == "own"
    parts = replace(move.parts, need=(need.stands_out or 0.0) if known and need else 0.0)
    return replace(move, parts=parts, strength=of(parts, weights))


def _order(move: Move, as_of: date) -> tuple[float, date, str]:
    """Strongest first; ties by deadline, then by a hash of the move and the month: never by name or size."""
    return (-round(move.strength, 6), move.closes or date.max, tie(move.id, as_of))


def is_shelf(support: Support) -> bool:
    """Whether it stands on the shelf: always there, or money for nothing in particular."""
    unthemed = support.kind == "fund" and support.basis in ("dated", "rolling") and not support.themes
    return support.basis == "standing" or unthemed


def _support_once(found: Sequence[Move], left: list[Left]) -> list[Move]:
    """Each support once in a place; where the same bodies would bid in several, one move with all the places."""
    kept: list[Move] = []
    at: dict[tuple[str, str], Move] = {}
    by_bid: dict[tuple[str, str | None, frozenset[str]], int] = {}
    used: Counter[str] = Counter()
    by_support: dict[str, list[frozenset[str]]] = defaultdict(list)
    for move in found:
        if move.kind != "bid":
            kept.append(move)
            continue
        (support,) = move.support
        if (support, move.places[0]) in at:
            left.append(Left(move, "the same support is a stronger move there on another theme."))
            continue
        at[support, move.places[0]] = move
        leads = frozenset(party.id for party in move.parties if party.part in LEADING)
        key = (support, move.theme, leads)
        if key in by_bid:
            index = by_bid[key]
            places = dict.fromkeys((*kept[index].places, *move.places))
            kept[index] = replace(kept[index], places=tuple(places))
            continue
        if any(leads & other for other in by_support[support]):
            # Who bids in one place does not bid against itself in the next.
            left.append(Left(move, "the same bodies would bid for it in a place where it is stronger."))
            continue
        by_support[support].append(leads)
        strength = move.strength * AGAIN ** used[support]
        used[support] += 1
        by_bid[key] = len(kept)
        kept.append(replace(move, strength=strength))
    left += [Left(move, TOO_WEAK) for move in kept if move.strength < LEAST]
    return [move for move in kept if move.strength >= LEAST]


def _other_bids_named(context: Context, kept: Sequence[Move]) -> list[Move]:
    """The moves, with who would bid for the same money in another place beside each."""
    bids: dict[str, list[Move]] = defaultdict(list)
    for move in kept:
        if move.kind == "bid":
            bids[move.support[0]].append(move)
    told = []
    for move in kept:
        others = [each for each in bids[move.support[0]] if each is not move] if move.kind == "bid" else []
        notes = []
        for other in sorted(others, key=lambda each: each.places):
            leads = [party.name for party in other.parties if party.part in LEADING]
            place = listing([context.register.place(code) for code in other.places[:2]])
            notes.append(f"The same money fits {listing(leads)} in {place}: agree who asks for what.")
        told.append(replace(move, checks=(*move.checks, *notes)) if notes else move)
    return told


def _capped(found: Iterable[Move], settings: Settings, left: list[Left]) -> list[Move]:
    """Strongest first: no body in more than its share of moves, no offer spent twice, no need met twice."""
    bodies: dict[str, float] = defaultdict(float)
    spent: Counter[str] = Counter()
    met: set[str] = set()
    pairs: set[tuple[str, str | None, frozenset[str]]] = set()
    kept: list[Move] = []
    for move in sorted(found, key=lambda each: (-round(each.strength, 6), each.closes or date.max, each.id)):
        share = {party.id: 1.0 if party.part in MAIN else 0.5 for party in move.parties}
        if full := [p.name for p in move.parties if bodies[p.id] + share[p.id] > settings.per_body]:
            who = f"{listing(sorted(set(full)))} {'is' if len(set(full)) == 1 else 'are'}"
            left.append(Left(move, f"{who} in as many stronger moves as a body may be."))
            continue
        if any(spent[ask] >= most for ask, most in move.givers):
            left.append(Left(move, "what is offered is spent on a stronger move already."))
            continue
        if move.kind == "match" and move.about in met:
            left.append(Left(move, "what is asked for is met by a stronger move already."))
            continue
        # Two bodies that have one thing to talk about need no second; what a person saw stands beside it.
        pair = (move.places[0], move.theme, move.partners)
        if move.kind not in ("bid", "spotted") and pair in pairs:
            left.append(Left(move, "the same bodies have a stronger move on this theme there."))
            continue
        if move.kind != "spotted":
            pairs.add(pair)
        kept.append(move)
        for party, part in share.items():
            bodies[party] += part
        spent.update(ask for ask, _ in move.givers)
        if move.kind == "match":
            met.add(move.about)
    return kept


def _grouped(
    context: Context, kept: Sequence[Move], settings: Settings, left: list[Left]
) -> list[Opportunity]:
    groups: dict[tuple[str, str | None], list[Move]] = defaultdict(list)
    for move in kept:
        groups[move.places[0], move.theme].append(move)
    made = [
        opportunity(context, theme, _worth_telling(moves)[: settings.per_opportunity])
        for (_, theme), moves in groups.items()
    ]
    made.sort(
        key=lambda each: (
            -round(each.score, 4),
            min((m.closes or date.max) for m in each.moves),
            tie(each.id, context.as_of),
        )
    )
    number: Counter[str] = Counter()
    practical: Counter[str] = Counter()
    listed: list[Opportunity] = []
    ids: set[str] = set()
    for each in made:
        place = each.places[0]
        if number[place] >= settings.per_place or (
            each.theme is None and practical[place] >= settings.practical
        ):
            continue
        number[place] += 1
        practical[place] += each.theme is None
        # A second one with the same place and theme is told apart by its strongest move.
        listed.append(replace(each, apart=each.moves[0].id) if each.id in ids else each)
        ids.add(each.id)
    inside = {move.id for each in listed for move in each.moves}
    there = {(each.places[0], each.theme) for each in listed}
    for move in kept:
        if move.id not in inside:
            weaker = (move.places[0], move.theme) in there
            left.append(Left(move, "others on its theme in its place are much stronger." if weaker else FULL))
    return listed


def _worth_telling(moves: Sequence[Move]) -> Sequence[Move]:
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
