"""The likelihood ratio of a window, and the excess that reaches a given ratio.

`model`: 0 for Poisson and permutation, 1 for Bernoulli. `c`: observed cases, `mu`: expected, of `total`
cases; for Bernoulli, `people`: cases and controls. Kulldorff (1997), equations for the conditional likelihood
ratio.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

BERNOULLI = 1
# Cells of the table of thresholds: 2 ** BITS to a doubling of the expected cases, from 2 ** LOWEST up. The
# cell is read from the first bits of a 32-bit float (8 of exponent, 23 of fraction), without a logarithm.
BITS, LOWEST, HIGHEST = 6, -20, 31
CELLS = 1 << BITS
BELOW = ((LOWEST + 127) << BITS) - 1
# Levels of the ratio in the table: each 5% above the one before.
FIRST_LEVEL, STEP, LEVELS = 0.25, 1.05, 130
NEVER = 1e15


@njit(nogil=True, cache=True)
def llr(model: int, c: float, mu: float, total: float, people: float) -> float:
    """The log likelihood ratio of one window, 0 if it does not differ from what is expected."""
    result = 0.0
    outside = total - c
    if c > 0.0:
        if mu <= 0.0:
            return math.inf
        result += c * math.log(c / mu)
    if outside > 0.0:
        rest = total - mu
        if rest <= 0.0:
            return math.inf
        result += outside * math.log(outside / rest)
    if model == BERNOULLI:
        inside = mu * people / total
        controls = max(0.0, inside - c)
        others = people - total - controls
        share = (people - total) / people
        if controls > 1e-9:
            result += controls * math.log(controls / (inside * share))
        if others > 1e-9:
            result += others * math.log(others / ((people - inside) * share))
    return max(result, 0.0)


@njit(nogil=True, cache=True)
def can_reach(c: float, mu: float, total: float, level: float) -> bool:
    """Whether a Poisson window can reach a level, without a logarithm: the ratio is at most d² / 2 × (1 /
    smaller of c and mu + 1 / the same outside), with d the excess."""
    excess = c - mu
    inside = min(c, mu)
    outside = min(total - c, total - mu)
    return excess * excess * (inside + outside) >= 2.0 * level * inside * outside


@njit(nogil=True, cache=True)
def _excess(model: int, mu: float, total: float, people: float, level: float, sign: float) -> float:
    """The smallest excess over `mu` (sign 1) or lack below it (sign -1) whose ratio is `level`; NEVER if
    there is none."""
    most = total - mu if sign > 0 else mu
    if model == BERNOULLI and sign > 0:
        most = min(most, mu * people / total - mu)
    if model == BERNOULLI and sign < 0:
        most = min(most, people - total - (mu * people / total - mu))
    if most <= 0.0 or llr(model, mu + sign * most, mu, total, people) < level:
        return NEVER
    low, high = 0.0, most
    # Newton's method from above, where the curve is steepest (the ratio is convex in the excess), guarded by
    # bisection.
    guess = min(most, math.sqrt(2.0 * level * max(mu, 1e-9)) + level)
    for _ in range(60):
        value = llr(model, mu + sign * guess, mu, total, people) - level
        if value > 0.0:
            high = guess
        else:
            low = guess
        if high - low <= 1e-7 * (1.0 + high):
            break
        step = 1e-6 * (1.0 + guess)
        slope = (llr(model, mu + sign * (guess + step), mu, total, people) - level - value) / step
        nearer = guess - value / slope if slope > 0.0 else -1.0
        guess = nearer if low < nearer < high else 0.5 * (low + high)
        if abs(value) < 1e-9 * level:
            low = guess - 1e-6 * (1.0 + guess)
            break
    return low


@njit(nogil=True, cache=True)
def cell(mu: float) -> int:
    """The row of the table that expected cases fall into."""
    if mu < 2.0**LOWEST:
        return 0
    bits = int(np.float32(mu).view(np.int32))
    return min((bits >> (23 - BITS)) - BELOW, (HIGHEST - LOWEST) * CELLS)


@njit(nogil=True, cache=True)
def _edge(row: int) -> float:
    """The least expected cases that fall into a row of the table (1 or above)."""
    return 2.0 ** (LOWEST + (row - 1) // CELLS) * (1.0 + ((row - 1) % CELLS) / CELLS)


@njit(nogil=True, cache=True)
def thresholds(
    model: int, least: float, most: float, total: float, people: float, sign: float
) -> NDArray[np.float32]:
    """LEVELS × cells: no window whose expected cases are in a cell, or above it up to `most`, reaches the
    level with a smaller excess. Cells below `least` are not used."""
    size = (HIGHEST - LOWEST) * CELLS + 1
    table = np.zeros((LEVELS, size), np.float32)
    first, last = max(1, cell(least) - 1), cell(most)
    level = FIRST_LEVEL
    for row in range(LEVELS):
        below = _excess(model, min(most, _edge(last + 1)), total, people, level, sign)
        table[row, last:] = min(below, NEVER) * (1.0 - 1e-6)
        for each in range(last, first - 1, -1):
            here = _excess(model, _edge(each), total, people, level, sign)
            below = min(below, here)
            table[row, each] = below * (1.0 - 1e-6)
        level *= STEP
    return table


@njit(nogil=True, cache=True)
def row_of(level: float) -> int:
    """The highest row of the table at or below a level; -1 below the first."""
    if level < FIRST_LEVEL:
        return -1
    return min(int(math.log(level / FIRST_LEVEL) / math.log(STEP) + 1e-12), LEVELS - 1)
