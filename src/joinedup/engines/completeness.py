"""Whether the counts of a period came whole: one without any case is more likely a file that is missing than a period
in which nothing happened anywhere, and one with far fewer than usual was likely sent in part."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# A period with less than this share of a usual one was not sent whole; judged where a usual one has enough cases.
WHOLE, ENOUGH = 0.6, 20


def sent_whole(totals: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Of each period, from its number of cases: not if it has none, nor if it has less than `WHOLE` of the usual
    (the median), where that is `ENOUGH`."""
    usual = float(np.median(totals))
    return np.asarray(totals >= (WHOLE * usual if usual >= ENOUGH else 1), bool)


def without_case(cases: NDArray[np.int64], known: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    """The periods in which every count that is known is 0, from areas × periods; not those of which none is known."""
    if known is None:
        return np.asarray(cases.sum(axis=0) == 0, bool)
    return np.asarray(known.any(axis=0) & (np.where(known, cases, 0).sum(axis=0) == 0), bool)
