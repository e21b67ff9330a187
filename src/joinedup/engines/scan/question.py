"""The input and output of a scan. The terms are those of the field (Kulldorff 1997)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Model(StrEnum):
    """The distribution of cases if no place and no time stood out."""

    POISSON = "poisson"
    PERMUTATION = "permutation"
    BERNOULLI = "bernoulli"


class Shape(StrEnum):
    """Which windows of place and time are searched."""

    RETROSPECTIVE = "retrospective"
    PROSPECTIVE = "prospective"
    SPATIAL = "spatial"
    TEMPORAL = "temporal"


class Impossible(ValueError):
    """The question cannot be answered from these counts; the message is one sentence fit to show."""


@dataclass(frozen=True)
class ScanCounts:
    """The areas and the periods, and what was counted in each.

    `areas`: A unique names. `position`: A × 2, metres (x, y) or, if `degrees`, latitude and longitude.
    `periods`: T names in order; `days`: T, the length of each. `cases`: A × T whole numbers; `known`: A × T,
    False if the count is missing. `population`: A × T people (or what stands for them), for Poisson;
    `controls`: A × T whole numbers, for Bernoulli. Covariates: `strata_cases` and `strata_population`, S × A
    × T, which sum to `cases` and `population`.
    """

    areas: Sequence[str]
    position: NDArray[np.float64]
    periods: Sequence[str]
    days: NDArray[np.float64]
    cases: NDArray[np.int64]
    degrees: bool = False
    known: NDArray[np.bool_] | None = None
    population: NDArray[np.float64] | None = None
    controls: NDArray[np.int64] | None = None
    strata_cases: NDArray[np.int64] | None = None
    strata_population: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Question:
    """What to look for. Shares are of what the model counts: expected cases (Poisson), cases (permutation),
    cases and controls (Bernoulli). `steps`: names of periods from which counting changed for a known reason;
    `seasons`: a number per period, the same for the same season (month) of each year."""

    model: Model = Model.PERMUTATION
    shape: Shape = Shape.RETROSPECTIVE
    high: bool = True
    low: bool = False
    max_share: float = 0.5
    max_km: float | None = None
    max_periods: int = 12
    min_periods: int = 1
    min_cases: int = 2
    replications: int = 999
    seed: int = 1
    most: int = 50
    stop_after: int | None = None
    steps: Sequence[str] = ()
    seasons: NDArray[np.int64] | None = None
    threads: int = 0

    @property
    def signs(self) -> list[float]:
        """1 for a search for high windows, -1 for low ones."""
        return [sign for sign, wanted in ((1.0, self.high), (-1.0, self.low)) if wanted]


@dataclass(frozen=True)
class Cluster:
    """A window that stands out. `areas` are numbers of areas, the centre first, then by distance; `start` and
    `end` are numbers of periods, both inside. `p`: how often chance alone gives a highest window like this or
    higher, from the replications; `tail_p`: the same from a Gumbel curve fitted to them; `adjusted_p`: `p`
    adjusted for overdispersion, None if that is unknown. `recurrence_days`: for prospective scans, one such
    window by chance in this many days, from `p`."""

    rank: int
    centre: int
    areas: tuple[int, ...]
    radius_km: float
    start: int
    end: int
    observed: int
    expected: float
    relative_risk: float | None
    llr: float
    p: float | None
    tail_p: float | None
    recurrence_days: float | None
    is_high: bool = True
    adjusted_p: float | None = None

    @property
    def chance(self) -> float | None:
        """The p-value to use: `adjusted_p` if it is known, else `p`."""
        return self.p if self.adjusted_p is None else self.adjusted_p


@dataclass(frozen=True)
class ScanResult:
    """Clusters, best first, no two with an area in common; the highest window of each replication, in their
    order. `dispersion`: the variance of counts as a multiple of that by chance, given the totals of areas and
    periods."""

    clusters: tuple[Cluster, ...]
    null_maxima: NDArray[np.float64]
    circles: int
    windows: int
    cases: int
    notes: tuple[str, ...] = field(default=())
    dispersion: float | None = None
