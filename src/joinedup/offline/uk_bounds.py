"""Whether points are in the United Kingdom, and what may be wrong with those that are not.

The box holds all of it, from the Isles of Scilly to Unst and from Fermanagh to Lowestoft, with some sea and
parts of Ireland and France: it detects swapped columns, not a misplaced village.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

SOUTH, NORTH = 49.8, 60.9
WEST, EAST = -8.7, 1.8
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
KM_A_DEGREE = 111.2
# A point further from the others than this, and than this multiple of the usual distance, is likely a
# mistake.
FAR_KM, TIMES = 100.0, 4.0


@dataclass(frozen=True)
class Where:
    """How many points are outside, and how many of these would be inside if they were read another way."""

    rows: int
    outside: int
    swapped: int
    turned: int

    @property
    def are_swapped(self) -> bool:
        """Whether more than half are outside, and nearly all of those inside with latitude and longitude
        swapped."""
        return self._would_be(self.swapped)

    @property
    def are_turned(self) -> bool:
        """The same with east and west swapped."""
        return self._would_be(self.turned)

    def _would_be(self, number: int) -> bool:
        return self.outside * 2 > self.rows and number >= 0.9 * self.outside


def inside(latitude: ArrayLike, longitude: ArrayLike) -> Flags:
    """Which points are in the box, in degrees; NaN is not."""
    lat, lon = np.asarray(latitude, float), np.asarray(longitude, float)
    with np.errstate(invalid="ignore"):
        return (lat >= SOUTH) & (lat <= NORTH) & (lon >= WEST) & (lon <= EAST)


def where(latitude: ArrayLike, longitude: ArrayLike) -> Where:
    """Check points in degrees, as they were read."""
    lat, lon = np.asarray(latitude, float), np.asarray(longitude, float)
    out = ~inside(lat, lon)
    return Where(
        len(lat),
        int(out.sum()),
        int((out & inside(lon, lat)).sum()),
        int((out & inside(lat, -lon)).sum()),
    )


def far_off(latitude: ArrayLike, longitude: ArrayLike) -> tuple[list[int], Floats]:
    """Numbers of the points far from all others, the farthest first, and the distance in km of every point
    from the centre of all; no numbers for fewer than five points, too few to say what far is."""
    lat, lon = np.asarray(latitude, float), np.asarray(longitude, float)
    if not len(lat):
        return [], np.zeros(0)
    middle = float(np.median(lat)), float(np.median(lon))
    north = lat - middle[0]
    east = (lon - middle[1]) * np.cos(np.radians(middle[0]))
    km = np.hypot(north, east) * KM_A_DEGREE
    if len(lat) < 5:
        return [], km
    far = np.flatnonzero(km > max(FAR_KM, TIMES * float(np.quantile(km, 0.75))))
    return sorted(far.tolist(), key=lambda at: -km[at]), km
