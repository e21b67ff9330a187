"""How alike the needs of two places are. Pure.

The opportunities' engine compares places by how people live there (its profiles). A practice card is looked
for by what a place needs, so this compares the need on each theme, 0 to 1, that is known for both.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

# With fewer shared themes, two profiles say nothing about each other.
LEAST_SHARED = 3
# Needs this close count as the same: half a class of five.
CLOSE = 0.1


def likeness(here: Mapping[str, float], there: Mapping[str, float]) -> float | None:
    """1 for the same need on every shared theme, 0 for opposite needs: one minus the root mean square
    difference.

    `here`, `there`: theme to need. None if fewer than LEAST_SHARED themes are known for both.
    """
    shared = here.keys() & there.keys()
    if len(shared) < LEAST_SHARED:
        return None
    return 1 - math.sqrt(sum((here[t] - there[t]) ** 2 for t in shared) / len(shared))


def compared(here: float, there: float) -> str:
    """ "same", "higher" or "lower": the need there compared with the need here."""
    if abs(there - here) <= CLOSE:
        return "same"
    return "higher" if there > here else "lower"
