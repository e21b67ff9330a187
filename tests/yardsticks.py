"""The sample data of the reference program: as our CSV, and as the engine takes it, with what the program reports.
`shared` is the fixture of that name.

The program made its p-values with early stopping: it ends when 50 replications are strictly higher than the counts and
reports 50 divided by how many were made, 0.242 = 50 / 207 and 0.360 = 50 / 139. Here p is the rank among a number that
was set before, and what is as high counts as well.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from joinedup.engines.scan import Model, Question, ScanCounts, ScanResult, Shape

# The program's rule: it ends with so many that are higher.
HIGHER = 50
# Ratios that differ by less are the same (`TIE` in engines/scan/search.py).
SAME = 1e-11


@dataclass(frozen=True)
class Yardstick:
    """`published`: the program's p. `ranks`: p by 9,999 replications, where those as high count and where they do
    not; None for New Mexico, where the program made all of its 999 and reports their rank."""

    areas: list[str]
    world: ScanCounts
    question: Question
    published: float
    ranks: tuple[float, float] | None


def ranks(answer: ScanResult) -> tuple[float, float]:
    """p of the most likely cluster by rank, where replications as high as it count and where they do not."""
    best, made = answer.clusters[0].llr, len(answer.null_maxima)
    high, higher = (int((answer.null_maxima > best * (1 + sign * SAME)).sum()) for sign in (-1, 1))
    return (1 + high) / (1 + made), (1 + higher) / (1 + made)


def rows(shared: Path, name: str) -> list[list[str]]:
    return [line.split() for line in (shared / "scan" / name).read_text().splitlines() if line.split()]


def _places(shared: Path, name: str) -> tuple[list[str], NDArray[np.float64], dict[str, int]]:
    found = rows(shared, name)
    areas = [each[0] for each in found]
    position = np.array([[float(each[1]), float(each[2])] for each in found])
    return areas, position, {each: i for i, each in enumerate(areas)}


def new_mexico(shared: Path) -> Yardstick:
    """Brain cancer by year, adjusted for age and sex; population on a line between the years that are given."""
    areas, position, number = _places(shared, "nm.geo")
    years = list(range(1973, 1992))
    groups = {key: i for i, key in enumerate(sorted({(r[3], r[4]) for r in rows(shared, "nm.pop")}))}
    given: dict[tuple[int, int], dict[int, float]] = defaultdict(dict)
    for county, year, people, age, sex in rows(shared, "nm.pop"):
        given[groups[age, sex], number[county]][1900 + int(year)] = float(people)
    population = np.zeros((len(groups), len(areas), len(years)))
    for (group, area), known in given.items():
        held = sorted(known)
        population[group, area] = np.interp(years, held, [known[year] for year in held])
    cases = np.zeros(population.shape, np.int64)
    for county, count, year, age, sex in rows(shared, "nm.cas"):
        cases[groups[age, sex], number[county], int(year) - 1973] += int(count)
    world = ScanCounts(
        areas, position, [str(year) for year in years],
        np.array([366.0 if year % 4 == 0 else 365.0 for year in years]), cases.sum(axis=0), degrees=True,
        population=population.sum(axis=0), strata_cases=cases, strata_population=population,
    )  # fmt: skip
    return Yardstick(areas, world, Question(model=Model.POISSON, max_periods=9), 0.014, None)


def new_york(shared: Path) -> Yardstick:
    """Fever by day, the circles no wider than 3 km."""
    areas, position, number = _places(shared, "NYCfever.geo")
    cases = np.zeros((len(areas), 24), np.int64)
    for area, count, day in rows(shared, "NYCfever.cas"):
        cases[number[area], int(day.split("/")[2]) - 1] += int(count)
    world = ScanCounts(areas, position, [str(t + 1) for t in range(24)], np.ones(24), cases, degrees=True)
    question = Question(shape=Shape.PROSPECTIVE, max_periods=7, max_km=3.0)
    return Yardstick(areas, world, question, 0.242, (0.207, 0.198))


def north_humberside(shared: Path) -> Yardstick:
    """Leukaemia among children born there, purely spatial."""
    areas, position, number = _places(shared, "NHumberside.geo")
    cases, controls = (np.zeros((len(areas), 1), np.int64) for _ in range(2))
    for name, into in (("NHumberside.cas", cases), ("NHumberside.ctl", controls)):
        for area, count in rows(shared, name):
            into[number[area], 0] += int(count)
    world = ScanCounts(areas, position * 100, ["all"], np.ones(1), cases, controls=controls)
    question = Question(model=Model.BERNOULLI, shape=Shape.SPATIAL)
    return Yardstick(areas, world, question, 0.360, (0.654, 0.416))


def _written(path: Path, header: str, lines: Iterable[Iterable[object]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header.split(), *lines])


def yardsticks(shared: Path, folder: Path) -> Path:
    """Write nm_*, ny_* and nh_*.csv; returns the folder."""
    _written(folder / "nm_cases.csv", "area count period age sex", rows(shared, "nm.cas"))
    _written(folder / "nm_places.csv", "area latitude longitude", rows(shared, "nm.geo"))
    people = ((area, f"19{year}", *rest) for area, year, *rest in rows(shared, "nm.pop"))
    _written(folder / "nm_population.csv", "area period population age sex", people)
    days = ((area, count, _day(day)) for area, count, day in rows(shared, "NYCfever.cas"))
    _written(folder / "ny_cases.csv", "area count period", days)
    _written(folder / "ny_places.csv", "area latitude longitude", rows(shared, "NYCfever.geo"))
    for name, ending in (("cases", "cas"), ("controls", "ctl")):
        _written(folder / f"nh_{name}.csv", "area count", rows(shared, f"NHumberside.{ending}"))
    metres = ((area, int(x) * 100, int(y) * 100) for area, x, y in rows(shared, "NHumberside.geo"))
    _written(folder / "nh_places.csv", "area x y", metres)
    return folder


def _day(text: str) -> str:
    year, month, day = text.split("/")
    return f"{year}-{int(month):02}-{int(day):02}"
