"""The highest window: of each replication, and of the observed counts."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from joinedup.engines.scan.likelihood import BERNOULLI, can_reach, llr, row_of
from joinedup.engines.scan.simd import LANES, add_rows, reaching

# Ratios that differ by less than this share are equal: the smaller window wins.
TIE = 1e-11


@njit(nogil=True, cache=True)
def highest_of_lanes(  # type: ignore[no-untyped-def]
    visits, order, starts, looks, at, span, length, cells, slack,
    lanes, sums, table, model, total, people, sign, unit, least_cases, best,
):  # fmt: skip
    """Raise `best` (LANES ratios) to the highest window of each lane. `lanes`: flat, A × rows × LANES; lanes
    whose best is infinite are skipped. `visits`: the centres in order of processing."""
    rows = sums.shape[1] // 2
    counted = np.zeros(rows * LANES, lanes.dtype)
    now = np.zeros(2 * rows, np.float64)
    width = 8 * lanes.itemsize
    most, fewest = 2 ** (width - 1) - 1, -(2 ** (width - 1))
    for centre in visits:
        begin, size = starts[centre], starts[centre + 1] - starts[centre]
        p, end = looks[centre], looks[centre + 1]
        if p == end:
            continue
        counted[:] = 0
        now[:] = 0.0
        lowest = best.min()
        row = row_of(lowest)
        for k in range(size):
            area = order[begin + k]
            if area < 0:
                area = ~area
            add_rows(counted, lanes, area * rows, rows)  # type: ignore[call-arg]
            for t in range(2 * rows):
                now[t] += sums[area, t]
            while p < end and at[p] == k:
                threshold = 0.0
                if row >= 0:
                    threshold = float(table[row, cells[p]])
                theta = min(threshold, 1e12) * unit - slack[p]
                long = int(length[p])
                if theta <= most:
                    least = max(math.floor(theta), fewest)
                    found = reaching(counted, long, rows - long, least)
                    if found != 0:
                        before = lowest
                        _one_by_one(
                            found, order, begin, k, int(span[p]), counted, now, lanes, sums, long, rows,
                            least, model, total, people, sign, unit, least_cases, best,
                        )  # fmt: skip
                        lowest = best.min()
                        if lowest > before:
                            row = row_of(lowest)
                p += 1


@njit(nogil=True, cache=True)
def _one_by_one(  # type: ignore[no-untyped-def]
    found, order, begin, k, span, counted, now, lanes, sums, long, rows,
    least, model, total, people, sign, unit, least_cases, best,
):  # fmt: skip
    """Check every circle of a run, in the lanes and windows that reached its bound."""
    for lane in range(LANES):
        if not (found >> np.uint64(lane)) & np.uint64(1) or best[lane] == math.inf:
            continue
        for s in range(rows - long):
            e = s + long
            excess = int(lanes.dtype.type(counted[e * LANES + lane] - counted[s * LANES + lane]))
            if excess < least:
                continue
            mu = now[e] - now[s]
            taken = now[rows + e] - now[rows + s]
            c = np.rint((taken + sign * excess) / unit)
            bound = np.rint((taken + sign * least) / unit)
            j = k
            step = 0
            while True:
                if order[begin + j] >= 0:
                    raise_to(best, lane, c, mu, model, total, people, sign, least_cases)
                if step == span or (sign > 0 and c < bound) or (sign < 0 and c > bound):
                    break
                step += 1
                # A smaller circle for high, a larger one for low.
                moved = order[begin + j] if sign > 0 else order[begin + j + 1]
                area = moved if moved >= 0 else ~moved
                at = area * rows * LANES
                own = int(lanes.dtype.type(lanes[at + e * LANES + lane] - lanes[at + s * LANES + lane]))
                more = np.rint(((sums[area, rows + e] - sums[area, rows + s]) + sign * own) / unit)
                c -= sign * more
                mu -= sign * (sums[area, e] - sums[area, s])
                j += -1 if sign > 0 else 1


@njit(nogil=True, cache=True)
def raise_to(best, lane, c, mu, model, total, people, sign, least_cases):  # type: ignore[no-untyped-def]
    if sign > 0:
        if c < least_cases or c <= mu:
            return
    elif c >= mu:
        return
    if model != BERNOULLI and not can_reach(c, mu, total, best[lane]):
        return
    ratio = llr(model, c, mu, total, people)
    if ratio > best[lane]:
        best[lane] = ratio


@njit(nogil=True, cache=True)
def highest_around(  # type: ignore[no-untyped-def]
    centres, order, starts, taken, sums, cases, shortest, longest, only_last,
    model, total, people, sign, least_cases, best, where, again,
):  # fmt: skip
    """The highest window around each of some centres, in the observed counts, without the areas that are
    `taken`.

    `sums`, `cases`: A × rows running sums over time of expected and observed cases. Fills `best` (ratio, 0
    for none) and `where` (last neighbour, first row, length) at the centres. On equal ratios the smaller
    window wins. With `again` both hold what was found before more areas were taken, which is kept if it
    shares no area with these.
    """
    rows = cases.shape[1]
    expected, counted = np.zeros(rows, np.float64), np.zeros(rows, np.float64)
    for centre in centres:
        begin, size = starts[centre], starts[centre + 1] - starts[centre]
        if again and (best[centre] == 0.0 or _is_free(order, begin, where[centre, 0], taken)):
            continue
        expected[:] = 0.0
        counted[:] = 0.0
        high = 0.0
        where[centre, :] = 0
        for k in range(size):
            area = order[begin + k]
            whole = area >= 0
            if not whole:
                area = ~area
            if taken[area]:
                break
            for t in range(rows):
                expected[t] += sums[area, t]
                counted[t] += cases[area, t]
            if not whole:
                continue
            for long in range(shortest, longest + 1):
                for s in range(rows - 1 - long if only_last else 0, rows - long):
                    c = counted[s + long] - counted[s]
                    mu = expected[s + long] - expected[s]
                    if sign * (c - mu) <= 1e-9 * mu or (sign > 0 and c < least_cases):
                        continue
                    if model != BERNOULLI and not can_reach(c, mu, total, high):
                        continue
                    ratio = llr(model, c, mu, total, people)
                    if ratio > high * (1.0 + TIE) and ratio > 1e-9:
                        high = ratio
                        where[centre, 0], where[centre, 1], where[centre, 2] = k, s, long
        best[centre] = high


@njit(nogil=True, cache=True)
def _is_free(order, begin, last, taken):  # type: ignore[no-untyped-def]
    """Whether no area of a circle is taken."""
    free = True
    for k in range(begin, begin + last + 1):
        free = free and not taken[order[k] if order[k] >= 0 else ~order[k]]
    return free
