"""The null hypothesis: the expected cases of each area and period, by the chosen model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from joinedup.engines.scan.question import Impossible, Model, Question, ScanCounts, Shape

# With fewer degrees of freedom than this, the dispersion is too uncertain to use.
TELLING = 100


@dataclass(frozen=True)
class NullModel:
    """`cases`, `expected`: A × T, both with the sum `total`. `people`: cases and controls together
    (Bernoulli; else `total`), and `each` their A × T numbers. `weight`: A, what size limits are measured in.
    `strata`: A × T: permuted cases change places with cases of the same stratum. `dispersion`: the variance
    of counts as a multiple of that by chance, given the totals of areas and periods; None if there are too
    few to tell."""

    model: Model
    cases: NDArray[np.int64]
    expected: NDArray[np.float64]
    total: int
    people: int
    each: NDArray[np.int64] | None
    weight: NDArray[np.float64]
    strata: NDArray[np.int64]
    dispersion: float | None


def ground_of(world: ScanCounts, question: Question) -> NullModel:
    """The null model of the question. Raises Impossible if the counts cannot answer it."""
    known = np.ones(world.cases.shape, bool) if world.known is None else world.known
    cases = np.where(known, world.cases, 0).astype(np.int64)
    total = int(cases.sum())
    if total < 2:
        raise Impossible("There are fewer than two cases: nothing can stand out.")
    people, each = total, None
    strata = _strata(world, question, known)
    permuted = _permuted(cases, strata)
    dispersion = _dispersion(cases, permuted, strata, known)
    if question.model is Model.POISSON:
        expected = _poisson(world, question, known, cases)
        weight = expected.sum(axis=1)
    elif question.model is Model.PERMUTATION:
        if question.shape in (Shape.SPATIAL, Shape.TEMPORAL):
            raise Impossible(
                "The model permutation compares each area's share of the cases from period to period: it cannot look "
                "at places alone or at time alone."
            )
        expected = permuted
        weight = cases.sum(axis=1).astype(float)
    else:
        if world.controls is None:
            raise Impossible("The Bernoulli model compares cases with controls: there are none.")
        each = cases + np.where(known, world.controls, 0).astype(np.int64)
        people = int(each.sum())
        if people == total:
            raise Impossible("There are no controls: nothing can be compared.")
        expected = np.asarray(each * (total / people), np.float64)
        weight = each.sum(axis=1).astype(float)
    if question.shape is Shape.SPATIAL:
        cases, expected = cases.sum(axis=1, keepdims=True), expected.sum(axis=1, keepdims=True)
        each = None if each is None else each.sum(axis=1, keepdims=True)
    elif question.shape is Shape.TEMPORAL:
        cases, expected = cases.sum(axis=0, keepdims=True), expected.sum(axis=0, keepdims=True)
        each = None if each is None else each.sum(axis=0, keepdims=True)
    return NullModel(question.model, cases, expected, total, people, each, weight, strata, dispersion)


def _poisson(
    world: ScanCounts, question: Question, known: NDArray[np.bool_], cases: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Exposure is population times days; covariates by indirect standardisation; seasons and steps by the overall
    rate of each, fitted together."""
    if world.population is None:
        raise Impossible("The Poisson model compares cases with a population: there is none.")
    if world.strata_cases is not None and world.strata_population is not None:
        exposure = world.strata_population * world.days * known
        counts = np.where(known, world.strata_cases, 0).sum(axis=(1, 2))
        held = exposure.sum(axis=(1, 2))
        if ((held <= 0) & (counts > 0)).any():
            raise Impossible("There are cases in a group of the covariates that has no population anywhere.")
        rates = np.divide(counts, held, out=np.zeros(len(held)), where=held > 0)
        expected = np.einsum("s,sat->at", rates, exposure)
    else:
        expected = world.population * world.days * known
    if ((expected <= 0) & (cases > 0)).any():
        area, period = np.argwhere((expected <= 0) & (cases > 0))[0]
        raise Impossible(
            f"{world.areas[area]} has cases in {world.periods[period]}, but no population then: give its population."
        )
    kinds = [of for of in (question.seasons, _stretches(world, question)) if of is not None]
    for _ in range(50 if kinds else 0):
        for of in kinds:
            counts, held = np.bincount(of, cases.sum(axis=0)), np.bincount(of, expected.sum(axis=0))
            expected = expected * np.divide(counts, held, out=np.zeros(len(held)), where=held > 0)[of]
    return expected * (cases.sum() / expected.sum())


def _stretches(world: ScanCounts, question: Question) -> NDArray[np.int64] | None:
    """The number of the segment between known steps that each period is in."""
    if not question.steps:
        return None
    names = list(world.periods)
    if missing := [step for step in question.steps if step not in names]:
        raise Impossible(
            f"{missing[0]} is not one of the periods: a step has to be the first period after it."
        )
    begins = np.isin(np.arange(len(names)), [names.index(step) for step in question.steps])
    return np.cumsum(begins).astype(np.int64)


def _strata(world: ScanCounts, question: Question, known: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Cases change periods only among areas whose records are complete for the same periods, within a season
    and a segment between known steps: the scan is conditional on all three."""
    _, pattern = np.unique(known, axis=0, return_inverse=True)
    of = np.zeros(known.shape[1], np.int64)
    for kind in (question.seasons, _stretches(world, question)):
        if kind is not None:
            of = of * (int(kind.max()) + 1) + kind
    strata = pattern.reshape(-1, 1) * (int(of.max()) + 1) + of
    return np.unique(strata, return_inverse=True)[1].reshape(known.shape).astype(np.int64)


def _permuted(cases: NDArray[np.int64], strata: NDArray[np.int64]) -> NDArray[np.float64]:
    """Expected cases: an area's cases of a stratum, distributed over its periods like all cases of the
    stratum."""
    expected = np.zeros(cases.shape)
    for stratum in range(int(strata.max()) + 1):
        own = np.where(strata == stratum, cases, 0)
        if total := own.sum():
            expected += np.outer(own.sum(axis=1), own.sum(axis=0)) / total
    return expected


def _dispersion(
    cases: NDArray[np.int64],
    expected: NDArray[np.float64],
    strata: NDArray[np.int64],
    known: NDArray[np.bool_],
) -> float | None:
    """Pearson's statistic divided by its degrees of freedom (McCullagh and Nelder, "Generalized Linear
    Models", 1989, 4.5)."""
    cells = known & (expected > 0)
    areas, periods = np.nonzero(cells)
    of = strata[cells]
    told = sum(len(np.unique(each * (int(strata.max()) + 1) + of)) for each in (areas, periods))
    free = int(cells.sum()) - told + len(np.unique(of))
    if free < TELLING:
        return None
    return float(((cases - expected)[cells] ** 2 / expected[cells]).sum() / free)
