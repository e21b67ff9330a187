"""What is written: the JSON document, and rows of CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from joinedup.engines.opportunities import Move, Opportunity, Result
from joinedup.engines.opportunities.inputs import Support
from joinedup.engines.opportunities.move import PRACTICAL
from joinedup.engines.opportunities.run import Gap
from joinedup.offline.delimited import csv_text
from joinedup.offline.match.visibility import PUBLIC, as_told

Document = dict[str, Any]
Found = Opportunity | Move


@dataclass(frozen=True)
class Told:
    """What a run found, as a reader is told it: opportunities best first, the moves in them strongest first, who should
    meet."""

    result: Result
    reader: str | None
    meetings: tuple[Move, ...] = ()

    @property
    def opportunities(self) -> list[Opportunity]:
        return [
            replace(each, moves=tuple(as_told(move, self.reader) for move in each.moves))
            for each in self.result.opportunities
        ]

    @property
    def moves(self) -> list[Move]:
        every = sorted((*self.result.moves, *self.meetings), key=lambda move: (-move.strength, move.id))
        return [as_told(move, self.reader) for move in every]

    def found(self, *, moves: bool) -> Sequence[Found]:
        return self.moves if moves else self.opportunities


def document(told: Told, written: Sequence[Found], *, moves: bool) -> Document:
    """The whole document: the opportunities or moves that are written, gaps, the shelf, and who should meet."""
    found: Document = {"as_of": told.result.as_of.isoformat()}
    if told.reader is not None:
        found["reader"] = told.reader
    found["moves" if moves else "opportunities"] = [each.as_dict() for each in written]
    found["gaps"] = [_gap(told, gap) for gap in told.result.gaps]
    found["shelf"] = [_shelf(each) for each in sorted(told.result.shelf, key=lambda each: each.id)]
    if told.meetings and not moves:
        found["meetings"] = [move.as_dict() for move in told.meetings]
    return found


def _gap(told: Told, gap: Gap) -> Document:
    need = told.result.context.register.needs[gap.place, gap.theme]
    return {
        "place": gap.place,
        "theme": gap.theme,
        "need": {"verdict": need.verdict, "stands_out": need.stands_out, "facts": list(need.facts)},
        # Beside a body's name it would say in public that nothing is recorded of it.
        "ask": [] if told.reader == PUBLIC else list(gap.ask),
    }


def _shelf(support: Support) -> Document:
    return {
        "id": support.id,
        "name": support.name,
        "provider": support.provider,
        "kind": support.kind,
        "themes": list(support.themes),
        "sectors": sorted(support.sectors),
        "who_may_use": support.who_may_use,
    }


_MOVE: dict[str, Callable[[Move], object]] = {
    "id": lambda m: m.id,
    "kind": lambda m: m.kind,
    "strength": lambda m: round(m.strength, 3),
    "place": lambda m: m.places[0],
    "places": lambda m: ";".join(m.places),
    "theme": lambda m: m.theme or PRACTICAL,
    "parties": lambda m: ";".join(party.id for party in m.parties),
    "parts": lambda m: ";".join(party.part for party in m.parties),
    "decision": lambda m: m.decision,
    "sentence": lambda m: m.sentence,
    "first_step": lambda m: m.first_step,
    "because": lambda m: " | ".join(fact.text for fact in m.because),
    "checks": lambda m: " | ".join(m.checks),
    "closes": lambda m: m.closes.isoformat() if m.closes else "",
    "support": lambda m: ";".join(m.support),
    "initiatives": lambda m: ";".join(m.initiatives),
    "asks": lambda m: ";".join(m.asks),
}
_OPPORTUNITY: dict[str, Callable[[Opportunity], object]] = {
    "id": lambda o: o.id,
    "score": lambda o: round(o.score, 1),
    "place": lambda o: o.places[0],
    "places": lambda o: ";".join(o.places),
    "theme": lambda o: o.theme or PRACTICAL,
    "headline": lambda o: o.headline,
    "decision": lambda o: o.decision,
    "kinds": lambda o: ";".join(move.kind for move in o.moves),
    "parties": lambda o: ";".join(dict.fromkeys(p.id for move in o.moves for p in move.parties)),
    "moves": lambda o: " | ".join(move.sentence for move in o.moves),
    "first_steps": lambda o: " | ".join(move.first_step for move in o.moves),
    "checks": lambda o: " | ".join(check for move in o.moves for check in move.checks),
    "closes": lambda o: min((m.closes.isoformat() for m in o.moves if m.closes), default=""),
    "support": lambda o: ";".join(dict.fromkeys(id for move in o.moves for id in move.support)),
    "initiatives": lambda o: ";".join(dict.fromkeys(id for move in o.moves for id in move.initiatives)),
    "asks": lambda o: ";".join(dict.fromkeys(id for move in o.moves for id in move.asks)),
    "stands_out": lambda o: " | ".join(o.stands_out),
}


def as_csv(as_of: str, written: Iterable[Found], *, moves: bool) -> str:
    """A row for each, best first."""
    columns: dict[str, Callable[[Any], object]] = _MOVE if moves else _OPPORTUNITY
    rows = ([as_of, *(read(each) for read in columns.values())] for each in written)
    return csv_text(["as_of", *columns], rows)
