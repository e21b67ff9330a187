"""The fit and what follows from it, against matrices and a general optimiser."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from joinedup.engines.need import fit as model
from joinedup.engines.need.fit import Layout, Parameters, fit, pressure, sums, unseen
from joinedup.engines.need.posterior import interval, line, normal, quantiles

LAYOUT = Layout.of(["a", "a", "b", "c", "d"], ["p", "p", "p", "q", "q"])


def parts(found: Parameters, chance: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The covariance of the figures of one place, and theirs with P and with the families' G + S."""
    b, f = found.slope[0], LAYOUT.family
    keeper = LAYOUT.records[f]
    shared = found.shared[0] * (keeper[:, None] == keeper[None]) * LAYOUT.has_shared[keeper]
    families = np.diag(found.family[0])[f][:, f]
    whole = np.outer(b, b) + shared + families + np.diag(found.own[0][f] + chance)
    to_families = (
        found.shared[0] * (keeper[:, None] == LAYOUT.records[None]) * LAYOUT.has_shared[LAYOUT.records]
    )
    return whole, b, to_families + np.eye(len(LAYOUT.records))[f] * found.family[0]


def drawn(seed: int, n: int, missing: float = 0.0) -> tuple[np.ndarray, np.ndarray, Parameters]:
    rng = np.random.default_rng(seed)
    found = Parameters(
        rng.uniform(0.3, 1.0, (1, 5)),
        np.array([0.2]),
        rng.uniform(0.1, 0.4, (1, 4)),
        rng.uniform(0.1, 0.3, (1, 4)),
    )
    chance = rng.uniform(0.02, 0.2, (n, 5))
    z = np.array([rng.multivariate_normal(np.zeros(5), parts(found, row)[0]) for row in chance])
    z[rng.random(z.shape) < missing] = np.nan
    return z, np.where(np.isnan(z), np.nan, chance), found


@given(st.integers(0, 50), st.sampled_from([0.0, 0.3]))
@settings(max_examples=15)
def test_what_is_known_of_a_place_is_as_matrices_have_it(seed: int, missing: float) -> None:
    z, chance, found = drawn(seed, 3, missing)
    told = sums(z, chance, LAYOUT, found, np.ones((1, 3, 4)))
    mean, var = pressure(told)
    share = np.tile([0.5, 0.0, 0.25, 0.25], (3, 1))
    at, by, left = line(told, LAYOUT, share)
    for place in range(3):
        known = ~np.isnan(z[place])
        whole, with_p, with_families = parts(found, np.where(known, chance[place], 1.0))
        inverse = np.linalg.inv(whole[np.ix_(known, known)])
        own, p = z[place][known], with_p[known]
        assert mean[0, place] == pytest.approx(p @ inverse @ own)
        assert var[0, place] == pytest.approx(1 - p @ inverse @ p)
        d = with_families[known] @ share[place]
        prior = share[place] @ (
            np.diag(found.family[0])
            + found.shared[0] * (LAYOUT.records[:, None] == LAYOUT.records[None]) * LAYOUT.has_shared[LAYOUT.records]
        ) @ share[place]  # fmt: skip
        assert at[0, place] - by[0, place] * mean[0, place] == pytest.approx(d @ inverse @ own)
        spread = left[0, place] + by[0, place] ** 2 * var[0, place]
        assert spread == pytest.approx(prior - d @ inverse @ d)


def test_without_the_pull_to_what_is_usual_it_is_maximum_likelihood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "USUAL_VARIANCE", 0.0)
    monkeypatch.setattr(model, "USUAL_SLOPE", 0.0)
    monkeypatch.setattr(model, "RARE", 1e-12)
    monkeypatch.setattr(model, "CLOSE", 1e-9)
    z, chance, _ = drawn(1, 40)
    ours = fit(z, chance, LAYOUT, np.ones((1, 40)), steps=2500)

    def unlikely(at: np.ndarray) -> float:
        tried = Parameters(at[None, :5], np.exp(at[5:6]), np.exp(at[None, 6:10]), np.exp(at[None, 10:]))
        whole = np.stack([parts(tried, own)[0] for own in chance])
        square = np.einsum("pi,pi->", z, np.linalg.solve(whole, z[..., None])[..., 0])
        return float(square + np.linalg.slogdet(whole)[1].sum()) / 2

    def as_one(found: Parameters) -> np.ndarray:
        return np.concatenate(
            [found.slope[0], np.log(found.shared), np.log(found.family[0]), np.log(found.own[0])]
        )

    limits = [(0, None)] * 5 + [(np.log(model.LEAST_VARIANCE), None)] * 9
    best = minimize(unlikely, np.concatenate([np.full(5, 0.7), np.full(9, -1.4)]), bounds=limits)
    assert unlikely(as_one(ours)) == pytest.approx(best.fun, abs=0.05)
    assert ours.slope[0] == pytest.approx(best.x[:5], abs=0.05)


def test_fits_side_by_side_are_as_one_by_one() -> None:
    z, chance, _ = drawn(2, 25, 0.1)
    weights = np.stack([np.ones(25), np.arange(25) % 3])
    both = fit(z, chance, LAYOUT, weights, steps=20)
    for row in range(2):
        alone = fit(z, chance, LAYOUT, weights[row : row + 1], steps=20)
        assert both.slope[row] == pytest.approx(alone.slope[0], abs=1e-4)
        assert both.family[row] == pytest.approx(alone.family[0], abs=1e-4)
    # A place that counts twice is a place that is there twice.
    doubled = fit(
        np.concatenate([z, z]), np.concatenate([chance, chance]), LAYOUT, np.ones((1, 50)), steps=20
    )
    assert doubled.slope == pytest.approx(fit(z, chance, LAYOUT, np.full((1, 25), 2.0), steps=20).slope)


def test_a_peak_far_out_is_of_the_wide_kind_and_moves_neither_pressure_nor_its_family() -> None:
    z, chance, found = drawn(3, 40)
    calm = unseen(z, chance, LAYOUT, found, np.ones((1, 40, 4)))
    z[7, :2] += 3.0
    firm = np.ones((1, 40, 4))
    wide = model.apart(unseen(z, chance, LAYOUT, found, firm), found, firm)
    assert wide[0, 7, 0] > 0.9
    assert np.delete(wide[0], 7, axis=0).max() < 0.5
    held = model.hold(wide, found)
    seen = unseen(z, chance, LAYOUT, found, held)
    stiff = unseen(z, chance, LAYOUT, found, firm)
    moved = abs(seen.mean[0, 7, 0] - calm.mean[0, 7, 0])
    assert moved < abs(stiff.mean[0, 7, 0] - calm.mean[0, 7, 0]) / 2


def test_normal_and_its_quantiles() -> None:
    assert normal(np.array([-1.959964, 0.0, 1.644854])) == pytest.approx([0.025, 0.5, 0.95], abs=1e-6)
    assert quantiles(np.array([0.025, 0.5])) == pytest.approx([-1.959964, 0.0], abs=1e-6)
    mean, lower, upper = interval(np.zeros((4, 1)), np.ones((4, 1)))
    assert (mean[0], lower[0], upper[0]) == pytest.approx((0.0, -1.96, 1.96), abs=0.01)
