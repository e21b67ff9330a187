"""Periods in which nothing was counted under the code of an area, though a file may hold numbers for them.

A code ends, and files leave it out or hold noughts; its successors begin likewise; or the same number is carried on
from period to period. Each looks like a change of the area, and is none. All of it is judged from the counts alone,
beside those of the other areas, which go on.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

COUNTED, ENDED, NOT_BEGUN, REPEATED = 0, 1, 2, 3
# So many cases have to be expected in a stretch of noughts before they are taken for no count: by what is usual in the
# area (by chance alone there would be none once in 22,000, exp -10), and in a middling one (else an outbreak after long
# quiet, of something rare, would be taken for a code that begins).
LEAST_EXPECTED, LEAST_IN_THE_MIDDLE = 10.0, 5.0
# A run of one number is no chance if it is at most that likely by what is usual in the area, and at most that likely
# whatever is usual.
LEAST_LIKELY, LEAST_LIKELY_ANYHOW = 1e-5, 1e-3
# Noughts are no news where shorter runs of them are usual.
TIMES_AS_LONG = 3
# What is usual is the mean of up to a year beside the stretch.
BESIDE = 12
# With fewer areas nobody can tell whether the others go on, and with less than half of their cases they do not.
FEWEST, GOES_ON = 5, 0.5


def code_faults(
    counts: NDArray[np.float64], unknown: NDArray[np.bool_], largest: NDArray[np.float64] | None = None
) -> NDArray[np.int8]:
    """Of every area and period: COUNTED, or why nothing was counted under the code.

    `counts`: areas × periods, the cases of everything that is counted together; NaN where there is no row. `unknown`:
    the same shape, where a count is held back or lost for another reason; such a period says nothing. `largest`: where
    several things are counted, the count of the most frequent, by which chance is judged, since one may include others.

    ENDED, NOT_BEGUN: the last or first periods without a row; or with noughts, if at least 10 cases were to be expected
    by what is usual in the area, and 5 by the median of areas, and they last more than three times as long as any
    noughts between the area's other periods.

    REPEATED: a run of one number above 0 (all but its first), if by chance (Poisson) that number would follow so
    often at most once in 100,000 times by the mean of the area's other periods, and once in 1,000 if it were the
    mean itself; and less than half of all areas repeat theirs at the time. If all counts are multiples of a number,
    they were rounded to it.
    """
    found = np.zeros(counts.shape, np.int8)
    areas, periods = counts.shape
    if areas < FEWEST or periods < 2:
        return found
    silent = ~unknown & ~(counts > 0)
    numbers = np.where(unknown, np.nan, np.nan_to_num(counts if largest is None else largest))
    for backwards, fault in ((False, ENDED), (True, NOT_BEGUN)):
        turn = slice(None, None, -1 if backwards else 1)
        _mark_tails(found[:, turn], np.isnan(counts[:, turn]), silent[:, turn], numbers[:, turn], fault)
    _mark_runs(found, counts, numbers)
    return found


def _mark_tails(
    found: NDArray[np.int8],
    has_no_row: NDArray[np.bool_],
    silent: NDArray[np.bool_],
    numbers: NDArray[np.float64],
    fault: int,
) -> None:
    """Mark the last periods of areas that fall silent, in place."""
    periods = numbers.shape[1]
    middle = _in_the_middle(numbers)
    speaks = ~silent
    last = np.where(speaks.any(axis=1), periods - 1 - speaks[:, ::-1].argmax(axis=1), periods - 1)
    total = np.nansum(numbers, axis=0)
    for area in np.nonzero(last < periods - 1)[0]:
        start = int(last[area]) + 1
        own = numbers[area]
        beside = slice(max(0, start - BESIDE), start)
        others = total - np.nan_to_num(own)
        if others[start:].mean() < GOES_ON * others[beside].mean():
            continue
        many = periods - start
        is_usual = many <= TIMES_AS_LONG * _longest(silent[area, int(speaks[area].argmax()) : start])
        expected = many * float(np.nanmean(own[beside]))
        if is_usual or expected < LEAST_EXPECTED or many * middle < LEAST_IN_THE_MIDDLE:
            # Noughts may be so; what has no row at all has none.
            start = periods - _longest_at_the_end(has_no_row[area, start:])
        found[area, start:] = fault


def _longest(silent: NDArray[np.bool_]) -> int:
    """The longest run of silent periods."""
    longest = run = 0
    for each in silent:
        run = run + 1 if each else 0
        longest = max(longest, run)
    return longest


def _longest_at_the_end(has_no_row: NDArray[np.bool_]) -> int:
    return len(has_no_row) if has_no_row.all() else int(np.argmin(has_no_row[::-1]))


def _in_the_middle(numbers: NDArray[np.float64]) -> float:
    """The median, over areas with any case, of the mean of a period."""
    known = (~np.isnan(numbers)).sum(axis=1)
    means = np.nansum(numbers, axis=1) / np.maximum(known, 1)
    return float(np.median(means[means > 0])) if (means > 0).any() else 0.0


def _mark_runs(found: NDArray[np.int8], counts: NDArray[np.float64], numbers: NDArray[np.float64]) -> None:
    """Mark runs of one number, in place, where most others go on."""
    base = _rounded_to(counts[counts > 0])
    known = ~np.isnan(numbers)
    same = (
        (np.diff(counts) == 0) & (np.diff(numbers) == 0) & (counts[:, 1:] > 0) & known[:, 1:] & known[:, :-1]
    )
    for area in np.nonzero(same.any(axis=1))[0]:
        edges = np.diff(np.concatenate([[False], same[area], [False]]).astype(np.int8))
        for start, stop in zip(np.nonzero(edges == 1)[0], np.nonzero(edges == -1)[0], strict=True):
            number = float(numbers[area, start])
            others = np.delete(numbers[area], slice(start, stop + 1))
            usual = float(np.nanmean(others)) if (others > 0).any() else number
            anyhow, here = (min(0.0, math.log(base) + _log_chance(number, mean)) for mean in (number, usual))
            again = stop - start
            is_chance = again * min(here, anyhow) >= math.log(LEAST_LIKELY)
            is_chance |= again * anyhow >= math.log(LEAST_LIKELY_ANYHOW)
            if not is_chance and same[:, start:stop].mean() < GOES_ON:
                found[area, start + 1 : stop + 1] = REPEATED


def _log_chance(number: float, mean: float) -> float:
    """The logarithm of the Poisson probability of a number; of parts of cases, by the gamma function."""
    return number * math.log(mean) - mean - math.lgamma(number + 1)


def _rounded_to(positive: NDArray[np.float64]) -> int:
    """The largest number that all counts are multiples of; 1 where they are not whole."""
    if not len(positive) or (positive != np.round(positive)).any():
        return 1
    return int(np.gcd.reduce(positive.astype(np.int64)))
