"""How alike two places are in what they need. Pure.

The opportunities' engine compares places by how people live there (its profiles); a practice card is looked for by
what a place needs, so what is compared here is the need on each theme, 0 to 1, that is known of both.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

# Two profiles that share fewer known themes say nothing of each other.
LEAST_SHARED = 3
# Needs so close are called the same: half a class of five.
CLOSE = 0.1


def likeness(here: Mapping[str, float], there: Mapping[str, float]) -> float | None:
    """1 for the same need on every shared theme, 0 for opposite: one less the root mean square difference.

    `here`, `there`: theme to need. None where fewer than LEAST_SHARED themes are known of both.
    """
    shared = here.keys() & there.keys()
    if len(shared) < LEAST_SHARED:
        return None
    return 1 - math.sqrt(sum((here[t] - there[t]) ** 2 for t in shared) / len(shared))


def compared(here: float, there: float) -> str:
    """Returns "same", "higher" or "lower": how the need there is beside the need here."""
    if abs(there - here) <= CLOSE:
        return "same"
    return "higher" if there > here else "lower"
