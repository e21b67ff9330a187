"""What the reference program reports for its own sample sets: members, period, observed, expected, ratio, p.

A p of n replications is a share among n, with a standard error of sqrt(p (1 - p) / n): two such, of n and of m, lie
within three times sqrt(p (1 - p) (1 / n + 1 / m)) of each other, but for one in 370. With 1,999 here and 9,999 there
that is 0.03 for New York and 0.035 for North Humberside. `bench/scan_p_values.py` makes 9,999.
"""

import math
from dataclasses import replace

import pytest

from joinedup.engines.scan import scan
from tests.yardsticks import HIGHER, new_mexico, new_york, north_humberside, ranks

MADE, MADE_THERE = 1_999, 9_999


def answered(yardstick):
    return scan(yardstick.world, replace(yardstick.question, replications=MADE))


def within(p, made, made_there):
    return 3 * math.sqrt(p * (1 - p) * (1 / made + 1 / made_there))


def agree(yardstick, answer):
    """The ranks are those of 9,999; and the published p is one of those that ending early gives: 50 / n has a standard
    error of p sqrt((1 - p) / 50), an eighth of p or so."""
    for mine, there in zip(ranks(answer), yardstick.ranks, strict=True):
        assert abs(mine - there) < within(there, MADE, MADE_THERE)
    assert answer.clusters[0].p == ranks(answer)[0]
    strict = ranks(answer)[1]
    assert abs(strict - yardstick.published) < 2 * strict * math.sqrt((1 - strict) / HIGHER)


def test_new_mexico(shared):
    """Retrospective Poisson, adjusted for age and sex. Without the reference's interpolation of populations between
    the years given, which moves the ratio in the sixth figure."""
    yardstick = new_mexico(shared)
    answer = answered(yardstick)
    best, years = answer.clusters[0], yardstick.world.periods
    assert yardstick.areas[best.centre] == "Torrance"
    assert (len(best.areas), years[best.start], years[best.end]) == (9, "1985", "1989")
    assert best.observed == 236
    assert best.expected == pytest.approx(176.22, abs=0.01)
    assert best.relative_risk == pytest.approx(1.42, abs=0.005)
    assert best.llr == pytest.approx(10.979758, rel=2e-4)
    assert best.radius_km == pytest.approx(125.6, abs=0.1)
    assert abs(best.p - yardstick.published) < within(yardstick.published, MADE, 999)


def test_new_york(shared):
    """Prospective permutation, by day."""
    yardstick = new_york(shared)
    answer = answered(yardstick)
    best = answer.clusters[0]
    assert yardstick.areas[best.centre] == "11418"
    assert (len(best.areas), best.start + 1, best.end + 1) == (9, 22, 24)
    assert best.observed == 4
    assert best.expected == pytest.approx(0.67, abs=0.01)
    assert best.relative_risk == pytest.approx(5.97, abs=0.01)
    assert best.llr == pytest.approx(3.845418, abs=1e-5)
    assert best.radius_km == pytest.approx(2.90, abs=0.01)
    agree(yardstick, answer)


def test_new_york_without_the_limit_of_3_km_is_another_question(shared):
    """The same cluster, among more circles: chance has more to show."""
    yardstick = new_york(shared)
    wide = replace(yardstick, question=replace(yardstick.question, max_km=None))
    answer = answered(wide)
    assert answer.clusters[0].llr == pytest.approx(3.845418, abs=1e-5)
    assert answer.clusters[0].p > yardstick.ranks[0] + within(yardstick.ranks[0], MADE, MADE_THERE)


def test_north_humberside(shared):
    """Purely spatial Bernoulli."""
    yardstick = north_humberside(shared)
    answer = answered(yardstick)
    best = answer.clusters[0]
    assert {yardstick.areas[each] for each in best.areas} == {"170", "173", "172", "169"}
    assert best.observed == 4
    assert best.expected == pytest.approx(1.22, abs=0.01)
    assert best.relative_risk == pytest.approx(3.43, abs=0.01)
    assert best.llr == pytest.approx(4.836516, abs=1e-5)
    agree(yardstick, answer)
