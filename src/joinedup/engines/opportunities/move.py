"""What comes out: moves, and the opportunities that they belong to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from joinedup.engines.opportunities.strength import Parts

if TYPE_CHECKING:
    from joinedup.engines.opportunities.context import Context

PRACTICAL = "practical-help"


@dataclass(frozen=True)
class Party:
    """A partner and its part in a move: gives, needs, leads, takes part, is asked."""

    id: str
    name: str
    part: str


@dataclass(frozen=True)
class Because:
    """A reason: a sentence and the record that it comes from (blank: a public figure)."""

    text: str
    record: str = ""

    def as_dict(self) -> dict[str, str]:
        return {"text": self.text, "record": self.record}


@dataclass(frozen=True)
class Move:
    """One thing that named partners could do together.

    `places`: codes of authorities, the first where it happens; `theme` None: practical help. `decision` is read out;
    `checks` are what to settle first, each a sentence; `strength` is 0 to 1. `givers`: asks of help and how often each
    may be spent.
    """

    kind: str
    places: tuple[str, ...]
    theme: str | None
    parties: tuple[Party, ...]
    decision: str
    sentence: str
    first_step: str
    parts: Parts
    # Of the parts, by the weights of the run.
    strength: float = 0.0
    because: tuple[Because, ...] = ()
    checks: tuple[str, ...] = ()
    closes: date | None = None
    support: tuple[str, ...] = ()
    initiatives: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    givers: tuple[tuple[str, int], ...] = ()
    # What else tells two moves of the same kind and parties apart.
    about: str = ""

    @property
    def id(self) -> str:
        """The same for as long as kind, place, parties and what it is about stay."""
        return _id(self)

    @property
    def partners(self) -> frozenset[str]:
        return frozenset(party.id for party in self.parties)

    @property
    def records(self) -> frozenset[str]:
        """Every record that it rests on."""
        return frozenset((*self.support, *self.initiatives, *self.asks))

    def weighed(self, parts: Parts, strength: float) -> Move:
        return replace(self, parts=parts, strength=strength)

    def worded(self) -> Move:
        return self

    def as_dict(self) -> dict[str, Any]:
        """As in the JSON document, and as it is read back from there: lists instead of tuples."""
        # By hand: for a list of thousands, `dataclasses.asdict` takes longer than comparing and storing it.
        return {
            "kind": self.kind,
            "places": list(self.places),
            "theme": self.theme,
            "parties": [{"id": each.id, "name": each.name, "part": each.part} for each in self.parties],
            "decision": self.decision,
            "sentence": self.sentence,
            "first_step": self.first_step,
            "parts": dict(vars(self.parts)),
            "strength": round(self.strength, 3),
            "because": [each.as_dict() for each in self.because],
            "checks": list(self.checks),
            "closes": None if self.closes is None else self.closes.isoformat(),
            "support": list(self.support),
            "initiatives": list(self.initiatives),
            "asks": list(self.asks),
            "id": self.id,
        }


class Draft(NamedTuple):
    """A move before it is put in words: what decides whether it is told. Where there are many, few are.

    `word` gives the move; `context` is what it needs for that.
    """

    kind: str
    places: tuple[str, ...]
    theme: str | None
    parties: tuple[Party, ...]
    initiatives: tuple[str, ...]
    about: str
    context: Context
    word: Callable[[Draft], Move]
    parts: Parts
    strength: float = 0.0
    closes: date | None = None
    support: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    givers: tuple[tuple[str, int], ...] = ()

    @property
    def id(self) -> str:
        return _id(self)

    @property
    def partners(self) -> frozenset[str]:
        return frozenset(party.id for party in self.parties)

    @property
    def records(self) -> frozenset[str]:
        """Every record that it rests on."""
        return frozenset((*self.support, *self.initiatives, *self.asks))

    def weighed(self, parts: Parts, strength: float) -> Draft:
        return Draft(*self[:8], parts, strength, *self[10:])

    def worded(self) -> Move:
        return self.word(self)


Candidate = Move | Draft


@dataclass(frozen=True)
class Opportunity:
    """One theme in one place where named partners can make at least one move together."""

    places: tuple[str, ...]
    theme: str | None
    score: float
    headline: str
    moves: tuple[Move, ...]
    stands_out: tuple[str, ...] = ()
    under_way: tuple[Because, ...] = ()
    helps: tuple[Because, ...] = ()
    heard: tuple[str, ...] = ()
    not_known: tuple[str, ...] = ()
    would_change: tuple[str, ...] = ()
    # Blank unless another in the list has the same place and theme.
    apart: str = ""

    @property
    def id(self) -> str:
        return opportunity_id(self.places[0], self.theme, self.apart)

    @property
    def decision(self) -> str:
        return self.moves[0].decision

    def as_dict(self) -> dict[str, Any]:
        """As in the JSON document."""
        return {
            "id": self.id,
            "place": self.places[0],
            "places": list(self.places),
            "theme": self.theme or PRACTICAL,
            "score": round(self.score, 1),
            "headline": self.headline,
            "decision": self.decision,
            "moves": [move.as_dict() for move in self.moves],
            "stands_out": list(self.stands_out),
            "under_way": [each.as_dict() for each in self.under_way],
            "helps": [each.as_dict() for each in self.helps],
            "heard": list(self.heard),
            "not_known": list(self.not_known),
            "would_change": list(self.would_change),
        }


def opportunity_id(place: str, theme: str | None, apart: str = "") -> str:
    """The same for as long as place and theme stay."""
    return _short([place, theme or PRACTICAL, *([apart] if apart else [])])


def _id(move: Candidate) -> str:
    partners = sorted({party.id for party in move.parties})
    return (
        f"{move.kind}-{_short([move.kind, move.places[0], move.theme or PRACTICAL, move.about, *partners])}"
    )


def _short(parts: list[str]) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=6).hexdigest()


def tie(id: str, as_of: date) -> str:
    """What decides between equals: a hash of the id and the month, so that nobody is first for ever."""
    return _short([id, f"{as_of:%Y-%m}"])
