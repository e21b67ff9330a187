"""Which of the moves that were found are told, strongest first: each support once in a place, and no body, offer or
pair of bodies more often than its share."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.move import Candidate, Move, Party, tie
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
    """Strongest first, then by deadline and id: no body in more than its share of moves, no offer spent twice, no need
    met twice."""
    equals: dict[tuple[float, date], list[Candidate]] = defaultdict(list)
    for each in found:
        equals[-round(each.strength, 6), each.closes or date.max].append(each)
    shares = Shares(per_body)
    kept: list[Candidate] = []
    for _, these in sorted(equals.items(), key=lambda pair: pair[0]):
        # Where every body has its share already, the order among equals decides nothing: most are out here.
        open_still: list[Candidate] = []
        for each in these:
            if each.parties and all(shares.is_full(party) for party in each.parties):
                left.append(Left(each, shares.why_full(each)))
            else:
                open_still.append(each)
        for each in sorted(open_still, key=lambda each: each.id) if len(open_still) > 1 else open_still:
            if why := shares.why_not(each):
                left.append(Left(each, why))
            else:
                shares.take(each)
                kept.append(each)
    return kept


def _share(party: Party) -> float:
    return 1.0 if party.part in MAIN else 0.5


class Shares:
    """What bodies, offers, needs and pairs of bodies have had of the moves that were taken so far."""

    def __init__(self, per_body: int) -> None:
        self.per_body = per_body
        self.bodies: dict[str, float] = defaultdict(float)
        self.spent: Counter[str] = Counter()
        self.met: set[str] = set()
        self.pairs: set[tuple[str, str | None, frozenset[str]]] = set()

    def is_full(self, party: Party) -> bool:
        return self.bodies[party.id] + _share(party) > self.per_body

    def why_full(self, move: Candidate) -> str:
        """Which of its bodies have their share already, as a reason; blank where none has."""
        share = {party.id: _share(party) for party in move.parties}
        full = {p.name for p in move.parties if self.bodies[p.id] + share[p.id] > self.per_body}
        if not full:
            return ""
        verb = "is" if len(full) == 1 else "are"
        return f"{listing(sorted(full))} {verb} in as many stronger moves as a body may be."

    def why_not(self, move: Candidate) -> str:
        """Why it cannot be taken any more; blank where it can."""
        if why := self.why_full(move):
            return why
        if any(self.spent[ask] >= most for ask, most in move.givers):
            return "what is offered is spent on a stronger move already."
        if move.kind == "match" and move.about in self.met:
            return "what is asked for is met by a stronger move already."
        # Two bodies that have one thing to talk about need no second; what a person saw stands beside it.
        if move.kind not in ("bid", "spotted") and self._pair(move) in self.pairs:
            return "the same bodies have a stronger move on this theme there."
        return ""

    def take(self, move: Candidate) -> None:
        if move.kind != "spotted":
            self.pairs.add(self._pair(move))
        for party, share in {party.id: _share(party) for party in move.parties}.items():
            self.bodies[party] += share
        self.spent.update(ask for ask, _ in move.givers)
        if move.kind == "match":
            self.met.add(move.about)

    def _pair(self, move: Candidate) -> tuple[str, str | None, frozenset[str]]:
        return move.places[0], move.theme, move.partners
