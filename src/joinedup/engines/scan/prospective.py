"""The highest window of each replication among alive windows: those that end with the last period.

There is one of each length, so a circle's counts are kept as sums back from the end, one for each length, and
the same instruction that adds an area to a circle compares. That is cheaper than any way to skip circles.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from joinedup.engines.scan.circles import Circles, in_parts
from joinedup.engines.scan.likelihood import cell, row_of
from joinedup.engines.scan.search import raise_to
from joinedup.engines.scan.simd import LANES, add_reaching

# As many lengths as a word has bits for.
AT_ONCE = 64


@dataclass(frozen=True)
class Alive:
    """For each circle (in the order of `Circles.order`) and length: the cell of the threshold table for its
    expected cases, and by how many units the lanes subtract more than is expected."""

    cells: NDArray[np.int16]
    slack: NDArray[np.int16]


def alive(
    found: Circles, sums: NDArray[np.float64], unit: int, sign: float, threads: ThreadPoolExecutor
) -> Alive:
    """`sums`: A × 2 lengths: what is expected in that many last periods and, in units, what the lanes
    subtract."""
    shape = (len(found.order), sums.shape[1] // 2)
    made = Alive(np.empty(shape, np.int16), np.empty(shape, np.int16))

    def part(bound: tuple[int, int]) -> None:
        _cells(found.order, found.starts, sums, float(unit), sign, *bound, made.cells, made.slack)

    list(threads.map(part, in_parts(len(found.starts) - 1)))
    return made


@njit(nogil=True, cache=True)
def _cells(order, starts, sums, unit, sign, first, last, cells, slack):  # type: ignore[no-untyped-def]
    kinds = sums.shape[1] // 2
    now = np.zeros(2 * kinds, np.float64)
    for centre in range(first, last):
        now[:] = 0.0
        for k in range(starts[centre], starts[centre + 1]):
            area = order[k] if order[k] >= 0 else ~order[k]
            for t in range(2 * kinds):
                now[t] += sums[area, t]
            for t in range(kinds):
                cells[k, t] = cell(now[t])
                slack[k, t] = int(np.ceil(sign * (now[kinds + t] - now[t] * unit) + 1e-3))


@njit(nogil=True, cache=True)
def highest_alive(  # type: ignore[no-untyped-def]
    visits, order, starts, cells, slack, lanes, sums, table, model, total, people, sign, unit, least_cases, best,
):  # fmt: skip
    """Raise `best` (LANES ratios) to the highest window of each lane. `lanes`: flat, A × lengths × LANES;
    lanes whose best is infinite are skipped. `visits`: the centres in order of processing."""
    kinds = sums.shape[1] // 2
    counted = np.zeros(kinds * LANES, lanes.dtype)
    now = np.zeros(2 * kinds, np.float64)
    least = np.zeros(kinds, lanes.dtype)
    width = 8 * lanes.itemsize
    most, fewest = 2 ** (width - 1) - 1, -(2 ** (width - 1))
    level = np.zeros(table.shape[1], np.int32)
    row = _level(best.min(), -1, table, unit, most, level)
    for centre in visits:
        counted[:] = 0
        now[:] = 0.0
        for k in range(starts[centre], starts[centre + 1]):
            area = order[k]
            if area < 0:
                # Another area follows at the same distance: the circle is incomplete, so no window may reach
                # the level.
                area = ~area
                least[:] = most
            else:
                for t in range(kinds):
                    least[t] = max(min(level[cells[k, t]] - slack[k, t], most), fewest)
            for t in range(2 * kinds):
                now[t] += sums[area, t]
            for part in range(0, kinds, AT_ONCE):
                found = add_reaching(  # type: ignore[call-arg,var-annotated]
                    counted[part * LANES :],
                    lanes,
                    area * kinds + part,
                    min(kinds - part, AT_ONCE),
                    least[part:],
                )
                if found == 0:
                    continue
                for t in range(part, min(kinds, part + AT_ONCE)):
                    if (found >> np.uint64(t - part)) & np.uint64(1):
                        for lane in range(LANES):
                            excess = int(counted[t * LANES + lane])
                            if excess >= least[t]:
                                c = np.rint((now[kinds + t] + sign * excess) / unit)
                                raise_to(best, lane, c, now[t], model, total, people, sign, least_cases)
                row = _level(best.min(), row, table, unit, most, level)


@njit(nogil=True, cache=True)
def _level(lowest, row, table, unit, most, level):  # type: ignore[no-untyped-def]
    """Fill `level` with the excess, in units, that a window of each row of expected cases needs to reach `lowest`."""
    now = row_of(lowest)
    if now > row:
        for i in range(len(level)):
            level[i] = math.floor(min(float(table[now, i]) * unit, 2.0 * most))
    return now


@njit(nogil=True, cache=True)
def fill_alive(lanes, lane, counts, number, taken, last_of, unit, sign):  # type: ignore[no-untyped-def]
    """Write one replication into a lane: sums back from the end over up to `last_of` periods, in units, minus
    `taken`."""
    areas, kinds = taken.shape
    periods = counts.shape[1]
    for i in range(areas):
        held = 0
        for t in range(last_of):
            held += counts[number[i], periods - 1 - t]
            kind = t - (last_of - kinds)
            if kind >= 0:
                lanes[(i * kinds + kind) * LANES + lane] = int(sign * (unit * held - taken[i, kind]))
