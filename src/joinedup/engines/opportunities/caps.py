"""Which of the moves that were found are told, strongest first: each support once in a place, and no body, offer or
pair of bodies more often than its share."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.move import Candidate, Move, tie
from joinedup.engines.words import listing

# Who needs, gives, leads or runs; who is only asked, or named in another's bid, has half a move of it.
MAIN = frozenset(("needs", "gives", "leads", "could lead", "compares notes", "runs it"))
LEADING = ("leads", "could lead")
# The second place in which the same support is a move.
AGAIN = 0.8
# At least this strong, to be a move at all.
LEAST = 0.3
TOO_WEAK = "it is too weak: what the parties record has too little to do with each other, or is too old."


@dataclass(frozen=True)
class Left:
    """A move that meets a rule and is in no opportunity, with the reason: what follows “but”, with its full stop."""

    candidate: Candidate
    why: str

    @property
    def move(self) -> Move:
        return self.candidate.worded()


def order(move: Candidate, as_of: date) -> tuple[float, date, str]:
    """Strongest first; ties by deadline, then by a hash of the move and the month: never by name or size."""
    return (-round(move.strength, 6), move.closes or date.max, tie(move.id, as_of))


def support_once(bids: Sequence[Move], left: list[Left]) -> list[Move]:
    """Each support once in a place; where the same bodies would bid in several, one move with all the places."""
    kept: list[Move] = []
    at: set[tuple[str, str]] = set()
    by_bid: dict[tuple[str, str | None, frozenset[str]], int] = {}
    used: Counter[str] = Counter()
    by_support: dict[str, list[frozenset[str]]] = defaultdict(list)
    for move in bids:
        (support,) = move.support
        if (support, move.places[0]) in at:
            left.append(Left(move, "the same support is a stronger move there on another theme."))
            continue
        at.add((support, move.places[0]))
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


def other_bids_named(context: Context, kept: Sequence[Candidate]) -> list[Candidate]:
    """The moves, with who would bid for the same money in another place beside each."""
    bids: dict[str, list[Move]] = defaultdict(list)
    for move in kept:
        if isinstance(move, Move) and move.kind == "bid":
            bids[move.support[0]].append(move)
    told: list[Candidate] = []
    for move in kept:
        if not isinstance(move, Move) or move.kind != "bid":
            told.append(move)
            continue
        others = [each for each in bids[move.support[0]] if each is not move]
        notes = []
        for other in sorted(others, key=lambda each: each.places):
            leads = [party.name for party in other.parties if party.part in LEADING]
            place = listing([context.register.place(code) for code in other.places[:2]])
            notes.append(f"The same money fits {listing(leads)} in {place}: agree who asks for what.")
        told.append(replace(move, checks=(*move.checks, *notes)) if notes else move)
    return told


def capped(found: Iterable[Candidate], per_body: int, left: list[Left]) -> list[Candidate]:
    """Strongest first: no body in more than its share of moves, no offer spent twice, no need met twice."""
    bodies: dict[str, float] = defaultdict(float)
    spent: Counter[str] = Counter()
    met: set[str] = set()
    pairs: set[tuple[str, str | None, frozenset[str]]] = set()
    kept: list[Candidate] = []
    for move in sorted(found, key=lambda each: (-round(each.strength, 6), each.closes or date.max, each.id)):
        share = {party.id: 1.0 if party.part in MAIN else 0.5 for party in move.parties}
        if full := [p.name for p in move.parties if bodies[p.id] + share[p.id] > per_body]:
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
