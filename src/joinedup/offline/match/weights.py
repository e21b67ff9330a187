"""Weights as typed on the command line: `gap=0.35,fit=0.2`, the rest as usual."""

from __future__ import annotations

from dataclasses import astuple, replace

from joinedup.engines.matching import WEIGHTS, Weights
from joinedup.engines.matching.score import COMPONENTS
from joinedup.offline.delimited import Refused, quoted

HEAVIEST = 100.0


def weights(text: str | None) -> Weights:
    """The weights given in a text, the defaults for the rest. Raises `Refused`."""
    named: dict[str, float] = {}
    for part in (text or "").split(",") if text is not None else ():
        name, equals, value = (each.strip() for each in part.partition("="))
        if not equals or name not in COMPONENTS:
            raise Refused(
                f"“{quoted(part)}” gives no weight: write gap=0.35,fit=0.25 with names out of {', '.join(COMPONENTS)}."
            )
        if name in named:
            raise Refused(f"The weight {name} is given twice: give it once.")
        named[name] = _number(name, value)
    found = replace(WEIGHTS, **named)
    if not any(astuple(found)):
        raise Refused("Every weight is 0: give at least one that is more.")
    return found


def _number(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= HEAVIEST:
        raise Refused(
            f"The weight {name} must be a number from 0 to {HEAVIEST:.0f}; “{quoted(text)}” is not."
        )
    return value
