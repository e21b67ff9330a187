"""The distribution under chance: the highest window of each replication."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from joinedup.engines.scan.likelihood import NEVER, row_of, thresholds
from joinedup.engines.scan.prepare import Prepared, scene_of
from joinedup.engines.scan.prospective import Alive, alive, fill_alive, highest_alive
from joinedup.engines.scan.question import Question, ScanCounts
from joinedup.engines.scan.schedule import Schedule, schedule
from joinedup.engines.scan.search import highest_of_lanes
from joinedup.engines.scan.simd import LANES
from joinedup.engines.scan.simulate import chance_for

# How far below the usual highest level the bound of a run of circles may reach; found by experiment. Longer
# runs mean fewer checks, but more of them that have to be followed up.
LOWER = 3.5
# The first centres of a replication set the level that the others have to reach: one in this many, spread
# out.
ONE_IN = 97
# How far counts by chance may be from what is expected, in standard deviations.
SIGMAS = 12.0
# The limit of 16 bits, with room for rounding.
MOST_HELD = 32_000


@dataclass(frozen=True)
class _Search:
    """What the search for high (sign 1) or low (-1) windows shares between replications. `sums`: A × twice
    the columns of the lanes: what is expected and, in units, what the lanes subtract."""

    sign: float
    unit: int
    kind: type[np.signedinteger]
    sums: NDArray[np.float64]
    table: NDArray[np.float32]
    looks: Schedule | Alive


class Replications:
    """What all replications share, computed once; then the highest windows of any group of them."""

    def __init__(self, scene: Prepared, question: Question, threads: ThreadPoolExecutor) -> None:
        self.scene, self.question = scene, question
        self.chance = chance_for(scene.ground, scene.from_period)
        self.searches = [self._search(sign, threads) for sign in question.signs]

    def highest(self, group: range) -> NDArray[np.float64]:
        """The highest ratio of each replication of a group (LANES at most), in order. A group gives the same
        numbers to the last bit on any machine."""
        drawn = [self.chance.draw(self.question.seed, each) for each in group]
        best = np.full(LANES, np.inf)
        best[: len(group)] = 0.0
        for search in self.searches:
            self._raise(search, drawn, best)
        return best[: len(group)]

    def _search(self, sign: float, threads: ThreadPoolExecutor) -> _Search:
        scene = self.scene
        total, people = float(scene.ground.total), float(scene.ground.people)
        rows = scene.expected.shape[1]
        sums = scene.expected.sum(axis=0)
        longest = [sums[min(s + scene.longest, rows - 1)] - sums[s] for s in range(rows)]
        most = min(total, float(max(longest)) + 1.0)
        reach = SIGMAS * math.sqrt(most) + 64
        kind = np.int16 if reach < MOST_HELD else np.int32
        unit = 2 ** max(0, min(4, int(math.log2(MOST_HELD / reach)))) if kind is np.int16 else 16
        cells = scene.expected[:, 1:] - scene.expected[:, :-1]
        least = float(cells[cells > 0].min()) if (cells > 0).any() else 1.0
        table = thresholds(scene.model, least, most, total, people, sign)
        # With one window of each length, skipping circles costs more than it saves.
        is_alive = scene.last or rows == 2
        held = scene.expected
        if is_alive:
            held = held[:, -1:] - held[:, rows - 1 - np.arange(scene.shortest, scene.longest + 1)]
        sums = np.ascontiguousarray(np.concatenate([held, np.rint(held * unit)], axis=1))
        if is_alive:
            return _Search(sign, unit, kind, sums, table, alive(scene.around, sums, unit, sign, threads))
        usual = max(6.5, 0.55 * math.log(max(2, scene.windows)))
        allowed = np.maximum(table[row_of(usual)].astype(np.float64) - table[row_of(usual - LOWER)], 0.0)
        allowed[table[row_of(usual)] >= NEVER / 10] = NEVER
        looks = schedule(scene.around, sums, (scene.shortest, scene.longest), allowed, unit, sign, threads)
        return _Search(sign, unit, kind, sums, table, looks)

    def _raise(self, search: _Search, drawn: list[NDArray[np.int64]], best: NDArray[np.float64]) -> None:
        scene, looks = self.scene, search.looks
        areas, columns = len(search.sums), search.sums.shape[1] // 2
        lanes = np.zeros(areas * columns * LANES, search.kind)
        taken, sign, unit = search.sums[:, columns:], search.sign, search.unit
        common = (
            lanes, search.sums, search.table, scene.model, float(scene.ground.total),
            float(scene.ground.people), sign, float(unit), self.question.min_cases, best,
        )  # fmt: skip
        where = self._visits(areas), scene.around.order, scene.around.starts
        for lane, counts in enumerate(drawn):
            if isinstance(looks, Alive):
                fill_alive(lanes, lane, counts, scene.number, taken, scene.longest, unit, sign)
            else:
                fill(lanes, lane, counts, scene.number, taken, unit, sign)
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
    """Write one replication into a lane: running sums over time, in units, minus `taken`."""
    areas, rows = taken.shape
    for i in range(areas):
        held = 0
        for t in range(rows):
            if t > 0:
                held += counts[number[i], t - 1]
            lanes[(i * rows + t) * LANES + lane] = int(sign * (unit * held - taken[i, t]))


def groups_of(question: Question) -> list[range]:
    """The replications, in groups that are computed together."""
    return [range(i, min(i + LANES, question.replications)) for i in range(0, question.replications, LANES)]


def replications_of(world: ScanCounts, question: Question) -> Replications:
    """For a worker elsewhere, which has only the counts and the question."""
    with ThreadPoolExecutor(1) as threads:
        return Replications(scene_of(world, question, threads), question, threads)
