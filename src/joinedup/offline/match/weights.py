"""Weights as typed on the command line: `fit=1,near=0.5`, the rest as usual."""

from __future__ import annotations

from dataclasses import asdict, replace

from joinedup.engines.opportunities.strength import POWERS, WEIGHTS, Weights
from joinedup.offline.delimited import Refused, quoted

HIGHEST_POWER, HIGHEST_SHARE = 5.0, 1.0


def weights(text: str | None) -> Weights:
    """The weights given in a text, the defaults for the rest. Raises `Refused`."""
    known = asdict(WEIGHTS)
    named: dict[str, float] = {}
    for part in (text or "").split(",") if text is not None else ():
        name, equals, value = (each.strip() for each in part.partition("="))
        if not equals or name not in known:
            raise Refused(
                f"“{quoted(part)}” gives no weight: write fit=1,near=0.5 with names out of {', '.join(known)}."
            )
        if name in named:
            raise Refused(f"The weight {name} is given twice: give it once.")
        named[name] = _number(name, value)
    return replace(WEIGHTS, **named)


def _number(name: str, text: str) -> float:
    most = HIGHEST_POWER if name in POWERS else HIGHEST_SHARE
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= most:
        raise Refused(f"The weight {name} must be a number from 0 to {most:.0f}; “{quoted(text)}” is not.")
    return value
