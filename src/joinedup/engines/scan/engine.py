"""The scan: circles, windows, replications, and the clusters that stand out."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numba import get_num_threads, njit
from numpy.typing import NDArray

from joinedup.engines.scan.alive import Alive, alive, fill_alive, highest_alive
from joinedup.engines.scan.chance import chance_for
from joinedup.engines.scan.circles import CENTRES_AT_ONCE, along_a_curve, circles, points_of
from joinedup.engines.scan.ground import ground_of
from joinedup.engines.scan.lanes import LANES
from joinedup.engines.scan.likelihood import BERNOULLI, NEVER, row_of, thresholds
from joinedup.engines.scan.question import Answer, Cluster, Impossible, Model, Question, Shape, World
from joinedup.engines.scan.schedule import Schedule, schedule
from joinedup.engines.scan.search import TIE, highest_around, highest_of_lanes

# How far below the usual highest level the bound of a stretch may reach: found by trying. Longer stretches mean fewer
# looks, and more of them that chance makes necessary to follow up.
LOWER = 3.5
# The first centres of a replication set the level that the others have to reach: one in so many, spread out.
ONE_IN = 97
# How far from what is expected chance can be trusted to stay, in standard deviations.
SIGMAS = 12.0
# What 16 bits hold, with room for rounding.
MOST_HELD = 32_000
EULER = 0.5772156649015329
Say = Callable[[float], object]


@dataclass(frozen=True)
class _Search:
    """Everything that the search for high (sign 1) or low (-1) windows shares between replications. `sums`: A × twice
    the columns of the lanes, what is expected and, in units, what the lanes take off."""

    sign: float
    unit: int
    kind: type[np.signedinteger]
    sums: NDArray[np.float64]
    table: NDArray[np.float32]
    looks: Schedule | Alive


def scan(world: World, question: Question, say: Say | None = None) -> Answer:
    """Find where and when counts stand out, and how far chance explains it.

    `say`: told the share that is done, 0 to 1. Raises Impossible, with a sentence, where the world cannot answer.
    Method: `docs/methods/scan.md`.
    """
    with ThreadPoolExecutor(question.threads or get_num_threads()) as threads:
        return _Scan(world, question, threads).answer(say or (lambda _share: None))


class _Scan:
    def __init__(self, world: World, question: Question, threads: ThreadPoolExecutor) -> None:
        self.question, self.threads = question, threads
        if not len(world.areas):
            raise Impossible("There are no areas.")
        points = points_of(world.position, world.degrees)
        if question.shape is Shape.TEMPORAL:
            self.number, points = np.zeros(1, np.int64), np.zeros((1, 3))
            self.every = tuple(range(len(world.areas)))
        else:
            self.number = along_a_curve(points)
        self.ground = ground_of(world, question)
        self.model = BERNOULLI if question.model is Model.BERNOULLI else 0
        self.days = world.days
        self.names = [str(name) for name in world.areas]
        weight = self.ground.weight
        share = question.max_share
        if question.shape is Shape.TEMPORAL:
            weight, share = np.array([weight.sum()]), 1.0
        self.around = circles(
            points[self.number], world.degrees, weight[self.number], share, question.max_km, threads
        )
        periods = self.ground.cases.shape[1]
        self.last = question.shape is Shape.PROSPECTIVE
        self.longest = 1 if question.shape is Shape.SPATIAL else min(question.max_periods, periods)
        self.shortest = 1 if question.shape is Shape.SPATIAL else question.min_periods
        if self.shortest > self.longest:
            raise Impossible(
                f"A window of at least {self.shortest} periods is asked for, and none may be longer than "
                f"{self.longest}."
            )
        # Prospective windows all end now: what was before the longest of them is only part of the totals.
        self.from_period = periods - self.longest if self.last else 0
        self.expected = _running(self.ground.expected[self.number][:, self.from_period :])
        self.counted = _running(self.ground.cases[self.number][:, self.from_period :])
        rows = self.expected.shape[1]
        starts_of = [1 if self.last else rows - n for n in range(self.shortest, self.longest + 1)]
        self.windows = sum(starts_of) * self.around.count

    def answer(self, say: Say) -> Answer:
        signs = [sign for sign, wanted in ((1.0, self.question.high), (-1.0, self.question.low)) if wanted]
        found = self._clusters(signs)
        say(0.05)
        maxima = self._maxima(signs, found[0].llr if found else math.inf, say)
        judged = [_judged(each, maxima, self._recurs) for each in found]
        return Answer(
            tuple(judged), maxima, self.around.count, self.windows, self.ground.total, self._notes(maxima)
        )

    def _notes(self, maxima: NDArray[np.float64]) -> tuple[str, ...]:
        short = len(maxima) < self.question.replications
        return (f"Stopped after {len(maxima)} replications: enough were as high.",) if short else ()

    def _recurs(self, p: float) -> float | None:
        """Once in how many days chance alone gives this, when the scan is made once a period."""
        return float(self.days[-1]) / p if self.last else None

    # What is found

    def _clusters(self, signs: list[float]) -> list[Cluster]:
        """The best window, then the best that shares no area with those before it, and so on."""
        count = len(self.around.starts) - 1
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
            inside = self.around.around(centre, last)
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
                some, self.around.order, self.around.starts, taken, self.expected, self.counted,
                self.shortest, self.longest, self.last, self.model, float(self.ground.total),
                float(self.ground.people), sign, self.question.min_cases, best, where, again,
            )  # fmt: skip

        centres = np.nonzero(~taken)[0]
        list(self.threads.map(part, np.array_split(centres, max(1, len(centres) // CENTRES_AT_ONCE))))

    def _highest(
        self,
        signs: list[float],
        best: dict[float, NDArray[np.float64]],
        where: dict[float, NDArray[np.int64]],
    ) -> tuple[float, int] | None:
        """Where ratios are equal: fewer areas, then fewer periods, then the earlier, then the centre's name."""
        top = max(float(best[sign].max()) for sign in signs)
        if top <= 0:
            return None
        equal = [
            (int(where[sign][i, 0]), int(where[sign][i, 2]), int(where[sign][i, 1]),
             self.names[int(self.number[i])], sign, int(i))
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
        observed = int((self.counted[inside, row + length] - self.counted[inside, row]).sum())
        expected = float((self.expected[inside, row + length] - self.expected[inside, row]).sum())
        start = self.from_period + row
        end = start + length - 1
        areas = tuple(int(each) for each in self.number[inside])
        if self.question.shape is Shape.SPATIAL:
            start, end = 0, len(self.days) - 1
        if self.question.shape is Shape.TEMPORAL:
            areas = self.every
        radius = 0.0 if self.question.shape is Shape.TEMPORAL else self.around.radius_km(centre, last)
        return Cluster(
            rank, areas[0], areas, radius, start, end, observed, expected,
            self._relative(observed, expected), float(ratio), None, None, None, sign > 0,
        )  # fmt: skip

    def _relative(self, observed: int, expected: float) -> float | None:
        inside = observed / expected if expected > 0 else None
        if self.question.model is Model.PERMUTATION or inside is None:
            return inside
        outside, rest = self.ground.total - observed, self.ground.total - expected
        return None if outside <= 0 or rest <= 0 else inside / (outside / rest)

    # What chance gives

    def _maxima(self, signs: list[float], highest: float, say: Say) -> NDArray[np.float64]:
        wanted = self.question.replications
        if wanted <= 0 or self.around.count == 0:
            return np.zeros(0)
        searches = [self._search(sign) for sign in signs]
        say(0.1)
        chance = chance_for(self.ground, self.from_period)
        groups = [range(i, min(i + LANES, wanted)) for i in range(0, wanted, LANES)]

        def part(group: range) -> NDArray[np.float64]:
            drawn = [chance.draw(self.question.seed, each) for each in group]
            best = np.full(LANES, np.inf)
            best[: len(group)] = 0.0
            for search in searches:
                self._raise(search, drawn, best)
            return best[: len(group)]

        found: list[NDArray[np.float64]] = []
        at_once = len(groups) if self.question.stop_after is None else 2 * get_num_threads()
        for i in range(0, len(groups), at_once):
            for each in self.threads.map(part, groups[i : i + at_once]):
                found.append(each)
                say(0.1 + 0.9 * len(found) / len(groups))
            if self.question.stop_after is not None:
                so_far = np.cumsum(np.concatenate(found) >= highest * (1 - TIE))
                if so_far[-1] >= self.question.stop_after:
                    # The replication that made it enough is the last: the rule of Besag and Clifford (1991).
                    return np.concatenate(found)[: int(np.searchsorted(so_far, self.question.stop_after)) + 1]
        return np.concatenate(found)

    def _search(self, sign: float) -> _Search:
        total, people = float(self.ground.total), float(self.ground.people)
        rows = self.expected.shape[1]
        sums = self.expected.sum(axis=0)
        longest = [sums[min(s + self.longest, rows - 1)] - sums[s] for s in range(rows)]
        most = min(total, float(max(longest)) + 1.0)
        reach = SIGMAS * math.sqrt(most) + 64
        kind = np.int16 if reach < MOST_HELD else np.int32
        unit = 2 ** max(0, min(4, int(math.log2(MOST_HELD / reach)))) if kind is np.int16 else 16
        cells = self.expected[:, 1:] - self.expected[:, :-1]
        least = float(cells[cells > 0].min()) if (cells > 0).any() else 1.0
        table = thresholds(self.model, least, most, total, people, sign)
        # With one window of each length, no look saves more than it costs.
        is_alive = self.last or rows == 2
        held = self.expected
        if is_alive:
            held = held[:, -1:] - held[:, rows - 1 - np.arange(self.shortest, self.longest + 1)]
        sums = np.ascontiguousarray(np.concatenate([held, np.rint(held * unit)], axis=1))
        if is_alive:
            return _Search(sign, unit, kind, sums, table, alive(self.around, sums, unit, sign, self.threads))
        usual = max(6.5, 0.55 * math.log(max(2, self.windows)))
        allowed = np.maximum(table[row_of(usual)].astype(np.float64) - table[row_of(usual - LOWER)], 0.0)
        allowed[table[row_of(usual)] >= NEVER / 10] = NEVER
        looks = schedule(self.around, sums, (self.shortest, self.longest), allowed, unit, sign, self.threads)
        return _Search(sign, unit, kind, sums, table, looks)

    def _raise(self, search: _Search, drawn: list[NDArray[np.int64]], best: NDArray[np.float64]) -> None:
        areas, columns = len(search.sums), search.sums.shape[1] // 2
        lanes = np.zeros(areas * columns * LANES, search.kind)
        taken, sign, unit = search.sums[:, columns:], search.sign, search.unit
        common = (
            lanes, search.sums, search.table, self.model, float(self.ground.total), float(self.ground.people),
            sign, float(unit), self.question.min_cases, best,
        )  # fmt: skip
        where = self._visits(areas), self.around.order, self.around.starts
        looks = search.looks
        for lane, counts in enumerate(drawn):
            if isinstance(looks, Alive):
                fill_alive(lanes, lane, counts, self.number, taken, self.longest, unit, sign)
            else:
                fill(lanes, lane, counts, self.number, taken, unit, sign)
        if isinstance(looks, Alive):
            highest_alive(*where, looks.cells, looks.slack, *common)
        else:
            highest_of_lanes(
                *where, looks.starts, looks.at, looks.span, looks.length, looks.cells, looks.slack, *common
            )

    @staticmethod
    def _visits(areas: int) -> NDArray[np.int64]:
        every = np.arange(areas)
        return np.concatenate([every[::ONE_IN], np.delete(every, np.s_[::ONE_IN])])


@njit(nogil=True, cache=True)
def fill(lanes, lane, counts, number, taken, unit, sign):  # type: ignore[no-untyped-def]
    """Put one replication into a lane: running sums over time, in units, less what is taken off."""
    areas, rows = taken.shape
    for i in range(areas):
        held = 0
        for t in range(rows):
            if t > 0:
                held += counts[number[i], t - 1]
            lanes[(i * rows + t) * LANES + lane] = int(sign * (unit * held - taken[i, t]))


def _running(each: NDArray[np.float64] | NDArray[np.int64]) -> NDArray[np.float64]:
    """Sums over time up to each period, with a column of none in front."""
    return np.concatenate([np.zeros((len(each), 1)), np.cumsum(each, axis=1, dtype=np.float64)], axis=1)


def _judged(
    cluster: Cluster, maxima: NDArray[np.float64], recurs: Callable[[float], float | None]
) -> Cluster:
    if not len(maxima):
        return cluster
    p = (1 + int((maxima >= cluster.llr * (1 - TIE)).sum())) / (len(maxima) + 1)
    spread = float(maxima.std(ddof=1)) if len(maxima) > 1 else 0.0
    tail = None
    if spread > 0:
        scale = spread * math.sqrt(6) / math.pi
        place = float(maxima.mean()) - EULER * scale
        tail = -math.expm1(-math.exp(-(cluster.llr - place) / scale))
    return replace(cluster, p=p, tail_p=tail, recurrence_days=recurs(p))
