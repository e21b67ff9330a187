"""Components in 0 to 1, and how they make one score of 0 to 100."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
import polars as pl

from joinedup.engines.certainty import LEAST_CERTAINTY as LEAST_CERTAINTY

COMPONENTS = ("gap", "fit", "effect", "urgency", "newness")


@dataclass(frozen=True)
class Weights:
    """How much each component counts, from 0 on. They need not add up to 1. A coordinator may change them.

    The reason for each is in `REASONS`.
    """

    gap: float = 0.35
    fit: float = 0.25
    effect: float = 0.15
    urgency: float = 0.10
    newness: float = 0.15

    def are_usable(self) -> bool:
        """None is negative or no number, and one counts."""
        values = astuple(self)
        return all(value >= 0 for value in values) and 0 < sum(values) < math.inf

    def shares(self) -> dict[str, float]:
        """What each is of the whole, 0 to 1. Raises `ValueError` where they cannot be used."""
        if not self.are_usable():
            raise ValueError("Weights must not be negative, and one must be above 0.")
        total = sum(astuple(self))
        return {name: getattr(self, name) / total for name in COMPONENTS}


WEIGHTS = Weights()
# Why each counts as much as it does where nobody weighs otherwise.
REASONS = {
    "gap": "The reason to meet at all: need is high, and little action on it is recorded.",
    "fit": "Without the right partners nothing follows.",
    "effect": "Better evidence helps, but most local action has none yet.",
    "urgency": "A date orders the queue; it must not make a weak reason strong.",
    "newness": "Partners who already work together need an introduction least.",
}

# Unknown is neither good nor bad: half way.
NEUTRAL = 0.5
# Little evidence, no hurry and an existing link make an opportunity weaker, never impossible.
EFFECT_FLOOR, URGENCY_FLOOR, NEWNESS_FLOOR = 0.2, 0.2, 0.1
# Fit where nobody of a sector that is needed is recorded: the coordinator acts, and it is harder.
FIT_NO_PARTNER = 0.3
# A record not confirmed for a year has often changed.
STALE_FACTOR, STALE_DAYS = 0.8, 365
# A programme may have closed unnoticed when nobody looked for three months.
UNCHECKED_DAYS = 92
# The number of people at which size is half of what it can count: towns must not bury villages. Residents times a
# guess: it orders the list, and is never printed.
PEOPLE_HALF, PEOPLE_FLOOR = 20.0, 0.1
# Where two already work, the overlap is worth settling even if the need is met.
SHARED_NEED = 0.5
# A deadline within a fortnight is as urgent as can be; half a year away it is no reason to hurry.
DEADLINE_NEAR, DEADLINE_FAR = 14, 180
CLUSTER_URGENCY = 0.9
# Lower than the lowest score of a cell that is in unmet need by its rule, so no such cell is lost.
THRESHOLD = 10.0
# So that of what a partnership keeps about a third is strong: a word that fits everything says nothing.
BANDS = ((70.0, "strong"), (50.0, "fair"))


def band(score: float) -> str:
    """The words shown instead of the number: strong, fair, worth a look."""
    return next((word for least, word in BANDS if score >= least), "worth a look")


def gap(unmet: Any, people: Any) -> Any:
    """Need left (0 to 1) times how many people live with it, the latter saturating at many. For the order of the list
    only: neither is said, since both rest on guesses."""
    size = np.maximum(people / (people + PEOPLE_HALF), PEOPLE_FLOOR)
    return np.where(people > 0, unmet * size, 0.0)


def deadline_urgency(days: Any) -> Any:
    """1 within a fortnight, falling to the floor at half a year; `days` is NaN where there is no deadline."""
    left = 1.0 - (days - DEADLINE_NEAR) / (DEADLINE_FAR - DEADLINE_NEAR)
    return np.where(np.isnan(days), URGENCY_FLOOR, np.clip(left, URGENCY_FLOOR, 1.0))


def cell_urgency(trend: Any, cluster: Any) -> Any:
    """From the trend (-1 falling to 1 rising, NaN unknown) and whether a cluster is active."""
    by_trend = np.where(np.isnan(trend), NEUTRAL, NEUTRAL + NEUTRAL * np.nan_to_num(trend))
    return np.clip(np.where(cluster, np.maximum(by_trend, CLUSTER_URGENCY), by_trend), URGENCY_FLOOR, 1.0)


def scores(parts: dict[str, Any], weights: Weights) -> Any:
    """0 to 100: the weighted geometric mean, so that a weak part is not simply bought back by a strong one."""
    floors = {"effect": EFFECT_FLOOR, "urgency": URGENCY_FLOOR, "newness": NEWNESS_FLOOR}
    total = sum(astuple(weights))
    if not weights.are_usable():
        raise ValueError("Weights must not be negative, and one must be above 0.")
    logs: Any = 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        for name in COMPONENTS:
            weight = getattr(weights, name)
            if weight:
                logs = logs + weight / total * np.log(np.clip(parts[name], floors.get(name, 0.0), 1.0))
        return 100.0 * np.exp(logs)


def with_scores(frame: pl.DataFrame, weights: Weights) -> pl.DataFrame:
    """Adds `score` to a frame of candidates that has the five components as columns."""
    return frame.with_columns(
        pl.Series("score", scores({n: frame[n].to_numpy() for n in COMPONENTS}, weights), dtype=pl.Float64)
    )
