"""Which circles are checked, and when one check covers several.

As the circles around a centre grow, the cases in a window of time only increase. So if the largest of a run
of circles has too few cases in a window even for the expected cases of the smallest, none of the run can
reach the level. A run is made so long that chance seldom reaches that bound; if it does, its circles are
checked one by one, so that the result is exact. For low clusters the same holds in reverse.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from joinedup.engines.scan.circles import Circles, in_parts
from joinedup.engines.scan.likelihood import cell


@dataclass(frozen=True)
class Schedule:
    """Checks, in the order of circles: of the circle `at`, for windows of `length`, covering `span` circles
    below it (above it, for low), with the threshold of the table's cell `cells` minus `slack` units."""

    at: NDArray[np.int32]
    span: NDArray[np.int32]
    length: NDArray[np.int16]
    cells: NDArray[np.int16]
    slack: NDArray[np.int32]
    starts: NDArray[np.int64]


def schedule(
    found: Circles,
    sums: NDArray[np.float64],
    lengths: tuple[int, int],
    allowed: NDArray[np.float64],
    unit: int,
    sign: float,
    threads: ThreadPoolExecutor,
) -> Schedule:
    """`sums`: A × 2 rows, running sums over time of the expected cases and of what the lanes subtract, in
    units. `allowed`: for each cell of the table, how far the bound of a run may rise."""

    def part(bound: tuple[int, int]) -> Any:
        return _stretches(found.order, found.starts, sums, *lengths, allowed, float(unit), sign, *bound)

    made = [list(each) for each in threads.map(part, in_parts(len(found.starts) - 1))]
    starts = np.concatenate([[0], np.cumsum(np.concatenate([each.pop() for each in made]))]).astype(np.int64)
    # Column by column from the last, each freed at once: together they are most of the memory.
    slack, cells, length, span, at = (np.concatenate([each.pop() for each in made]) for _ in range(5))
    return Schedule(at, span, length, cells, slack, starts)


@njit(nogil=True, cache=True)
def _stretches(  # type: ignore[no-untyped-def]
    order, starts, sums, shortest, longest, allowed, unit, sign, first, last
):
    rows = sums.shape[1] // 2
    room = 4096
    at, span = np.empty(room, np.int32), np.empty(room, np.int32)
    length, cells, slack = np.empty(room, np.int16), np.empty(room, np.int16), np.empty(room, np.int32)
    sizes = np.zeros(last - first, np.int64)
    kinds = longest - shortest + 1
    begun = np.zeros((kinds, 2 * rows), np.float64)
    since, until = np.zeros(kinds, np.int64), np.zeros(kinds, np.int64)
    row, kept, most = np.zeros(kinds, np.int64), np.zeros(kinds, np.float64), np.zeros(kinds, np.float64)
    now = np.zeros(2 * rows, np.float64)
    filled = 0
    for centre in range(first, last):
        begin, size = starts[centre], starts[centre + 1] - starts[centre]
        mine = filled
        now[:] = 0.0
        since[:] = -1
        for k in range(size + 1):
            is_end = k == size
            if not is_end:
                area = order[begin + k]
                whole = area >= 0
                if not whole:
                    area = ~area
                for t in range(2 * rows):
                    now[t] += sums[area, t]
                if not whole:
                    continue
            for kind in range(kinds):
                long = shortest + kind
                fits = False
                rise = 0.0
                if not is_end and since[kind] >= 0:
                    # May the run include this circle? The least expected is the smallest circle's for high,
                    # and only grows for low: what is allowed at the first is never too much.
                    rise = _rise(begun[kind], now, rows, long, 1.0 / unit, sign)
                    fits = rise <= most[kind]
                if since[kind] >= 0 and not fits:
                    if filled == room:
                        room *= 2
                        at, span = _longer(at, room), _longer(span, room)
                        length, cells, slack = (
                            _longer(length, room),
                            _longer(cells, room),
                            _longer(slack, room),
                        )
                    at[filled] = until[kind] if sign > 0 else since[kind]
                    span[filled] = until[kind] - since[kind]
                    length[filled] = long
                    cells[filled] = row[kind]
                    slack[filled] = min(int(np.ceil(kept[kind] * unit + 1e-3)), 2**31 - 2)
                    filled += 1
                    since[kind] = -1
                if is_end:
                    continue
                if since[kind] < 0:
                    since[kind] = k
                    begun[kind, :] = now
                    rise = _rise(begun[kind], now, rows, long, 1.0 / unit, sign)
                    row[kind] = cell(_least(now, rows, long))
                    most[kind] = allowed[row[kind]]
                until[kind], kept[kind] = k, rise
        if sign < 0:
            by = np.argsort(at[mine:filled], kind="mergesort")
            at[mine:filled] = at[mine:filled][by]
            span[mine:filled] = span[mine:filled][by]
            length[mine:filled] = length[mine:filled][by]
            cells[mine:filled] = cells[mine:filled][by]
            slack[mine:filled] = slack[mine:filled][by]
        sizes[centre - first] = filled - mine
    return (
        at[:filled].copy(),
        span[:filled].copy(),
        length[:filled].copy(),
        cells[:filled].copy(),
        slack[:filled].copy(),
        sizes,
    )


@njit(nogil=True, cache=True, fastmath=True)
def _rise(begun, now, rows, long, of_unit, sign):  # type: ignore[no-untyped-def]
    """The maximum over all windows of a length: how much more the lanes subtract in the largest circle than
    is expected in the smallest (sign 1), or how much less in the smallest than is expected in the largest
    (sign -1)."""
    rise = -1e300
    for s in range(rows - long):
        e = s + long
        if sign > 0:
            difference = (now[rows + e] - now[rows + s]) * of_unit - (begun[e] - begun[s])
        else:
            difference = now[e] - now[s] - (begun[rows + e] - begun[rows + s]) * of_unit
        rise = max(rise, difference)
    return rise


@njit(nogil=True, cache=True, fastmath=True)
def _least(now, rows, long):  # type: ignore[no-untyped-def]
    """The smallest expected value of a window of a length."""
    least = 1e300
    for s in range(rows - long):
        least = min(least, now[s + long] - now[s])
    return max(least, 0.0)


@njit(nogil=True, cache=True)
def _longer(array, room):  # type: ignore[no-untyped-def]
    longer = np.empty(room, array.dtype)
    longer[: len(array)] = array
    return longer
