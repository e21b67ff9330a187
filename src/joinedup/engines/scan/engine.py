"""The scan: the clusters that stand out, and how far chance explains each."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from numba import get_num_threads
from numpy.typing import NDArray

from joinedup.engines.scan.circles import CENTRES_AT_ONCE
from joinedup.engines.scan.prepare import Prepared, scene_of
from joinedup.engines.scan.question import Cluster, Model, Question, ScanCounts, ScanResult, Shape
from joinedup.engines.scan.replications import Replications, groups_of
from joinedup.engines.scan.search import TIE, highest_around

EULER = 0.5772156649015329
Say = Callable[[float], object]
# Computes groups of replications with `Replications.highest` and yields their results in order.
Spread = Callable[[ScanCounts, Question, Sequence[range]], Iterable[NDArray[np.float64]]]


def scan(
    world: ScanCounts, question: Question, say: Say | None = None, spread: Spread | None = None
) -> ScanResult:
    """Find where and when counts stand out, and how far chance explains it.

    `say`: called with the share done, 0 to 1. `spread`: computes the replications elsewhere than on this
    machine's threads; the answer is the same. Raises Impossible, with a sentence, if the counts cannot answer
    the question. Method: `docs/methods/scan.md`.
    """
    say = say or (lambda _share: None)
    with ThreadPoolExecutor(question.threads or get_num_threads()) as threads:
        scene = scene_of(world, question, threads)
        found = _Clusters(world, question, scene, threads).found()
        say(0.05)
        if not question.replications or not scene.around.count:
            maxima = np.zeros(0)
        else:
            spread = spread or _here(Replications(scene, question, threads), threads)
            say(0.1)
            maxima = _maxima(world, question, spread, found[0].llr if found else math.inf, say)
    # Days between scans, if one is made every period, to express how often chance alone gives such a window.
    every = float(np.mean(world.days)) if scene.last else None
    dispersion = scene.ground.dispersion
    notes = []
    if len(maxima) < question.replications:
        notes.append(f"Stopped after {len(maxima)} replications: enough were as high.")
    judged = tuple(_judged(each, maxima, every, dispersion) for each in found)
    ground, around = scene.ground, scene.around
    return ScanResult(judged, maxima, around.count, scene.windows, ground.total, tuple(notes), dispersion)


def _here(replications: Replications, threads: ThreadPoolExecutor) -> Spread:
    return lambda _world, _question, groups: threads.map(replications.highest, groups)


def _maxima(
    world: ScanCounts, question: Question, spread: Spread, highest: float, say: Say
) -> NDArray[np.float64]:
    """The highest ratio of each replication, in order; fewer if the question says when to stop."""
    groups = groups_of(question)
    found: list[NDArray[np.float64]] = []
    at_once = len(groups) if question.stop_after is None else 2 * get_num_threads()
    for i in range(0, len(groups), at_once):
        for each in spread(world, question, groups[i : i + at_once]):
            found.append(each)
            say(0.1 + 0.9 * len(found) / len(groups))
        if question.stop_after is not None:
            so_far = np.cumsum(np.concatenate(found) >= highest * (1 - TIE))
            if so_far[-1] >= question.stop_after:
                # Stop with the replication that reaches the number: the rule of Besag and Clifford (1991).
                return np.concatenate(found)[: int(np.searchsorted(so_far, question.stop_after)) + 1]
    return np.concatenate(found)


class _Clusters:
    """The search of the observed counts."""

    def __init__(
        self, world: ScanCounts, question: Question, scene: Prepared, threads: ThreadPoolExecutor
    ) -> None:
        self.question, self.scene, self.threads = question, scene, threads
        self.names = [str(name) for name in world.areas]
        self.periods = len(world.periods)

    def found(self) -> list[Cluster]:
        """The best window, then the best that shares no area with earlier ones, and so on."""
        signs = self.question.signs
        count = len(self.scene.around.starts) - 1
        best = {sign: np.zeros(count) for sign in signs}
        where = {sign: np.zeros((count, 3), np.int64) for sign in signs}
        taken = np.zeros(count, bool)
        found: list[Cluster] = []
        while len(found) < self.question.most:
            for sign in signs:
                self._look_around(taken, sign, best[sign], where[sign], again=bool(found))
                best[sign][taken] = 0.0
            choice = self._highest(signs, best, where)
            if choice is None:
                break
            sign, centre = choice
            last, row, length = (int(value) for value in where[sign][centre])
            inside = self.scene.around.around(centre, last)
            found.append(
                self._cluster(len(found) + 1, centre, inside, last, row, length, sign, best[sign][centre])
            )
            taken[inside] = True
            if self.question.shape is Shape.TEMPORAL:
                break
        return found

    def _look_around(
        self,
        taken: NDArray[np.bool_],
        sign: float,
        best: NDArray[np.float64],
        where: NDArray[np.int64],
        *,
        again: bool,
    ) -> None:
        def part(some: NDArray[np.int64]) -> None:
            highest_around(
                some, scene.around.order, scene.around.starts, taken, scene.expected, scene.counted, scene.shortest,
                scene.longest, scene.last, scene.model, float(scene.ground.total), float(scene.ground.people), sign,
                self.question.min_cases, best, where, again,
            )  # fmt: skip

        scene = self.scene
        centres = np.nonzero(~taken)[0]
        list(self.threads.map(part, np.array_split(centres, max(1, len(centres) // CENTRES_AT_ONCE))))

    def _highest(
        self,
        signs: list[float],
        best: dict[float, NDArray[np.float64]],
        where: dict[float, NDArray[np.int64]],
    ) -> tuple[float, int] | None:
        """On equal ratios: fewer areas, then fewer periods, then the earlier, then the centre's name."""
        top = max(float(best[sign].max()) for sign in signs)
        if top <= 0:
            return None
        equal = [
            (int(where[sign][i, 0]), int(where[sign][i, 2]), int(where[sign][i, 1]),
             self.names[int(self.scene.number[i])], sign, int(i))
            for sign in signs
            for i in np.nonzero(best[sign] >= top * (1 - TIE))[0]
        ]  # fmt: skip
        *_, sign, centre = min(equal)
        return sign, centre

    def _cluster(
        self,
        rank: int,
        centre: int,
        inside: NDArray[np.int32],
        last: int,
        row: int,
        length: int,
        sign: float,
        ratio: float,
    ) -> Cluster:
        observed = int((self.scene.counted[inside, row + length] - self.scene.counted[inside, row]).sum())
        expected = float((self.scene.expected[inside, row + length] - self.scene.expected[inside, row]).sum())
        start = self.scene.from_period + row
        end = start + length - 1
        areas = tuple(int(each) for each in self.scene.number[inside])
        if self.question.shape is Shape.SPATIAL:
            start, end = 0, self.periods - 1
        if self.question.shape is Shape.TEMPORAL:
            areas = tuple(range(len(self.names)))
        radius = 0.0 if self.question.shape is Shape.TEMPORAL else self.scene.around.radius_km(centre, last)
        return Cluster(
            rank, areas[0], areas, radius, start, end, observed, expected,
            self._relative(observed, expected), float(ratio), None, None, None, sign > 0,
        )  # fmt: skip

    def _relative(self, observed: int, expected: float) -> float | None:
        inside = observed / expected if expected > 0 else None
        if self.question.model is Model.PERMUTATION or inside is None:
            return inside
        outside, rest = self.scene.ground.total - observed, self.scene.ground.total - expected
        return None if outside <= 0 or rest <= 0 else inside / (outside / rest)


def _judged(
    cluster: Cluster, maxima: NDArray[np.float64], every: float | None, dispersion: float | None
) -> Cluster:
    """The cluster with its p-values. Overdispersed counts inflate the ratios by the dispersion, so
    `adjusted_p` divides the cluster's ratio by it, as quasi-likelihood does."""
    if not len(maxima):
        return cluster

    def rank(ratio: float) -> float:
        return (1 + int((maxima >= ratio * (1 - TIE)).sum())) / (len(maxima) + 1)

    p, adjusted = rank(cluster.llr), None
    if dispersion is not None:
        adjusted = rank(cluster.llr / max(1.0, dispersion))
    spread = float(maxima.std(ddof=1)) if len(maxima) > 1 else 0.0
    tail = None
    if spread > 0:
        scale = spread * math.sqrt(6) / math.pi
        place = float(maxima.mean()) - EULER * scale
        tail = -math.expm1(-math.exp(-(cluster.llr - place) / scale))
    often = None if every is None else every / p
    return replace(cluster, p=p, tail_p=tail, recurrence_days=often, adjusted_p=adjusted)
