"""The input of the search: the circles, and the expected and observed cases over time, in Morton order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from joinedup.engines.scan.circles import Circles, along_a_curve, circles, points_of
from joinedup.engines.scan.likelihood import BERNOULLI
from joinedup.engines.scan.null_model import NullModel, ground_of
from joinedup.engines.scan.question import Impossible, Model, Question, ScanCounts, Shape


@dataclass(frozen=True)
class Prepared:
    """`number`: the index in `ScanCounts` of each area. `around`: the circles. `expected`, `counted`: areas ×
    (periods from `from_period` on, plus one), running sums over time with a column of zeros in front. Windows
    are `shortest` to `longest` periods long and, if `last`, end with the last period."""

    ground: NullModel
    number: NDArray[np.int64]
    around: Circles
    expected: NDArray[np.float64]
    counted: NDArray[np.float64]
    from_period: int
    shortest: int
    longest: int
    last: bool

    @property
    def model(self) -> int:
        """The number that the kernels use."""
        return BERNOULLI if self.ground.model is Model.BERNOULLI else 0

    @property
    def windows(self) -> int:
        """How many windows there are in all circles."""
        rows = self.expected.shape[1]
        starts_of = [1 if self.last else rows - n for n in range(self.shortest, self.longest + 1)]
        return sum(starts_of) * self.around.count


def scene_of(world: ScanCounts, question: Question, threads: ThreadPoolExecutor) -> Prepared:
    """Prepare the search. Raises Impossible if the counts cannot answer the question."""
    if not len(world.areas):
        raise Impossible("There are no areas.")
    ground = ground_of(world, question)
    periods = ground.cases.shape[1]
    is_timeless = question.shape is Shape.SPATIAL
    longest = 1 if is_timeless else min(question.max_periods, periods)
    shortest = 1 if is_timeless else question.min_periods
    if shortest > longest:
        raise Impossible(
            f"A window of at least {shortest} periods is asked for, and none may be longer than {longest}."
        )
    points = points_of(world.position, world.degrees)
    weight, share = ground.weight, question.max_share
    if question.shape is Shape.TEMPORAL:
        # All areas together are one area, and the limit of size does not apply.
        points, weight, share = np.zeros((1, 3)), np.array([weight.sum()]), 1.0
    number = along_a_curve(points)
    around = circles(points[number], world.degrees, weight[number], share, question.max_km, threads)
    last = question.shape is Shape.PROSPECTIVE
    # Prospective windows all end now: periods before the longest of them only count in the totals.
    from_period = periods - longest if last else 0
    expected = _running(ground.expected[number][:, from_period:])
    counted = _running(ground.cases[number][:, from_period:])
    return Prepared(ground, number, around, expected, counted, from_period, shortest, longest, last)


def _running(each: NDArray[np.float64] | NDArray[np.int64]) -> NDArray[np.float64]:
    """Sums over time up to each period, with a column of zeros in front."""
    return np.concatenate([np.zeros((len(each), 1)), np.cumsum(each, axis=1, dtype=np.float64)], axis=1)
