"""How strong a move is, 0 to 1, from named parts: stated weights, with the reason of each.

    strength = fit ^ w × near ^ w × fresh ^ w, then raised by each of deadline, parties, asked, answered, need:
    strength + (1 − strength) × w × part

A weak fit is not bought back by a date or a need: these only raise what fits. A strength orders a list; it is no
probability that something succeeds.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache


@dataclass(frozen=True)
class Parts:
    """What a strength is made of, each 0 to 1.

    fit        how well what the parties record meets: what is needed and offered, purpose and work
    near       how near they are, for this kind of thing
    fresh      how far the records still stand: less after a year
    deadline   1 within a fortnight of the closing day, 0 without one or four months before it
    parties    whether it joins more than one body that works on it
    asked      whether it answers something that somebody asked for
    answered   whether somebody it names has said that it is interested
    need       how surely the theme stands out in the place; 0 where need is not measured
    """

    fit: float
    near: float = 1.0
    fresh: float = 1.0
    deadline: float = 0.0
    parties: float = 0.0
    asked: float = 0.0
    answered: float = 0.0
    need: float = 0.0


@dataclass(frozen=True)
class Weights:
    """How much each part counts, 0 or more: powers for fit, near and fresh, shares for the others. A coordinator may
    change them."""

    fit: float = 1.0
    near: float = 0.5
    fresh: float = 0.5
    deadline: float = 0.12
    parties: float = 0.04
    asked: float = 0.15
    answered: float = 0.3
    need: float = 0.1

    def are_usable(self) -> bool:
        """Powers from 0 to 5, shares from 0 to 1, all numbers."""
        return all(0 <= value <= (5 if name in POWERS else 1) for name, value in asdict(self).items())


POWERS = ("fit", "near", "fresh")
RAISING = ("deadline", "parties", "asked", "answered", "need")
REASONS = {
    "fit": "What one needs and another has must be the same thing, or nothing follows.",
    "near": "People go to what is near; how near depends on what it is.",
    "fresh": "What was said more than a year ago may no longer stand.",
    "deadline": "A date says what comes first; it does not make a weak reason strong.",
    "parties": "The day is for what nobody can do alone.",
    "asked": "What somebody asked for is wanted already.",
    "answered": "Somebody said yes.",
    "need": "Where a theme stands out, more follows from the same effort.",
}
WEIGHTS = Weights()
NEAR_DAYS, FAR_DAYS = 14, 134


@lru_cache(50_000)
def of(parts: Parts, weights: Weights = WEIGHTS) -> float:
    """The strength of a move with these parts."""
    found = 1.0
    for name in POWERS:
        found *= max(getattr(parts, name), 0.0) ** getattr(weights, name)
    for name in RAISING:
        found += (1 - found) * min(1.0, getattr(weights, name) * getattr(parts, name))
    return min(1.0, max(0.0, found))


def deadline(closes: date | None, as_of: date) -> float:
    """The part of a closing day."""
    if closes is None:
        return 0.0
    days = (closes - as_of).days
    return min(1.0, max(0.0, 1 - (days - NEAR_DAYS) / (FAR_DAYS - NEAR_DAYS)))


# What a page says instead of a number from 0 to 100: a word that fits everything would say nothing.
BANDS = ((75.0, "strong"), (50.0, "fair"))


def band(score: float) -> str:
    """strong, fair, or worth a look."""
    return next((word for least, word in BANDS if score >= least), "worth a look")
