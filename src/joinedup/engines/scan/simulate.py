"""Random counts under the null model, one replication at a time, each from its own stream of random numbers,
so that a replication does not depend on which others are computed, or when."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np
from numba import njit
from numpy.typing import NDArray

from joinedup.engines.scan.null_model import NullModel
from joinedup.engines.scan.question import Model

# A cell's Poisson draw is a sum of parts with means no larger than this, so that exp(-mean) is accurate.
PART = 16.0
# No part has this many cases: the probability is below 1e-300.
MOST = 400
# How many cumulative probabilities are stored per cell, around its mean: nearly every draw is among them, and
# comparing with all of them at once is faster than going from one to the next.
HELD = 16
# Guide table entries per cell, for finding the cell of a share of all expected cases.
GUIDE = 2


class Chance(Protocol):
    def draw(self, seed: int, replication: int) -> NDArray[np.int64]:
        """A × T counts, with the observed total if all periods are searched."""


def chance_for(ground: NullModel, first: int = 0) -> Chance:
    """`first`: the first period that is searched; earlier periods of a draw may be left empty."""
    if ground.model is Model.PERMUTATION:
        return Permutation(ground)
    if ground.model is Model.BERNOULLI:
        return Labels(ground)
    return Multinomial(ground, first)


class Multinomial:
    """All cases, distributed over the cells in proportion to what each expects.

    Independent Poisson counts with means a little too small, then filled up to the total case by case: given
    their sum, Poisson counts are multinomial, and so is what is added. The number of cases before `first` is
    drawn as a single number.
    """

    def __init__(self, ground: NullModel, first: int = 0) -> None:
        self.shape, self.first, self.total = ground.expected.shape, first, ground.total
        seen = ground.expected[:, first:]
        self.inside = min(1.0, float(seen.sum()) / ground.total) if first else 1.0
        usual = self.total * self.inside
        # Means lowered by six standard deviations, of the total and of the number inside.
        share = max(0.0, 1.0 - (6.0 if first == 0 else 12.0) / math.sqrt(usual)) if usual >= 900 else 0.0
        self.means = (seen * share).ravel()
        self.parts = np.maximum(1, np.ceil(self.means / PART)).astype(np.int64)
        self.lowest, self.up_to_each = _held(self.means / self.parts)
        self.uniforms = int(self.parts.sum())
        self.up_to = np.cumsum(seen.ravel())
        self.up_to /= self.up_to[-1]
        steps = np.arange(GUIDE * self.up_to.size) / (GUIDE * self.up_to.size)
        self.guide = np.searchsorted(self.up_to, steps, side="right")
        self.is_sparse = share == 0.0

    def draw(self, seed: int, replication: int) -> NDArray[np.int64]:
        random = np.random.default_rng([seed, replication])
        total = int(random.binomial(self.total, self.inside)) if self.first else self.total
        counts = np.zeros(self.means.size, np.int64)
        while not self.is_sparse:
            uniform = random.random(self.uniforms)
            _poisson(uniform, self.means, self.parts, self.lowest, self.up_to_each, counts)
            if counts.sum() <= total:
                break
        _add(random.random(total - int(counts.sum())), self.up_to, self.guide, counts)
        if not self.first:
            return counts.reshape(self.shape)
        whole = np.zeros(self.shape, np.int64)
        whole[:, self.first :] = counts.reshape(len(whole), -1)
        return whole


class Permutation:
    """The periods of the cases, shuffled within each stratum: every area and every period keeps its sum."""

    def __init__(self, ground: NullModel) -> None:
        self.shape = ground.cases.shape
        areas, periods = np.nonzero(ground.cases)
        often = ground.cases[areas, periods]
        of = np.repeat(ground.strata[areas, periods], often)
        by = np.argsort(of, kind="stable")
        self.area = np.repeat(areas, often)[by].astype(np.int32)
        self.period = np.repeat(periods, often)[by].astype(np.int32)
        self.ends = np.cumsum(np.bincount(of)).astype(np.int64)

    def draw(self, seed: int, replication: int) -> NDArray[np.int64]:
        random = np.random.default_rng([seed, replication])
        counts = np.zeros(self.shape, np.int64)
        _shuffle(random.random(len(self.period)), self.area, self.period.copy(), self.ends, counts)
        return counts


class Labels:
    """Which of the cases and controls are cases, drawn without replacement."""

    def __init__(self, ground: NullModel) -> None:
        if ground.each is None:
            raise ValueError("labels need cases and controls")
        self.each, self.total = ground.each, ground.total

    def draw(self, seed: int, replication: int) -> NDArray[np.int64]:
        random = np.random.default_rng([seed, replication])
        counts = np.zeros(self.each.shape, np.int64)
        _label(random.random(int(self.each.sum())), self.each.ravel(), self.total, counts.ravel())
        return counts


@njit(nogil=True, cache=True)
def _held(means):  # type: ignore[no-untyped-def]
    """For each Poisson mean: the lowest count stored, and the cumulative probabilities of it and the next
    ones."""
    lowest, up_to = np.zeros(len(means), np.int64), np.zeros((len(means), HELD))
    for i in range(len(means)):
        lowest[i] = max(0, int(means[i]) - HELD // 2)
        chance, so_far = math.exp(-means[i]), 0.0
        for k in range(lowest[i] + HELD):
            so_far += chance
            chance *= means[i] / (k + 1)
            if k >= lowest[i]:
                up_to[i, k - lowest[i]] = so_far
    return lowest, up_to


@njit(nogil=True, cache=True)
def _poisson(uniform, means, parts, lowest, up_to, counts):  # type: ignore[no-untyped-def]
    """By inversion: the first count whose cumulative probability exceeds a uniform number."""
    at = 0
    for i in range(len(means)):
        counts[i] = 0
        for _ in range(parts[i]):
            u, above = uniform[at], 0
            at += 1
            for j in range(HELD):
                above += u >= up_to[i, j]
            if above == HELD or (above == 0 and lowest[i] > 0):
                counts[i] += _from_none(u, means[i] / parts[i])
            else:
                counts[i] += lowest[i] + above


@njit(nogil=True, cache=True)
def _from_none(u, mean):  # type: ignore[no-untyped-def]
    k, chance, so_far = 0, math.exp(-mean), 0.0
    while k < MOST:
        so_far += chance
        if u < so_far:
            break
        k += 1
        chance *= mean / k
    return k


@njit(nogil=True, cache=True)
def _add(uniform, up_to, guide, counts):  # type: ignore[no-untyped-def]
    """Add a case for each uniform number, to the cell in whose share of all expected cases it falls."""
    for u in uniform:
        i = guide[int(u * len(guide))]
        while i < len(counts) - 1 and u >= up_to[i]:
            i += 1
        counts[i] += 1


@njit(nogil=True, cache=True)
def _shuffle(uniform, area, period, ends, counts):  # type: ignore[no-untyped-def]
    """Fisher–Yates shuffle within each segment of cases that ends at `ends`, counting along the way."""
    first = 0
    for end in ends:
        for i in range(first, end):
            j = min(i + int(uniform[i] * (end - i)), end - 1)
            taken = period[j]
            period[j] = period[i]
            counts[area[i], taken] += 1
        first = end


@njit(nogil=True, cache=True)
def _label(uniform, each, total, counts):  # type: ignore[no-untyped-def]
    left, wanted, at = len(uniform), total, 0
    for i in range(len(each)):
        for _ in range(each[i]):
            if uniform[at] * left < wanted:
                counts[i] += 1
                wanted -= 1
            left -= 1
            at += 1
