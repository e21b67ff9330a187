"""Whether the counts of a period came whole: one without any case is more likely a file that is missing than a period
in which nothing happened anywhere, and one with far fewer than usual was likely sent in part."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# A period with less than this share of a usual one was not sent whole; judged where a usual one has enough cases.
WHOLE, ENOUGH = 0.6, 20
# Periods beside one that are its usual ones in a long series: seasons and slow change are no gap.
BESIDE = 6


def sent_whole(totals: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Of each period, from its number of cases: not if it has none, nor if it has less than `WHOLE` of the usual
    (the median), where that is `ENOUGH`."""
    usual = float(np.median(totals))
    return np.asarray(totals >= (WHOLE * usual if usual >= ENOUGH else 1), bool)


def below_those_around(totals: Sequence[float]) -> list[bool]:
    """Of each period of a long series, whether it is far below those around it: less than `WHOLE` of the upper quartile
    of up to `BESIDE` on either side and itself, since several gaps may follow one another and a series may drift."""
    found = []
    for n, total in enumerate(totals):
        around = np.array(totals[max(0, n - BESIDE) : n + BESIDE + 1], dtype=float)
        found.append(bool(total < WHOLE * float(np.quantile(around, 0.75))))
    return found


def without_case(cases: NDArray[np.int64], known: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    """The periods in which every count that is known is 0, from areas × periods; not those of which none is known."""
    if known is None:
        return np.asarray(cases.sum(axis=0) == 0, bool)
    return np.asarray(known.any(axis=0) & (np.where(known, cases, 0).sum(axis=0) == 0), bool)
