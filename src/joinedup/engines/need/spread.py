"""The middle of a set of places, and how far they lie apart beyond chance. Pure, and robust to a few outliers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# The median of a squared standard normal.
MEDIAN_OF_SQUARES = 0.454936423119572
HALVINGS = 60
FAR_OFF = 1e12


def middle(y: Floats) -> float:
    """The median of what is known; NaN of nothing."""
    known = y[~np.isnan(y)]
    return float(np.median(known)) if known.size else float("nan")


def between(y: Floats, v: Floats) -> float:
    """tau², the variance between places beyond chance; 0 where they cannot be told apart.

    The tau² for which the median of (y - median)² / (tau² + v) is that of a squared standard normal. With equal v it is
    the robust variance (the median absolute deviation times 1.4826, squared) less v; where a few small places have a
    large v these do not count against the others, as they would in a mean.
    """
    known = ~np.isnan(y) & ~np.isnan(v)
    if not known.any():
        return 0.0
    squares, own = (y[known] - np.median(y[known])) ** 2, v[known]

    def excess(tau2: float) -> float:
        with np.errstate(divide="ignore", invalid="ignore"):
            return (
                float(np.median(np.nan_to_num(squares / (tau2 + own), nan=0.0, posinf=FAR_OFF)))
                - MEDIAN_OF_SQUARES
            )

    if excess(0.0) <= 0:
        return 0.0
    least, most = 0.0, float(np.max(squares)) / MEDIAN_OF_SQUARES
    for _step in range(HALVINGS):
        half = (least + most) / 2
        least, most = (half, most) if excess(half) > 0 else (least, half)
    return (least + most) / 2
