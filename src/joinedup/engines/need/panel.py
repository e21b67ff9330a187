"""The figures of a set of places as a matrix, each standardised within the set. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from joinedup.engines.need.fit import Layout
from joinedup.engines.need.spread import between, middle
from joinedup.late_imports import polars as pl

Floats = NDArray[np.float64]

# The share of a set's places that must have a figure for it to be compared.
NEARLY_ALL = 0.8
# Families of figures that correlate above this say the same twice.
SAME = 0.8
LEAST_PAIRS = 12
# No figure counts as further than this from what pressure explains, in spreads.
FAR = 3.5


@dataclass(frozen=True)
class Scale:
    """The middle of an indicator's y, and tau (0: the places cannot be told apart on it)."""

    middle: float
    tau: float
    places: int


@dataclass(frozen=True)
class Panel:
    """Places by indicators. `z` standardised, `chance` its sampling variance (0 of scores, NaN where it has none)."""

    places: list[str]
    indicators: list[str]
    z: Floats
    chance: Floats
    known: NDArray[np.bool_]
    scales: list[Scale]

    @property
    def fitted(self) -> list[int]:
        """Columns that the model may be fitted to: places can be told apart, and chance is known."""
        return [
            at
            for at, scale in enumerate(self.scales)
            if scale.tau > 0 and not np.isnan(self.chance[:, at]).all()
        ]


def of_one_kind(figures: pl.DataFrame) -> pl.DataFrame:
    """Of each indicator the figures of one source and period: those that most of these places have."""
    kind = ["indicator", "source", "start", "period"]
    usual = (
        figures.group_by(kind)
        .len()
        .sort("len", *kind, descending=[True, False, False, True, True], nulls_last=True)
        .unique("indicator", keep="first", maintain_order=True)
    )
    return figures.join(usual.select(kind), on=kind, how="semi", nulls_equal=True)


def panel(
    figures: pl.DataFrame,
    places: Sequence[str],
    scores: frozenset[str],
    known: Mapping[str, Scale] | None = None,
) -> Panel:
    """The matrix of `places`. `figures`: place, indicator, source, start, period, y (signed, more is more need), v.

    `known`: the scales of a wider set, whose spread is used with the middle of this one, and without which an indicator
    has the spread of this one. Indicators that fewer than four fifths of the places have are left out.
    """
    own = of_one_kind(figures.filter(pl.col("place").is_in(list(places)), pl.col("y").is_finite()))
    often = own.group_by("indicator").len().filter(pl.col("len") >= NEARLY_ALL * len(places))
    indicators = sorted(often["indicator"])
    row = {place: at for at, place in enumerate(places)}
    column = {indicator: at for at, indicator in enumerate(indicators)}
    y = np.full((len(places), len(indicators)), np.nan)
    v = np.full_like(y, np.nan)
    for place, indicator, one, chance in own.select("place", "indicator", "y", "v").iter_rows():
        if indicator in column:
            y[row[place], column[indicator]] = one
            v[row[place], column[indicator]] = np.nan if chance is None else chance
    scales = []
    for at, indicator in enumerate(indicators):
        if indicator in scores:
            v[:, at] = np.where(np.isnan(y[:, at]), np.nan, 0.0)
        wider = known.get(indicator) if known is not None else None
        tau = wider.tau if wider else float(np.sqrt(between(y[:, at], v[:, at])))
        scales.append(Scale(middle(y[:, at]), tau, int((~np.isnan(y[:, at])).sum())))
    middles, taus = np.array([each.middle for each in scales]), np.array([each.tau for each in scales])
    safe = np.where(taus > 0, taus, np.nan)
    return Panel(list(places), indicators, (y - middles) / safe, v / safe**2, ~np.isnan(y), scales)


def layout_of(
    held: Panel, columns: Sequence[int], families: Mapping[str, str], records: Mapping[str, str]
) -> tuple[Layout, list[str]]:
    """The families of these columns, and their names: as stated, and put together where one keeper's correlate above
    `SAME`, every figure of the one with every figure of the other. (Figures of two keepers that go together are what
    general pressure is.)"""
    own: dict[tuple[str, str], list[int]] = {}
    for at in columns:
        name = held.indicators[at]
        own.setdefault((records[name], families[name]), []).append(at)
    while True:
        pairs = [
            (least, one, other)
            for one in own
            for other in own
            if one < other and one[0] == other[0]
            if (least := min(_correlation(held.z[:, a], held.z[:, b]) for a in own[one] for b in own[other]))
            > SAME
        ]
        if not pairs:
            break
        _, one, other = max(pairs)
        own[one] += own.pop(other)
    family = {at: key for key, each in own.items() for at in each}
    names = [f"{family[at][0]}: {family[at][1]}" for at in columns]
    return Layout.of(names, [family[at][0] for at in columns]), sorted(set(names))


def _correlation(one: Floats, other: Floats) -> float:
    both = ~np.isnan(one) & ~np.isnan(other)
    if both.sum() < LEAST_PAIRS:
        return 0.0
    a, b = np.clip(one[both], -FAR, FAR), np.clip(other[both], -FAR, FAR)
    return float(np.corrcoef(a, b)[0, 1]) if a.std() > 0 and b.std() > 0 else 0.0
