"""The authorities most like one, by published facts that ship (`data/country/likeness.csv`): our own list, of England.

Each of four facts is put on one scale: less the median of all authorities, divided by 1.4826 times the median distance
from it (the robust standard deviation, which a few extreme places do not move), density as its logarithm. Children and
young people count half each, so that age counts as much as deprivation and as density. The most like are those at the
smallest distance (root of the sum of squares). An authority with fewer than 2,000 children has no list, and is in none.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from joinedup.places.shipped import SHIPPED

HOW_MANY = 15
# In short, for sentences; the facts, and how much each counts.
BY = "by deprivation, density and young people"
WEIGHTS = {"deprivation": 1.0, "density": 1.0, "children": 0.5, "young": 0.5}
FEWEST_CHILDREN = 2000
COUNTY, DISTRICT = "E10", "E07"
TO_STANDARD_DEVIATION = 1.4826


@dataclass(frozen=True)
class Likeness:
    """What an authority is like: mean score of the Indices of Deprivation 2025, residents per hectare where the middle
    resident lives, residents aged 0 to 15 and 16 to 24 in percent; and how far it is from the one that was asked of."""

    code: str
    name: str
    deprivation: float
    density: float
    children: float
    young: float
    distance: float


def most_like(code: str, *, upper: bool) -> tuple[Likeness, ...]:
    """The authority itself (distance 0) and the fifteen most like it, nearest first; empty where there is no list.

    `upper`: among those that run schools and children's services (county councils, and authorities without one above
    them), else among districts and those authorities.
    """
    return _lists(upper).get(code, ())


@cache
def _lists(upper: bool) -> dict[str, tuple[Likeness, ...]]:
    # Without Polars: a page asks for this, and Polars would take 30 MB of each process that answers.
    with (SHIPPED / "likeness.csv").open(encoding="utf-8", newline="") as file:
        every = [
            Likeness(row["code"], row["name"], **{name: float(row[name]) for name in WEIGHTS}, distance=0.0)
            for row in csv.DictReader(file)
            if not row["code"].startswith(DISTRICT if upper else COUNTY)
            and int(row["age_0_15"]) >= FEWEST_CHILDREN
        ]
    facts = np.array([[getattr(each, name) for name in WEIGHTS] for each in every])
    density = list(WEIGHTS).index("density")
    facts[:, density] = np.log(facts[:, density])
    off = facts - np.median(facts, axis=0)
    scaled = off / (TO_STANDARD_DEVIATION * np.median(np.abs(off), axis=0)) * np.sqrt(list(WEIGHTS.values()))
    found = {}
    for n, own in enumerate(every):
        apart = np.round(np.sqrt(((scaled - scaled[n]) ** 2).sum(axis=1)), 6)
        # Of equal distances the lower code; itself comes first whatever else is equal.
        nearest = sorted(range(len(every)), key=lambda at: (at != n, apart[at], every[at].code))[
            : HOW_MANY + 1
        ]
        found[own.code] = tuple(replace(every[at], distance=float(apart[at])) for at in nearest)
    return found
