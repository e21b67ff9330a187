"""What the reference program reports for its own sample sets: members, period, observed, expected, ratio."""

from collections import defaultdict

import numpy as np
import pytest

from joinedup.engines.scan import Model, Question, ScanCounts, Shape, scan
from tests.yardsticks import rows


def places(shared, name):
    found = rows(shared, name)
    return [each[0] for each in found], np.array([[float(each[1]), float(each[2])] for each in found])


def test_new_mexico(shared):
    """Retrospective Poisson, adjusted for age and sex. Without the reference's interpolation of populations between
    the years given, which moves the ratio in the sixth figure."""
    areas, position = places(shared, "nm.geo")
    number = {each: i for i, each in enumerate(areas)}
    years = list(range(1973, 1992))
    groups = {key: i for i, key in enumerate(sorted({(r[3], r[4]) for r in rows(shared, "nm.pop")}))}
    given = defaultdict(dict)
    for county, year, people, age, sex in rows(shared, "nm.pop"):
        given[groups[age, sex], number[county]][1900 + int(year)] = float(people)
    population = np.zeros((len(groups), len(areas), len(years)))
    for (group, area), known in given.items():
        held = sorted(known)
        population[group, area] = np.interp(years, held, [known[year] for year in held])
    cases = np.zeros(population.shape, int)
    for county, count, year, age, sex in rows(shared, "nm.cas"):
        cases[groups[age, sex], number[county], int(year) - 1973] += int(count)
    world = ScanCounts(
        areas, position, [str(year) for year in years],
        np.array([366.0 if year % 4 == 0 else 365.0 for year in years]), cases.sum(axis=0), degrees=True,
        population=population.sum(axis=0), strata_cases=cases, strata_population=population,
    )  # fmt: skip
    answer = scan(world, Question(model=Model.POISSON, max_periods=9, replications=999))
    best = answer.clusters[0]
    assert areas[best.centre] == "Torrance"
    assert (len(best.areas), years[best.start], years[best.end]) == (9, 1985, 1989)
    assert best.observed == 236
    assert best.expected == pytest.approx(176.22, abs=0.01)
    assert best.relative_risk == pytest.approx(1.42, abs=0.005)
    assert best.llr == pytest.approx(10.979758, rel=2e-4)
    assert best.radius_km == pytest.approx(125.6, abs=0.1)
    assert best.p == pytest.approx(0.014, abs=0.012)


def test_new_york(shared):
    """Prospective permutation, by day."""
    areas, position = places(shared, "NYCfever.geo")
    number = {each: i for i, each in enumerate(areas)}
    cases = np.zeros((len(areas), 24), int)
    for area, count, day in rows(shared, "NYCfever.cas"):
        cases[number[area], int(day.split("/")[2]) - 1] += int(count)
    world = ScanCounts(areas, position, [str(t + 1) for t in range(24)], np.ones(24), cases, degrees=True)
    best = scan(world, Question(shape=Shape.PROSPECTIVE, max_periods=7)).clusters[0]
    assert areas[best.centre] == "11418"
    assert (len(best.areas), best.start + 1, best.end + 1) == (9, 22, 24)
    assert best.observed == 4
    assert best.expected == pytest.approx(0.67, abs=0.01)
    assert best.relative_risk == pytest.approx(5.97, abs=0.01)
    assert best.llr == pytest.approx(3.845418, abs=1e-5)
    assert best.radius_km == pytest.approx(2.90, abs=0.01)


def test_north_humberside(shared):
    """Purely spatial Bernoulli."""
    areas, position = places(shared, "NHumberside.geo")
    number = {each: i for i, each in enumerate(areas)}
    cases, controls = (np.zeros((len(areas), 1), int) for _ in range(2))
    for name, into in (("NHumberside.cas", cases), ("NHumberside.ctl", controls)):
        for area, count in rows(shared, name):
            into[number[area], 0] += int(count)
    world = ScanCounts(areas, position * 100, ["all"], np.ones(1), cases, controls=controls)
    best = scan(world, Question(model=Model.BERNOULLI, shape=Shape.SPATIAL)).clusters[0]
    assert {areas[each] for each in best.areas} == {"170", "173", "172", "169"}
    assert best.observed == 4
    assert best.expected == pytest.approx(1.22, abs=0.01)
    assert best.relative_risk == pytest.approx(3.43, abs=0.01)
    assert best.llr == pytest.approx(4.836516, abs=1e-5)
