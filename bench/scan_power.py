"""What the monthly scan sees and how often it alarms for nothing, beside the rule that analysts use: "this month
is two standard deviations above last year".

    .venv/bin/python bench/scan_power.py [--trials 100] [--null 400] [--only-size 1.5] [--ragged]

The counts are London's: violence, robbery and weapons, 24 months, 4,994 areas. The question is the monthly
one: space-time permutation, windows alive at the end, at most 12 months and 10% of the cases, at least 2
cases. (Poisson with residents is no part of this: it finds the West End in every such world, planted or not.)

Worlds without a cluster. Real counts have clusters of their own, so the truth has to be made:
- *even*: the real cases, their months shuffled among all of them (here by NumPy, not by the engine's own
  shuffle). Every area and month keeps its total, and nothing else is left. This is the world that the scan's
  p supposes.
- *lumpy*: the same expected counts, but each varies as much more than by chance as the real ones do (negative
  binomial, variance = that factor x expected; the factor is Pearson's chi-square by its degrees of freedom,
  which is an upper estimate as real clusters are in it). One incident can be several offences, and one night
  several incidents, so records are not independent of each other. No area has to do with its neighbours, nor
  a month with the next.

Planted: an area with cases, drawn at random, and those nearest to it (5, 20, 60 in all), in the last 1, 3 or
6 months, get extra cases with mean (size - 1) x expected: Poisson, or as lumpy as the rest. The scan itself
expects more there than was expected before, as the extra cases are in the totals of their areas: after 6
months of 2 times it sees about 1.6.

5% false alarms. Scan, even: above all but 49 of the highest windows of 999 replications, which is p <= 0.05.
They depend on the totals alone, which planting hardly moves, so one set serves all trials (checked below).
Level: how often fresh even worlds alarm. Scan, lumpy: that bar alarms far too often; it is raised to what 5%
of lumpy worlds exceed. Rule: for each kind of world and of unit (area, ward, borough) its number of standard
deviations is raised until in 5% of the worlds any unit in London is flagged (a deviation below one case then
counts as one, or the areas with hardly any cases would set a number that nothing reaches). The rule is looked
at once, in the last month, as the scan is; the year before it holds the earlier months of the planted
cluster.

Seen, scan: the highest window that holds a planted area is above the bar. (A false alarm elsewhere is not
counted; the scan lists it beside this one. So only centres whose circles reach the planted areas are looked
at. The bound of 10% is that of the totals before planting.) Where it is: found, the share of the planted
areas that it holds; right, the share of its areas that are planted; since, how often its first month is the
true one; all three among those seen. Seen, rule: any unit is flagged that holds a planted area, if only one.
Standard errors of shares are binomial. Seeds are fixed: the same command gives the same table.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scan import LONDON, london

from joinedup.engines.scan import Model, Question, ScanCounts, Shape
from joinedup.engines.scan import scan as whole_scan
from joinedup.engines.scan.circles import Circles, along_a_curve, circles, points_of
from joinedup.engines.scan.search import highest_around

SIZES, AREAS, MONTHS = (1.3, 1.5, 2.0), (5, 20, 60), (1, 3, 6)
UNITS = ("area", "ward", "borough")
LEVEL, LONGEST, SHARE, LEAST = 0.05, 12, 0.1, 2
ASKED = Question(Model.PERMUTATION, Shape.PROSPECTIVE, max_share=SHARE, max_periods=LONGEST, min_cases=LEAST)
Counts = NDArray[np.int64]
Draw = Callable[[np.random.Generator], Counts]


@dataclass(frozen=True)
class Town:
    """`cases`, `expected`: A x T. `units`: for each kind of unit the number of the unit that each area lies in.
    `holders[starts[i] : starts[i + 1]]`: the centres whose circles come to hold area i."""

    world: ScanCounts
    cases: Counts
    expected: NDArray[np.float64]
    around: Circles
    units: dict[str, Counts]
    lumpiness: float
    holders: NDArray[np.int64]
    starts: NDArray[np.int64]

    def reaching(self, areas: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The centres whose circles come to hold any of some areas."""
        holding = [self.holders[self.starts[i] : self.starts[i + 1]] for i in np.nonzero(areas)[0]]
        return np.unique(np.concatenate(holding))

    def even(self, random: np.random.Generator) -> Counts:
        areas, periods = self.cases.shape
        cell = np.repeat(np.arange(areas * periods), self.cases.ravel())
        shuffled = cell // periods * periods + random.permutation(cell % periods)
        return np.bincount(shuffled, minlength=areas * periods).reshape(areas, periods)

    def lumpy(self, random: np.random.Generator) -> Counts:
        return lumps(random, self.expected, self.lumpiness)


def lumps(random: np.random.Generator, mean: NDArray[np.float64], factor: float) -> Counts:
    """Counts with variance `factor` x mean."""
    drawn = random.negative_binomial(np.maximum(mean, 1e-12) / (factor - 1), 1 / factor)
    return np.where(mean > 0, drawn, 0)


def read(threads: ThreadPoolExecutor) -> Town:
    with tempfile.TemporaryDirectory() as name:
        london(Path(name))
        cases, places = (pl.read_csv(Path(name) / f"{each}.csv") for each in ("cases", "places"))
    points = points_of(places.select("x", "y").to_numpy().astype(float), False)
    order = along_a_curve(points)
    places, points = places[order], points[order]
    periods = cases["period"].unique().sort().to_list()
    table = places.select("area").join(cases.pivot("period", index="area", values="count"), "area", "left")
    counts = table.select(periods).fill_null(0).to_numpy().astype(np.int64)
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    there = counts.sum(axis=1) > 0
    chi = ((counts - expected)[there] ** 2 / expected[there]).sum()
    world = ScanCounts(
        areas=places["area"].to_list(),
        position=places.select("x", "y").to_numpy().astype(float),
        periods=periods,
        days=np.full(len(periods), 365.25 / 12),
        cases=counts,
    )
    lookup = pl.read_csv(LONDON / "lookup_lsoa21.csv", columns=["lsoa21cd", "wd24cd", "lad24cd"])
    lies = places.select("area").join(lookup, left_on="area", right_on="lsoa21cd", how="left")
    units = {"area": np.arange(len(counts))}
    for unit, column in (("ward", "wd24cd"), ("borough", "lad24cd")):
        units[unit] = np.unique(lies[column].to_numpy(), return_inverse=True)[1]
    around = circles(points, False, counts.sum(axis=1).astype(float), SHARE, None, threads)
    held = np.where(around.order < 0, ~around.order, around.order)
    holders = np.repeat(np.arange(len(counts)), np.diff(around.starts))[np.argsort(held, kind="stable")]
    starts = np.concatenate([[0], np.cumsum(np.bincount(held, minlength=len(counts)))])
    lumpiness = chi / ((there.sum() - 1) * (counts.shape[1] - 1))
    return Town(world, counts, expected, around, units, lumpiness, holders, starts)


@dataclass(frozen=True)
class Window:
    llr: float
    inside: NDArray[np.int32]
    first: int


def highest(town: Town, counts: Counts, touching: NDArray[np.bool_] | None = None) -> Window:
    """The highest window, or the highest around any centre that holds one of the areas `touching`."""
    around, (areas, periods) = town.around, counts.shape
    total, since = float(counts.sum()), periods - LONGEST
    expected = np.outer(counts.sum(axis=1), counts[:, since:].sum(axis=0)) / total
    centres = np.arange(areas) if touching is None else town.reaching(touching)
    best, where = np.zeros(areas), np.zeros((areas, 3), np.int64)
    highest_around(
        centres, around.order, around.starts, np.zeros(areas, bool), _running(expected),
        _running(counts[:, since:]), 1, LONGEST, True, 0, total, total, 1.0, LEAST, best, where, False,
    )  # fmt: skip
    for centre in centres[np.argsort(-best[centres], kind="stable")]:
        if best[centre] <= 0:
            break
        inside = around.around(int(centre), int(where[centre, 0]))
        if touching is None or touching[inside].any():
            return Window(float(best[centre]), inside, since + int(where[centre, 1]))
    return Window(0.0, np.zeros(0, np.int32), periods)


def _running(each: NDArray[np.float64] | Counts) -> NDArray[np.float64]:
    return np.concatenate([np.zeros((len(each), 1)), np.cumsum(each, axis=1, dtype=np.float64)], axis=1)


def by_unit(counts: Counts, unit: Counts) -> Counts:
    summed = np.zeros((int(unit.max()) + 1, counts.shape[1]), np.int64)
    np.add.at(summed, unit, counts)
    return summed


def deviations(counts: Counts, month: int = -1, least: float = 0.0) -> NDArray[np.float64]:
    """How many standard deviations of the 12 months before it a month lies above their mean; -inf where it does not.
    A deviation below `least` cases counts as that. With none at all, any rise counts without limit: it is above the
    mean plus any number of them."""
    month %= counts.shape[1]
    year, now = counts[:, month - 12 : month], counts[:, month]
    above, spread = now - year.mean(axis=1), np.maximum(year.std(axis=1, ddof=1), least)
    result = np.where(above > 0, np.inf, -np.inf)
    return np.divide(above, spread, out=result, where=(above > 0) & (spread > 0))


@dataclass(frozen=True)
class Chance:
    """What worlds without a cluster give: the highest window of each; by unit, the most deviations of each, and the
    units flagged above two of them, worlds x the last 12 months."""

    windows: NDArray[np.float64]
    most: dict[str, NDArray[np.float64]]
    flagged: dict[str, NDArray[np.int64]]


def without_cluster(town: Town, draw: Draw, worlds: int, kind: int, threads: ThreadPoolExecutor) -> Chance:
    def one(i: int) -> tuple[float, list[float], list[list[int]]]:
        counts = draw(np.random.default_rng([1, kind, i]))
        summed = [by_unit(counts, town.units[unit]) for unit in UNITS]
        flagged = [[int((deviations(each, -m) > 2).sum()) for m in range(12, 0, -1)] for each in summed]
        return (
            highest(town, counts).llr,
            [float(deviations(each, least=1.0).max()) for each in summed],
            flagged,
        )

    found = list(progress(threads.map(one, range(worlds)), worlds, "worlds without a cluster"))
    return Chance(
        np.array([each[0] for each in found]),
        {unit: np.array([each[1][u] for each in found]) for u, unit in enumerate(UNITS)},
        {unit: np.array([each[2][u] for each in found]) for u, unit in enumerate(UNITS)},
    )


def bar(maxima: NDArray[np.float64], level: float = LEVEL) -> float:
    """What has to be exceeded so that p, the rank among the maxima, is at most `level`."""
    return float(np.sort(maxima)[-max(1, round(level * (len(maxima) + 1)))])


def planted(
    town: Town,
    counts: Counts,
    cell: tuple[float, int, int],
    factor: float,
    ragged: bool,
    random: np.random.Generator,
) -> tuple[Counts, NDArray[np.bool_], Counts]:
    """Counts with a cluster of `cell` (size, areas, months), whose areas they are, and the extra cases. `ragged`: not
    the nearest areas but every other one, at random, of twice as many."""
    size, areas, months = cell
    there = np.nonzero(town.cases.sum(axis=1))[0]
    centre = random.choice(there)
    position = town.world.position
    near = there[np.argsort(((position[there] - position[centre]) ** 2).sum(axis=1), kind="stable")]
    mine = random.choice(near[: 2 * areas], areas, replace=False) if ragged else near[:areas]
    mean = (size - 1) * town.expected[mine, -months:]
    extra = np.zeros_like(counts)
    extra[mine, -months:] = lumps(random, mean, factor) if factor > 1 else random.poisson(mean)
    inside = np.zeros(len(counts), bool)
    inside[mine] = True
    return counts + extra, inside, extra


@dataclass(frozen=True)
class Bars:
    llr: float
    deviations: dict[str, float]


def trial(town: Town, base: Counts, bars: Bars, cell: tuple[float, int, int], factor: float, ragged: bool,
          random: np.random.Generator) -> list[float]:  # fmt: skip
    """Expected and extra cases; scan: LLR, seen, found, right, since; rule: seen by unit at 5%, then as used: by unit,
    and for areas the share of the planted that is flagged and of the flagged that is planted."""
    counts, inside, extra = planted(town, base, cell, factor, ragged, random)
    window = highest(town, counts, inside)
    seen = window.llr > bars.llr
    shared = int(inside[window.inside].sum())
    row = [float(town.expected[inside, -cell[2] :].sum()), float(extra.sum()), window.llr, float(seen)]
    row += [shared / cell[1], shared / max(len(window.inside), 1), window.first == counts.shape[1] - cell[2]]
    summed = [by_unit(counts, town.units[unit]) for unit in UNITS]
    used, raised = ([deviations(each, least=least) for each in summed] for least in (0.0, 1.0))
    touched = [np.unique(town.units[unit][inside]) for unit in UNITS]
    row += [(z[t] > bars.deviations[unit]).any() for z, t, unit in zip(raised, touched, UNITS, strict=True)]
    row += [(z[t] > 2).any() for z, t in zip(used, touched, strict=True)]
    flags = used[0] > 2
    row += [flags[inside].mean(), flags[inside].sum() / max(flags.sum(), 1)]
    return [float(each) for each in row]


def table(
    town: Town, draw: Draw, bars: Bars, cells: list[tuple[float, int, int]], kind: int, asked: argparse.Namespace,
    threads: ThreadPoolExecutor,
) -> None:  # fmt: skip
    """The trials of all cells, printed. A trial's world without a cluster serves every cell; its place does not."""
    factor = town.lumpiness if kind else 1.0

    def one(i: int) -> list[list[float]]:
        base = draw(np.random.default_rng([2, kind, i]))
        seeds = [[3, kind, i, round(10 * size), areas, months] for size, areas, months in cells]
        return [
            trial(town, base, bars, cell, factor, asked.ragged, np.random.default_rng(seed))
            for cell, seed in zip(cells, seeds, strict=True)
        ]

    done = np.array(list(progress(threads.map(one, range(asked.trials)), asked.trials, "trials")))
    print(
        "                     |  cases in it   |      scan, at 5%         | rule at 5%, sees   | rule as used\n"
        "size  areas  months  | expected extra | sees  se found right since | area ward borough  "
        "| flags true | any area ward borough"
    )
    for c, (size, areas, months) in enumerate(cells):
        mine = done[:, c]
        seen = mine[:, 3] > 0
        where = [f"{each:.0f}" for each in 100 * mine[seen, 4:7].mean(axis=0)] if seen.any() else ["-"] * 3
        share = 100 * mine.mean(axis=0)
        error = 100 * np.sqrt(seen.mean() * (1 - seen.mean()) / len(seen))
        print(
            f"{size:4} {areas:6} {months:7}  | {mine[:, 0].mean():8.0f} {mine[:, 1].mean():5.0f} "
            f"| {share[3]:4.0f} {error:3.0f} {where[0]:>5} {where[1]:>5} {where[2]:>5} "
            f"| {share[7]:4.0f} {share[8]:4.0f} {share[9]:7.0f}  "
            f"| {share[13]:5.0f} {share[14]:4.0f} | {share[10]:8.0f} {share[11]:4.0f} {share[12]:7.0f}"
        )


def told(name: str, chance: Chance, maxima: NDArray[np.float64], factor: float) -> None:
    """False alarms in worlds without a cluster."""
    worlds = len(chance.windows)
    print(f"False alarms, {name} worlds without a cluster ({worlds}):")
    for level, divided in product((0.05, 0.01, 0.001), (1.0, factor) if factor > 1 else (1.0,)):
        share = float((chance.windows / divided > bar(maxima, level)).mean())
        by = f" with every LLR divided by {divided:.2f}" if divided > 1 else ""
        print(
            f"  scan, p <= {level}{by}: {100 * share:.1f}% (se {100 * np.sqrt(share * (1 - share) / worlds):.1f})"
        )
    print(f"  5% of these worlds exceed an LLR of {bar(chance.windows):.2f}")
    for unit, flagged in chance.flagged.items():
        monthly, any_one = flagged.mean(axis=0), (flagged > 0).mean(axis=0)
        print(
            f"  rule by {unit}: in the last month {monthly[-1]:.1f} flagged, any at all in {any_one[-1]:.0%}; "
            f"{monthly.min():.1f} to {monthly.max():.1f} over the last 12 months (mean {monthly.mean():.1f}, any in "
            f"{any_one.mean():.0%}); 5% of worlds have one above {bar(chance.most[unit]):.2f} deviations"
        )


def short_cut(town: Town, maxima: NDArray[np.float64]) -> None:
    """Whether the bar of a planted world is that of the unplanted one, and our window the whole scan's."""
    print(f"Bar of the scan: LLR {bar(maxima):.2f} for p <= {LEVEL} (unplanted totals, 999 replications)")
    other = whole_scan(town.world, replace(ASKED, seed=2)).null_maxima
    print(f"  another seed, unplanted: {bar(other):.2f}")
    for cell in ((1.5, 20, 3), (2.0, 60, 6)):
        random = np.random.default_rng([4, *map(round, cell)])
        counts, inside, _ = planted(town, town.even(random), cell, 1.0, False, random)
        answer = whole_scan(replace(town.world, cases=counts), ASKED)
        whole, ours = answer.clusters[0], highest(town, counts, inside)
        same = "the same" if set(whole.areas) == set(ours.inside.tolist()) else "NOT the same"
        print(
            f"  planted {cell}: {bar(answer.null_maxima):.2f}; highest window {whole.llr:.4f}, here {ours.llr:.4f}, "
            f"{same} areas"
        )


def real(town: Town) -> NDArray[np.float64]:
    """The real counts as they are; the highest windows of chance with their totals."""
    answer = whole_scan(town.world, ASKED)
    real_ones = [each for each in answer.clusters if each.p is not None and each.p <= LEVEL]
    flagged = {unit: int((deviations(by_unit(town.cases, of)) > 2).sum()) for unit, of in town.units.items()}
    print(
        f"{town.cases.sum():,} cases, {len(town.cases):,} areas, {town.world.periods[0]} to {town.world.periods[-1]}; "
        f"a month of an area varies {town.lumpiness:.2f} times as much as by chance\n"
        f"The real counts as they are: {len(real_ones)} clusters with p <= {LEVEL}, LLR "
        f"{', '.join(f'{each.llr:.1f} ({len(each.areas)} areas)' for each in real_ones)}\n"
        f"  two deviations flag {', '.join(f'{count} {unit}s' for unit, count in flagged.items())}"
    )
    return answer.null_maxima


def progress(each: Iterable[Any], of: int, what: str) -> Iterator[Any]:
    for i, one in enumerate(each, 1):
        if i % max(1, of // 10) == 0:
            print(f"{i} of {of} {what}", file=sys.stderr, flush=True)
        yield one


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--trials", type=int, default=100, help="of each size, areas and months")
    parser.add_argument("--null", type=int, default=400, help="worlds without a cluster, of each kind")
    parser.add_argument("--only-size", type=float, choices=SIZES)
    parser.add_argument(
        "--ragged", action="store_true", help="plant in every other area, not in a whole circle"
    )
    asked = parser.parse_args()
    if not LONDON.is_dir():
        print("The London files are not here: nothing measured.")
        return
    started = time.perf_counter()
    sizes = [asked.only_size] if asked.only_size else SIZES
    cells = list(product(sizes, AREAS, MONTHS))
    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        town = read(threads)
        maxima = real(town)
        short_cut(town, maxima)
        for kind, (name, draw) in enumerate((("even", town.even), ("lumpy", town.lumpy))):
            chance = without_cluster(town, draw, asked.null, kind, threads)
            told(name, chance, maxima, town.lumpiness if kind else 1.0)
            llr = bar(chance.windows) if kind else bar(maxima)
            how = "Planted in every other area" if asked.ragged else "Planted"
            print(f"{how} in {name} worlds, {asked.trials} trials of each, in %, scan's bar LLR {llr:.2f}:")
            bars = Bars(llr, {unit: bar(chance.most[unit]) for unit in UNITS})
            table(town, draw, bars, cells, kind, asked, threads)
    print(f"{time.perf_counter() - started:.0f} s, {time.process_time():.0f} s of processor")


if __name__ == "__main__":
    main()
