"""Proportions, their differences, and 95% intervals that are valid for small groups too."""

from __future__ import annotations

import math
from dataclasses import dataclass

# The standard normal deviate of a two-sided 95% interval.
Z = 1.959963984540054


@dataclass(frozen=True)
class Difference:
    """The change of a proportion, from -1 to 1, with its 95% interval."""

    value: float
    low: float
    high: float

    @property
    def may_be_chance(self) -> bool:
        return self.low <= 0 <= self.high


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95% score interval of a proportion (Wilson 1927). Raises ValueError unless 0 <= hits <= of, of >
    0."""
    if of <= 0 or not 0 <= hits <= of:
        raise ValueError("A share needs at least one answer, and no more hits than answers.")
    share, square = hits / of, Z * Z
    middle = share + square / (2 * of)
    half = Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    whole = 1 + square / of
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


def difference(before: tuple[int, int], after: tuple[int, int]) -> Difference:
    """After minus before for two disjoint groups, each as (hits, of).

    The interval is the hybrid score interval (Newcombe 1998, Statistics in Medicine 17, 873-890, method 10).
    """
    (low_b, high_b), (low_a, high_a) = wilson(*before), wilson(*after)
    was, now = before[0] / before[1], after[0] / after[1]
    moved = now - was
    down = math.hypot(now - low_a, high_b - was)
    up = math.hypot(high_a - now, was - low_b)
    return Difference(moved, moved - down, moved + up)


def paired_difference(gained: int, lost: int, of: int) -> Difference:
    """After minus before for one group of `of` asked twice: `gained` only after, `lost` only before.

    The interval is the adjusted Wald interval (Bonett and Price 2012, Journal of Educational and Behavioral
    Statistics 37, 479-488). Raises ValueError if the counts are inconsistent.
    """
    if of <= 0 or gained < 0 or lost < 0 or gained + lost > of:
        raise ValueError("A paired difference needs somebody who answered twice, each counted once.")
    came, went = (gained + 1) / (of + 2), (lost + 1) / (of + 2)
    middle = came - went
    half = Z * math.sqrt((came + went - middle * middle) / (of + 2))
    return Difference((gained - lost) / of, max(-1.0, middle - half), min(1.0, middle + half))
