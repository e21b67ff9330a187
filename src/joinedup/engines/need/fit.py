"""The model of general pressure, fitted by maximum likelihood. Pure; many fits at once.

    z(i, p) = b(i) P(p) + G(records, p) + S(family, p) + u(i, p) + chance

P ~ N(0, 1) is general pressure. G ~ N(0, g²) is what the figures of one keeper of records share beyond it (all that the
police record), S ~ N(0, s²) what those of one family share (the same events counted twice), u ~ N(0, f²) what is one
figure's own, and chance has the figure's sampling variance. A keeper of one family has no G: it could not be told
from S. s² and f² are a family's own, drawn to what is usual; slopes b are never negative.

The fit is by expectation and maximisation (Rubin and Thayer 1982; Dempster, Laird and Rubin 1977). Given P everything
falls apart into keepers and families, so no matrix is inverted and fits of many reweighted sets of places run side by
side. Missing figures are left out of the likelihood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STEPS, STEPS_AGAIN = 300, 40
CLOSE = 1e-5
# Prior weight, in places: a family's variances and slopes are drawn to the usual ones as if so many places showed
# those.
USUAL_VARIANCE, USUAL_SLOPE = 10.0, 3.0
LEAST_VARIANCE = 1e-4
TINY = 1e-9
# One S in fifty is of a wide kind, with this much more variance: something of its own happens there.
RARE, WIDE = 0.02, 4.0
STEPS_HELD = 3


@dataclass(frozen=True)
class Layout:
    """Which family each indicator belongs to, and which keeper of records each family, by number."""

    family: NDArray[np.intp]
    records: NDArray[np.intp]

    @classmethod
    def of(cls, families: Sequence[str], records: Sequence[str]) -> Layout:
        """`families` and `records` of each indicator."""
        names = sorted(set(families))
        keeper = dict(zip(families, records, strict=True))
        keepers = sorted(set(keeper.values()))
        return cls(
            np.array([names.index(each) for each in families], dtype=np.intp),
            np.array([keepers.index(keeper[each]) for each in names], dtype=np.intp),
        )

    @property
    def to_families(self) -> Floats:
        """Indicators by families, 1 where one belongs to the other."""
        return np.eye(len(self.records))[self.family]

    @property
    def to_records(self) -> Floats:
        return np.eye(int(self.records.max()) + 1)[self.records]

    @property
    def has_several(self) -> NDArray[np.bool_]:
        """Whether each family is of two figures or more."""
        return np.bincount(self.family, minlength=len(self.records)) > 1

    @property
    def has_shared(self) -> Floats:
        """1 for each keeper of records of two families or more."""
        return (np.bincount(self.records) > 1).astype(float)


@dataclass(frozen=True)
class Parameters:
    """Of several fits: `slope` (fits, indicators), `shared` g² (fits,), `family` s² and `own` f² (fits, families)."""

    slope: Floats
    shared: Floats
    family: Floats
    own: Floats

    def repeated(self, times: int) -> Parameters:
        """The first fit, so many times."""
        every = (self.slope, self.shared, self.family, self.own)
        return Parameters(*(np.repeat(each[:1], times, axis=0) for each in every))


@dataclass(frozen=True)
class Sums:
    """What each family and keeper of records says of each place, per fit: precision-weighted sums over its figures."""

    ones: Floats
    slopes: Floats
    values: Floats
    keep: Floats  # variance of S given everything else
    shared_keep: Floats  # variance of G given P
    shared_slopes: Floats
    shared_values: Floats
    records_precision: Floats  # of P, by keeper
    records_weight: Floats


@dataclass(frozen=True)
class Unseen:
    """Of each place given its figures: P (fits, places, 1); G, S, G + S and their covariance with P, by family."""

    told: Sums
    mean: Floats
    var: Floats
    g_mean: Floats
    g_var: Floats
    s_mean: Floats
    s_var: Floats
    rest_var: Floats
    rest_p: Floats


def sums(z: Floats, chance: Floats, layout: Layout, found: Parameters, held: Floats) -> Sums:
    """`z`, `chance` (its variance): places by indicators, NaN where not known. `held`: from `hold`."""
    spread = found.family[:, None] / held
    known = ~np.isnan(z)
    value = np.where(known, z, 0.0)
    own = found.own[:, layout.family]
    noise = np.where(known, chance, 1.0)[None] + own[:, None]
    weight = known[None] / noise
    slope = found.slope[:, None]
    to_families, to_records = layout.to_families, layout.to_records

    def gathered(rows: Floats) -> Floats:
        return np.asarray(rows @ to_families)

    weighted, valued = weight * slope, weight * value[None]
    ones, slopes, values = gathered(weight), gathered(weighted), gathered(valued)
    squares, crossed = gathered(weighted * slope), gathered(weighted * value[None])
    keep = spread / (1 + spread * ones)
    q_ones = (ones - keep * ones * ones) @ to_records
    q_slopes = (slopes - keep * ones * slopes) @ to_records
    q_values = (values - keep * ones * values) @ to_records
    q_squares = (squares - keep * slopes * slopes) @ to_records
    q_crossed = (crossed - keep * slopes * values) @ to_records
    shared = found.shared[:, None, None] * layout.has_shared
    shared_keep = shared / (1 + shared * q_ones)
    return Sums(
        ones, slopes, values, keep, shared_keep, q_slopes, q_values,
        q_squares - shared_keep * q_slopes * q_slopes,
        q_crossed - shared_keep * q_slopes * q_values,
    )  # fmt: skip


def pressure(told: Sums, without: NDArray[np.bool_] | None = None) -> tuple[Floats, Floats]:
    """Mean and variance of P (fits, places), from the keepers of records that are not `without`."""
    counts = np.ones(told.records_precision.shape[-1]) if without is None else (~without).astype(float)
    precision = 1 + told.records_precision @ counts
    return (told.records_weight @ counts) / precision, 1 / precision


def fit(
    z: Floats,
    chance: Floats,
    layout: Layout,
    weights: Floats,
    start: Parameters | None = None,
    steps: int = STEPS,
) -> Parameters:
    """The parameters that make the figures likeliest, for each row of `weights` (fits, places: how often each counts).

    `z`, `chance`: places by indicators, NaN where not known.
    """
    fits, families = len(weights), len(layout.records)
    found = start.repeated(fits) if start else Parameters(
        np.full((fits, z.shape[1]), 0.7), np.full(fits, 0.15),
        np.full((fits, families), 0.25), np.full((fits, families), 0.25),
    )  # fmt: skip
    held = np.ones((fits, len(z), families))
    for _step in range(steps):
        seen = unseen(z, chance, layout, found, held)
        before, found = found, _better(z, chance, layout, weights, found, held, seen)
        held = hold(apart(seen, before, held), found)
        if (
            np.max(np.abs(found.slope - before.slope)) < CLOSE
            and np.max(np.abs(found.family - before.family)) < CLOSE
        ):
            break
    return found


def unseen(z: Floats, chance: Floats, layout: Layout, found: Parameters, held: Floats) -> Unseen:
    """Means, variances and covariances of P, G and S in each place, given its figures."""
    told = sums(z, chance, layout, found, held)
    mean, var = (each[..., None] for each in pressure(told))
    # G given P is g - h P with variance `shared_keep`; S given both is k (t - r P - o G) with variance `keep`.
    h = told.shared_keep * told.shared_slopes
    by_family = layout.records
    g_mean = (told.shared_keep * told.shared_values - h * mean)[..., by_family]
    g_var = (told.shared_keep + h * h * var)[..., by_family]
    pg = (-h * var)[..., by_family]
    k, r, o = told.keep, told.slopes, told.ones
    s_mean = k * (told.values - r * mean - o * g_mean)
    s_var = k + k * k * (r * r * var + o * o * g_var + 2 * r * o * pg)
    ps, gs = -k * (r * var + o * pg), -k * (r * pg + o * g_var)
    return Unseen(told, mean, var, g_mean, g_var, s_mean, s_var, g_var + s_var + 2 * gs, pg + ps)


def apart(seen: Unseen, found: Parameters, held: Floats) -> Floats:
    """The probability that S of a place and family is of the wide kind (fits, places, families).

    What all figures but its own variance say of S is a normal likelihood: its posterior less its prior. Under either
    kind its mean is normal, with the variance of that kind added."""
    spread = found.family[:, None] / held
    precision = np.maximum(1 / seen.s_var - 1 / spread, 1e-9)
    mean, var = seen.s_mean / seen.s_var / precision, 1 / precision
    usual, wide = found.family[:, None] + var, found.family[:, None] + WIDE + var
    odds = 0.5 * (mean**2 * (1 / usual - 1 / wide) + np.log(usual / wide)) + np.log(RARE / (1 - RARE))
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -50, 50))))


def hold(wide: Floats, found: Parameters) -> Floats:
    """The usual variance as a share of the one that S has: 1, less where it is rather of the wide kind."""
    family = found.family[:, None]
    return np.where(wide > 0.5, family / (family + WIDE), 1.0)


def _better(
    z: Floats, chance: Floats, layout: Layout, weights: Floats, found: Parameters, held: Floats, seen: Unseen
) -> Parameters:
    """One step: the parameters fitted to what is not seen, as far as it is known."""
    f = layout.family
    mean, var = seen.mean, seen.var
    rest, rest_var, rest_p = (seen.g_mean + seen.s_mean)[..., f], seen.rest_var[..., f], seen.rest_p[..., f]
    known = ~np.isnan(z)
    value = np.where(known, z, 0.0)[None]
    noise = np.where(known, chance, 1.0)[None]
    own = found.own[:, f][:, None]
    counts = weights[..., None] * known
    precision = counts / (noise + own)
    over = np.sum(precision * ((value - rest) * mean - rest_p), axis=1)
    under = np.sum(precision * (mean * mean + var), axis=1)
    usual = np.mean(found.slope, axis=1, keepdims=True)
    ridge = USUAL_SLOPE * np.sum(precision, axis=1) / np.maximum(np.sum(counts, axis=1), 1)
    ridge = np.maximum(ridge, TINY)  # of what no place drawn has, the slope is the usual one
    slope = np.maximum((over + ridge * usual) / (under + ridge), 0.0)
    b = slope[:, None]
    left = value - b * mean - rest
    left_square = left * left + b * b * var + rest_var + 2 * b * rest_p
    share = own / (own + noise)
    u_square = share * share * left_square + share * noise
    to_families = layout.to_families
    per_family = counts @ to_families
    places = weights[..., None] * (per_family > 0) * (held == 1)
    square = seen.s_mean**2 + seen.s_var
    family = _drawn(np.sum(places * square, axis=1), np.sum(places, axis=1), found.family, layout)
    rest = _drawn(
        np.sum(counts * u_square, axis=1) @ to_families, np.sum(per_family, axis=1), found.own, layout
    )
    # Of one figure alone nobody can tell what is the family's and what its own: the parts are as in the other families.
    several = layout.has_several
    part = np.mean((family / (family + rest))[:, several], axis=1, keepdims=True) if several.any() else 0.5
    whole = family + rest
    return Parameters(
        slope,
        _shared(weights, seen, layout, found),
        np.where(several, family, np.maximum(part * whole, LEAST_VARIANCE)),
        np.where(several, rest, np.maximum((1 - part) * whole, LEAST_VARIANCE)),
    )


def _shared(weights: Floats, seen: Unseen, layout: Layout, found: Parameters) -> Floats:
    """g², the same for every keeper that has a G."""
    first = np.array([np.flatnonzero(layout.records == each)[0] for each in range(layout.records.max() + 1)])
    known = (seen.told.ones > 0) @ layout.to_records > 0
    counted = known * layout.has_shared * weights[..., None]
    total = np.sum(counted, axis=(1, 2))
    square = np.sum(counted * (seen.g_mean**2 + seen.g_var)[..., first], axis=(1, 2))
    return np.where(total > 0, np.maximum(square / np.maximum(total, 1), LEAST_VARIANCE), found.shared)


def _drawn(squares: Floats, counted: Floats, before: Floats, layout: Layout) -> Floats:
    """A family's variance, drawn to the mean of those of families of several figures (of all, if there are none)."""
    several = layout.has_several if layout.has_several.any() else np.ones_like(layout.has_several)
    usual = np.mean(before[:, several], axis=1, keepdims=True)
    return np.maximum((squares + USUAL_VARIANCE * usual) / (counted + USUAL_VARIANCE), LEAST_VARIANCE)


def reined(z: Floats, chance: Floats, layout: Layout, found: Parameters, far: float) -> Floats:
    """z with no figure further than `far` from what pressure explains, pressure being judged with none further than
    that from the middle."""
    near = np.clip(z, -far, far)
    mean, _ = pressure(sums(near, chance, layout, found, np.ones((1, len(z), len(layout.records)))))
    explained = found.slope[0] * mean[0][:, None]
    return np.clip(z, explained - far, explained + far)


def settled(z: Floats, chance: Floats, layout: Layout, found: Parameters) -> tuple[Floats, Floats]:
    """Once it is settled which S are of the wide kind: how firmly each is held, and the probability of that kind."""
    held = np.ones((len(found.shared), len(z), len(layout.records)))
    for _step in range(STEPS_HELD):
        wide = apart(unseen(z, chance, layout, found, held), found, held)
        held = hold(wide, found)
    return held, wide


def again(z: Floats, chance: Floats, layout: Layout, found: Parameters, times: int, seed: int) -> Parameters:
    """`times` fits of places drawn with replacement (the bootstrap over places), each begun at `found`."""
    n = len(z)
    draws = np.random.default_rng(seed).integers(n, size=(times, n))
    weights = np.apply_along_axis(np.bincount, 1, draws, minlength=n).astype(float)
    return fit(z, chance, layout, weights, start=found, steps=STEPS_AGAIN)
