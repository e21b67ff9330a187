"""The circles around each area: which areas enter as the radius grows, up to the largest allowed circle."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

EARTH_KM = 6371.0088
# Areas at the same distance enter together; distances that differ by less than this share count as the same.
SAME = 1e-9
# How many centres a thread processes at a time.
CENTRES_AT_ONCE = 128


@dataclass(frozen=True)
class Circles:
    """`order[starts[i]:starts[i + 1]]`: the areas around area i, nearest (itself) first; `~area` if another
    one at the same distance follows, so that the circle is not complete yet. `count`: complete circles."""

    order: NDArray[np.int32]
    starts: NDArray[np.int64]
    points: NDArray[np.float64]
    degrees: bool

    @property
    def count(self) -> int:
        return int(np.count_nonzero(self.order >= 0))

    def around(self, centre: int, last: int) -> NDArray[np.int32]:
        """The areas of the circle that ends with the neighbour number `last`."""
        found = self.order[self.starts[centre] : self.starts[centre] + last + 1]
        return np.where(found < 0, ~found, found)

    def radius_km(self, centre: int, last: int) -> float:
        far = self.around(centre, last)[-1]
        apart = float(np.sqrt(((self.points[centre] - self.points[far]) ** 2).sum()))
        if not self.degrees:
            return apart
        return 2 * EARTH_KM * math.asin(min(1.0, apart / (2 * EARTH_KM)))


def points_of(position: NDArray[np.float64], degrees: bool) -> NDArray[np.float64]:
    """A × 3 in km: on the globe for latitudes and longitudes, where chords have the same order as arcs."""
    if not degrees:
        return np.column_stack([position / 1000.0, np.zeros(len(position))])
    latitude, longitude = np.radians(position[:, 0]), np.radians(position[:, 1])
    return EARTH_KM * np.column_stack(
        [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)]
    )


def along_a_curve(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """An order of the areas (Morton's) that puts neighbours near each other, for the processor's cache."""
    low, high = points.min(axis=0), points.max(axis=0)
    grid = ((points - low) / max(float((high - low).max()), 1e-12) * 1023).astype(np.int64)
    key = np.zeros(len(points), np.int64)
    for bit in range(10):
        for axis in range(3):
            key |= ((grid[:, axis] >> bit) & 1) << (3 * bit + axis)
    return np.argsort(key, kind="stable")


def in_parts(centres: int) -> list[tuple[int, int]]:
    """The first centre of each part of the work, and the one after its last."""
    return [(i, min(i + CENTRES_AT_ONCE, centres)) for i in range(0, centres, CENTRES_AT_ONCE)]


def circles(
    points: NDArray[np.float64],
    degrees: bool,
    weight: NDArray[np.float64],
    share: float,
    max_km: float | None,
    threads: ThreadPoolExecutor,
) -> Circles:
    """All circles whose weight is at most `share` of all weight and whose radius is at most `max_km`."""
    limit = share * float(weight.sum()) * (1 + 1e-12)
    far = math.inf
    if max_km is not None:
        chord = 2 * EARTH_KM * math.sin(min(max_km / (2 * EARTH_KM), math.pi / 2)) if degrees else max_km
        far = chord * chord * (1 + SAME)
    made = list(threads.map(lambda each: _around(points, weight, limit, far, *each), in_parts(len(points))))
    sizes = np.concatenate([sizes for _, sizes in made])
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return Circles(np.concatenate([order for order, _ in made]), starts, points, degrees)


@njit(nogil=True, cache=True)
def _around(points, weight, limit, far, first, last):  # type: ignore[no-untyped-def]
    count = len(points)
    order = np.empty(max(1024, (last - first) * 64), np.int32)
    sizes = np.zeros(last - first, np.int64)
    apart = np.empty(count, np.float64)
    filled, reach = 0, 0.0
    for centre in range(first, last):
        x, y, z = points[centre, 0], points[centre, 1], points[centre, 2]
        widest = 0.0
        for i in range(count):
            dx, dy, dz = points[i, 0] - x, points[i, 1] - y, points[i, 2] - z
            apart[i] = dx * dx + dy * dy + dz * dz
            widest = max(widest, apart[i])
        apart[centre] = -1.0
        if reach <= 0.0:
            reach = widest / 64.0
        while True:
            within, held = 0, 0.0
            for i in range(count):
                if apart[i] <= reach:
                    within += 1
                    held += weight[i]
            if held > limit or within == count or reach > far:
                break
            reach = reach * 1.5 + 1e-12
        near = np.empty(within, np.int64)
        within = 0
        for i in range(count):
            if apart[i] <= reach:
                near[within] = i
                within += 1
        near = near[np.argsort(apart[near], kind="mergesort")]
        size, held, i = 0, 0.0, 0
        while i < within:
            end = i
            while end + 1 < within and apart[near[end + 1]] <= max(apart[near[end]], 0.0) * (1 + SAME):
                end += 1
            for j in range(i, end + 1):
                held += weight[near[j]]
            if held > limit or apart[near[i]] > far:
                break
            if filled + end + 1 > len(order):
                larger = np.empty(2 * len(order) + end + 1, np.int32)
                larger[: filled + size] = order[: filled + size]
                order = larger
            for j in range(i, end + 1):
                order[filled + j] = near[j] if j == end else ~near[j]
            size = i = end + 1
        sizes[centre - first] = size
        filled += size
        if size > 1:
            reach = max(apart[near[size - 1]] * 1.2, 1e-12)
        else:
            reach = 0.0
    return order[:filled].copy(), sizes
