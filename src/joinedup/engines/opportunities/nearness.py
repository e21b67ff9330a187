"""How near is near enough, by the kind of thing: a room two kilometres, people eight, training the whole footprint."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from joinedup.engines.opportunities.inputs import Register, Where

# Kilometres; None: anywhere in the footprint.
LIMITS: dict[str, float | None] = {
    "room": 2.0, "people": 8.0, "places": 8.0, "transport": 8.0, "equipment": 8.0,
    "training": None, "data": None, "referrals": None, "money": None, "other": 8.0,
}  # fmt: skip
DEFAULT = 8.0
# A room a little farther off may do for some: it is said, and weaker.
STRETCH = 1.5
EARTH = 6371.0088
Point = tuple[float, float]


@dataclass(frozen=True)
class Near:
    """`closeness` 0 to 1; `km` where both places are known; `words` fit for a sentence, blank where there is nothing to
    say."""

    closeness: float
    words: str
    km: float | None = None


@dataclass(frozen=True)
class Box:
    """The least and the greatest latitude and longitude of some points, in degrees."""

    south: float
    north: float
    west: float
    east: float

    @classmethod
    def around(cls, points: Sequence[Point]) -> Box:
        latitudes, longitudes = zip(*points, strict=True)
        return cls(min(latitudes), max(latitudes), min(longitudes), max(longitudes))

    def least_km(self, other: Box) -> float:
        """No point of one is nearer to any of the other than this; for points on one side of the globe.

        By the haversine formula a distance is at least that of the latitudes alone, and at least that of the longitudes
        where the circles of latitude are smallest.
        """
        up = max(0.0, self.south - other.north, other.south - self.north)
        across = max(0.0, self.west - other.east, other.west - self.east)
        farthest = max(abs(each) for each in (self.south, self.north, other.south, other.north))
        narrow = math.cos(math.radians(farthest)) * math.sin(math.radians(across) / 2)
        # A hair less, so that rounding keeps no pair out.
        return 0.999999 * max(EARTH * math.radians(up), 2 * EARTH * math.asin(narrow))


class Distances:
    """Distances between the places of a register, and which authorities adjoin."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self._wards: dict[str, list[Point]] = defaultdict(list)
        for ward, authority in register.authority_of.items():
            if ward in register.place_at:
                self._wards[authority].append(register.place_at[ward])
        self._boxes = {authority: Box.around(points) for authority, points in self._wards.items()}
        self._adjoin: dict[tuple[str, str], bool] = {}
        self._spacing: dict[str, float] = {}
        self._km: dict[tuple[str, str], float] = {}
        self._neighbours: dict[str, frozenset[str]] = {}

    def km(self, a: Where, b: Where) -> float | None:
        """Between the nearest of their places; None if either has none that is narrower than an authority."""
        at = self.register.place_at
        if not (a.exact and b.exact):
            return None
        if len(a.points) == len(b.points) == 1:
            (x,), (y,) = a.points, b.points
            return 0.0 if x == y else self._between_points(x, y) if x in at and y in at else None
        if set(a.points) & set(b.points):
            return 0.0
        pairs = [(x, y) for x, y in product(a.points, b.points) if x in at and y in at]
        return min((self._between_points(*pair) for pair in pairs), default=None)

    def _between_points(self, a: str, b: str) -> float:
        key = (a, b) if a < b else (b, a)
        if key not in self._km:
            self._km[key] = distance(self.register.place_at[a], self.register.place_at[b])
        return self._km[key]

    def adjoin(self, a: str, b: str) -> bool:
        """Whether two authorities lie side by side: their nearest wards are about as near as wards are in them."""
        if a == b:
            return True
        key = (a, b) if a < b else (b, a)
        if key not in self._adjoin:
            self._adjoin[key] = self._are_near(a, b)
        return self._adjoin[key]

    def neighbours(self, authority: str) -> frozenset[str]:
        """The authorities of the register that adjoin it, itself included where it is one of them."""
        if authority not in self._neighbours:
            self._neighbours[authority] = frozenset(
                other for other in self.register.authorities if self.adjoin(authority, other)
            )
        return self._neighbours[authority]

    def near(self, a: Where, b: Where, what: str | None) -> Near | None:
        """How near they are for this kind of thing; None: too far."""
        limit = LIMITS.get(what or "", DEFAULT)
        km = self.km(a, b)
        same = bool(a.authorities & b.authorities)
        if limit is None:
            beside = same or any(self.adjoin(x, y) for x, y in product(a.authorities, b.authorities))
            return Near(1.0 if same else 0.9 if beside else 0.7, "", km)
        if km is not None:
            if km == 0:
                return Near(1.0, "in the same ward", km)
            if km <= limit:
                return Near(1.0 - 0.3 * km / limit, f"about {_kilometres(km)} apart", km)
            if km <= limit * STRETCH:
                return Near(0.5, f"about {_kilometres(km)} apart: ask whether that is near enough", km)
            return None
        if same:
            return Near(0.75, "", km)
        if limit > 2 and any(self.adjoin(x, y) for x, y in product(a.authorities, b.authorities)):
            return Near(0.5, "in neighbouring authorities", km)
        return None

    def _are_near(self, a: str, b: str) -> bool:
        ones, twos = self._wards.get(a, ()), self._wards.get(b, ())
        if not ones or not twos:
            return False
        limit = 1.3 * max(self._between(a), self._between(b))
        if self._boxes[a].least_km(self._boxes[b]) > limit:
            return False
        return any(distance(x, y) <= limit for x, y in product(ones, twos))

    def _between(self, authority: str) -> float:
        """How far apart neighbouring wards of an authority usually are, in kilometres: at least one."""
        if authority not in self._spacing:
            points = self._wards[authority]
            nearest = sorted(
                min((distance(one, other) for other in points if other is not one), default=1.0)
                for one in points
            )
            self._spacing[authority] = max(1.0, nearest[(len(nearest) * 3) // 4])
        return self._spacing[authority]


def distance(a: Point, b: Point) -> float:
    """Kilometres between two points (latitude, longitude), by the haversine formula."""
    (la, lo), (lb, lp) = a, b
    x, y = math.radians(lb - la), math.radians(lp - lo)
    h = math.sin(x / 2) ** 2 + math.cos(math.radians(la)) * math.cos(math.radians(lb)) * math.sin(y / 2) ** 2
    return 2 * EARTH * math.asin(math.sqrt(h))


def _kilometres(km: float) -> str:
    return f"{km:.1f} km" if km < 3 else f"{km:.0f} km"
