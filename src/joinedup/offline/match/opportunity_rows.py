"""Opportunities as rows of a CSV file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from joinedup.engines.matching import Opportunity, band
from joinedup.engines.matching.score import COMPONENTS
from joinedup.offline.delimited import csv_text
from joinedup.offline.match.spotted import Spotted

_PLAIN: dict[str, Callable[[Opportunity], object]] = {
    "id": lambda o: o.id,
    "kind": lambda o: o.kind,
    "score": lambda o: o.score,
    "band": lambda o: band(o.score),
    "ask": lambda o: "true" if o.ask else "false",
    "place": lambda o: o.place,
    "theme": lambda o: o.theme,
    "parties": lambda o: ";".join(o.parties),
    "initiatives": lambda o: ";".join(o.initiatives),
    "offers": lambda o: ";".join(o.offers),
    "sentence": lambda o: o.sentence,
    "first_step": lambda o: o.first_step,
    "because": lambda o: " | ".join(fact.text for fact in o.because),
    "would_change": lambda o: " | ".join(o.would_change),
}


def as_csv(as_of: date, found: Iterable[Opportunity], *, with_others: bool = False) -> str:
    """`with_others`: a last column for who might join what a person spotted."""
    rows = (
        [
            as_of.isoformat(),
            *(read(each) for read in _PLAIN.values()),
            *(each.components[c] for c in COMPONENTS),
            *([_others(each)] if with_others else []),
        ]
        for each in found
    )
    return csv_text(["as_of", *_PLAIN, *COMPONENTS, *(["others"] if with_others else [])], rows)


def _others(each: Opportunity) -> str:
    return ";".join(other.partner for other in each.others) if isinstance(each, Spotted) else ""
