"""The model of a set of places: fitted to it, and to places drawn from it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from joinedup.engines.need.fit import Layout, Parameters, again, fit, reined
from joinedup.engines.need.panel import FAR, Panel, Scale, layout_of

Floats = NDArray[np.float64]
About = Mapping[str, Mapping[str, object]]

# How often a set is fitted again to places drawn from it; of many places the parameters are known well.
FITS, FITS_OF_MANY, MANY = 50, 10, 200
LEAST_FAMILIES, LEAST_RECORDS = 3, 2


@dataclass(frozen=True)
class Model:
    """A fit of a set, and the same of fifty sets of places drawn from it."""

    indicators: list[str]
    layout: Layout
    families: list[str]
    main: Parameters
    every: Parameters
    scales: Mapping[str, Scale]


def modelled(held: Panel, about: Mapping[str, Mapping[str, object]], seed: int) -> Model | None:
    """The model of a set; None where it has too few families, or all by one keeper of records."""
    columns = held.fitted
    family = {name: str(row["family"]) for name, row in about.items()}
    records = {name: str(row["records"]) for name, row in about.items()}
    layout, families = layout_of(held, columns, family, records) if columns else (None, [])
    if layout is None or len(families) < LEAST_FAMILIES or len(set(layout.records)) < LEAST_RECORDS:
        return None
    chance = held.chance[:, columns]
    far = np.where(np.isnan(chance), np.nan, held.z[:, columns])
    # A place of which little is known says little of how figures go together.
    rows = (~np.isnan(far)).sum(axis=1) >= far.shape[1] / 2
    far, chance = far[rows], chance[rows]
    one = np.ones((1, len(far)))
    main = fit(np.clip(far, -FAR, FAR), chance, layout, one)
    z = reined(far, chance, layout, main, FAR)
    main = fit(z, chance, layout, one, start=main)
    every = again(z, chance, layout, main, FITS if len(z) <= MANY else FITS_OF_MANY, seed)
    names = [held.indicators[at] for at in columns]
    return Model(names, layout, families, main, every, dict(zip(held.indicators, held.scales, strict=True)))


def fitted(own: Panel, model: Model) -> tuple[Floats, Floats]:
    """The panel in the columns of the model; NaN where it has none."""
    z = np.full((len(own.places), len(model.indicators)), np.nan)
    chance = np.full_like(z, np.nan)
    for at, indicator in enumerate(model.indicators):
        if indicator in own.indicators:
            here = own.indicators.index(indicator)
            chance[:, at] = own.chance[:, here]
            z[:, at] = np.where(np.isnan(chance[:, at]), np.nan, own.z[:, here])
    return reined(z, chance, model.layout, model.main, FAR), chance


def scores(about: Mapping[str, Mapping[str, object]]) -> frozenset[str]:
    return frozenset(name for name, row in about.items() if row["context"])
