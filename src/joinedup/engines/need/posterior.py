"""What the figures say of a place's pressure and of its themes, given the fits. Pure.

Given its parameters all of a fit is normal, so a probability is the mean over the fits of normal probabilities, and the
ends of an interval are quantiles of 4,000 points, as many of each fit. Nothing is drawn at random but the
places of each fit.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from joinedup.engines.need.fit import WIDE, Layout, Parameters, Sums, pressure, settled, sums

Floats = NDArray[np.float64]

POINTS = 4000
# A departure of more than half the spread between places is worth a table's time.
ENOUGH = 0.5
_erfc = np.vectorize(math.erfc, otypes=[float])


def normal(x: Floats) -> Floats:
    """The standard normal distribution function."""
    return np.asarray(0.5 * _erfc(-np.asarray(x, dtype=float) / math.sqrt(2.0)))


def quantiles(at: Floats) -> Floats:
    """Of the standard normal, by halving."""
    least, most = np.full(len(at), -8.0), np.full(len(at), 8.0)
    for _step in range(50):
        half = (least + most) / 2
        below = normal(half) < at
        least, most = np.where(below, half, least), np.where(below, most, half)
    return (least + most) / 2


def interval(mean: Floats, var: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean and 95% interval, by place, of normal distributions (fits, places) taken together with equal weight."""
    each = POINTS // len(mean)
    points = quantiles((np.arange(each) + 0.5) / each)
    every = mean[..., None] + np.sqrt(var)[..., None] * points
    flat = np.moveaxis(every, 1, 0).reshape(mean.shape[1], -1)
    lower, upper = np.quantile(flat, [0.025, 0.975], axis=1)
    return mean.mean(axis=0), lower, upper


class Posterior:
    """Of one set of places under several fits. `z`, `chance`: places by indicators, NaN where not known."""

    def __init__(self, z: Floats, chance: Floats, layout: Layout, found: Parameters) -> None:
        self.z, self.chance, self.layout, self.found = z, chance, layout, found
        self.held, self.wide = settled(z, chance, layout, found)

    def pressure(self) -> tuple[Floats, Floats, Floats]:
        """General pressure of each place, with its 95% interval."""
        return interval(*pressure(sums(self.z, self.chance, self.layout, self.found, self.held)))

    def departure(self, share: Floats) -> tuple[Floats, Floats]:
        """How far a theme lies above what pressure explains, by place: the mean of d = sum of share x (G + S), and
        the probability that d is more than `ENOUGH`.

        `share` (places, families): rows add up to 1 over the theme's families known there (or are all 0). Both kinds of
        S are gone through, the usual and the wide, and weighed by their probabilities.
        """
        own = share > 0
        family = self.found.family[:, None]
        some_wide = 1 - np.prod(np.where(own[None], 1 - self.wide, 1.0), axis=-1)
        means, odds = [], []
        for firm in (np.ones_like(family), family / (family + WIDE)):
            held = np.where(own[None], firm, self.held)
            told = sums(self.z, self.chance, self.layout, self.found, held)
            at, by, var = line(told, self.layout, share)
            mean_p, var_p = pressure(told)
            mean = at - by * mean_p
            means.append(mean)
            odds.append(normal((mean - ENOUGH) / np.sqrt(np.maximum(var + by * by * var_p, 1e-12))))
        weigh = np.stack([1 - some_wide, some_wide])
        return (np.stack(means) * weigh).sum(axis=0).mean(axis=0), (np.stack(odds) * weigh).sum(axis=0).mean(
            axis=0
        )


def line(told: Sums, layout: Layout, share: Floats) -> tuple[Floats, Floats, Floats]:
    """d given P: `at` - `by` P with variance `var`, each (fits, places)."""
    k, o = told.keep, told.ones
    whole = share[None]
    # Given G and P, S is k (t - r P - o G): of G there remains 1 - k o of each family.
    shared = (whole * (1 - k * o)) @ layout.to_records
    at = np.sum(whole * k * told.values, axis=-1) + np.sum(
        shared * told.shared_keep * told.shared_values, axis=-1
    )
    by = np.sum(whole * k * told.slopes, axis=-1) + np.sum(
        shared * told.shared_keep * told.shared_slopes, axis=-1
    )
    var = np.sum(whole**2 * k, axis=-1) + np.sum(shared**2 * told.shared_keep, axis=-1)
    return at, by, var
