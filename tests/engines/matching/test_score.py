"""The score: its shape, its floors, its bands."""

import numpy as np
import pytest

from joinedup.engines.matching import WEIGHTS, Weights, band
from joinedup.engines.matching.score import COMPONENTS, REASONS, cell_urgency, deadline_urgency, gap, scores

EVEN = dict.fromkeys(("gap", "fit", "effect", "urgency", "newness"), 0.5)


def one(weights: Weights = WEIGHTS, **parts: float) -> float:
    return float(scores({name: np.array([v]) for name, v in {**EVEN, **parts}.items()}, weights)[0])


def test_it_is_a_weighted_geometric_mean() -> None:
    assert one() == pytest.approx(50)
    assert one(gap=0.25) == pytest.approx(100 * 0.25**0.35 * 0.5**0.65)


def test_only_gap_and_fit_may_bring_it_to_nothing() -> None:
    assert one(gap=0) == one(fit=0) == 0
    assert one(effect=0) == one(effect=0.2) > 0
    assert one(urgency=0) == one(urgency=0.2) > 0
    assert one(newness=0) == one(newness=0.1) > 0


def test_weights_may_be_changed_but_not_to_nonsense() -> None:
    assert one(Weights(1, 0, 0, 0, 0), gap=0.3) == pytest.approx(30)
    with pytest.raises(ValueError, match="negative"):
        one(Weights(-1))
    for unusable in (
        Weights(0, 0, 0, 0, 0),
        Weights(float("nan")),
        Weights(float("inf")),
        Weights(1e308, 1e308),
    ):
        with pytest.raises(ValueError, match="above 0"):
            one(unusable)
        with pytest.raises(ValueError, match="above 0"):
            unusable.shares()


def test_shares_are_of_the_whole_and_each_weight_has_its_reason() -> None:
    assert Weights(2, 1, 1, 0, 0).shares() == {
        "gap": 0.5,
        "fit": 0.25,
        "effect": 0.25,
        "urgency": 0.0,
        "newness": 0.0,
    }
    assert list(REASONS) == list(WEIGHTS.shares()) == list(COMPONENTS)
    assert all(reason.endswith(".") for reason in REASONS.values())


def test_the_gap_grows_with_need_and_people_and_no_people_is_no_gap() -> None:
    assert gap(0.8, np.array([0.0, 20.0, 1e9])).tolist() == pytest.approx([0, 0.4, 0.8])
    assert gap(0.8, np.array([1.0])).tolist() == pytest.approx([0.08])


def test_urgency_of_deadlines_trends_and_clusters() -> None:
    assert deadline_urgency(np.array([0, 14, 97, 180, 400, np.nan])).tolist() == [1, 1, 0.5, 0.2, 0.2, 0.2]
    trend = np.array([np.nan, 0, 1, -1, 0, 1])
    cluster = np.array([False, False, False, False, True, True])
    assert cell_urgency(trend, cluster).tolist() == [0.5, 0.5, 1.0, 0.2, 0.9, 1.0]


@pytest.mark.parametrize(
    ("score", "words"), [(70, "strong"), (69.9, "fair"), (50, "fair"), (49.9, "worth a look")]
)
def test_bands(score: float, words: str) -> None:
    assert band(score) == words
