"""Where a place stands on a theme's figures, and how much each of its families weighs. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from joinedup.engines.need.model import LEAST_FAMILIES, Model
from joinedup.engines.need.panel import Panel

Floats = NDArray[np.float64]


def position(
    own: Panel,
    order: NDArray[np.intp],
    columns: list[int],
    weights: Floats,
    model: Model | None,
    about: Mapping[str, Mapping[str, object]],
) -> tuple[Floats, Floats, Floats]:
    """Where each place stands on these figures, in spreads above the middle: mean, variance, and the spread of all
    places.

    Each figure is drawn to the middle as far as chance may explain it. The families weigh as their weightiest figure;
    inside a family its figures share that weight.
    """
    z, chance = own.z[order][:, columns], own.chance[order][:, columns]
    known = ~np.isnan(z) & ~np.isnan(chance)
    names = [own.indicators[at] for at in columns]
    w = _by_family(known, weights, [str(about[name]["family"]) for name in names])
    sigma = _between(names, model)
    prior = np.diag(sigma)
    z, chance = np.where(known, z, 0.0), np.where(known, chance, 0.0)
    mean = np.sum(w * z * prior / (prior + chance), axis=1)
    spread = np.sqrt(np.einsum("pi,ij,pj->p", w, sigma, w))
    places = min(own.scales[at].places for at in columns)
    # The middle is a median, known only so well (pi / 2n of the variance).
    var = np.sum(w * w * prior * chance / (prior + chance), axis=1) + np.pi / 2 / places * spread**2
    return (
        np.where(known.any(axis=1), mean, np.nan),
        np.where(var > 0, var, 1.0),
        np.where(spread > 0, spread, 1.0),
    )


def _by_family(known: NDArray[np.bool_], weights: Floats, families: Sequence[str]) -> Floats:
    """Weights of the figures known in each place, adding up to 1."""
    w = known * weights
    shared = np.zeros_like(w)
    for family in sorted(set(families)):
        own = np.array([each == family for each in families])
        total = w[:, own].sum(axis=1, keepdims=True)
        most = w[:, own].max(axis=1, keepdims=True)
        shared[:, own] = np.divide(w[:, own] * most, total, out=np.zeros_like(w[:, own]), where=total > 0)
    total = shared.sum(axis=1, keepdims=True)
    return np.divide(shared, total, out=np.zeros_like(shared), where=total > 0)


def _between(names: Sequence[str], model: Model | None) -> Floats:
    """The covariance between places of these figures, as fitted; without a fit all are taken to move together."""
    known = [model is not None and name in model.indicators for name in names]
    sigma = np.ones((len(names), len(names)))
    if model is None or not any(known):
        return sigma
    main, layout = model.main, model.layout
    at = [
        model.indicators.index(name) if is_known else -1 for name, is_known in zip(names, known, strict=True)
    ]
    for i, a in enumerate(at):
        for j, b in enumerate(at):
            if a < 0 or b < 0:
                continue
            f, g = layout.family[a], layout.family[b]
            shared = (
                main.shared[0]
                * layout.has_shared[layout.records[f]]
                * (layout.records[f] == layout.records[g])
            )
            sigma[i, j] = (
                main.slope[0, a] * main.slope[0, b]
                + shared
                + (main.family[0, f] if f == g else 0)
                + (main.own[0, f] if a == b else 0)
            )
    return sigma


def shares(
    columns: list[int],
    weights: Floats,
    own: Panel,
    model: Model,
    seen: NDArray[np.bool_],
    context: frozenset[str],
) -> tuple[Floats, NDArray[np.bool_]]:
    """The weight of each family of the model for a theme, by place of the panel; and where d can be said: some family
    of it is known, and two others, one of them by another keeper of records and more than context (wards have no
    such, and rates by the residents of a ward say as much about who comes there)."""
    layout = model.layout
    share = np.zeros((len(own.places), len(layout.records)))
    for at, weight in zip(columns, weights, strict=True):
        if own.indicators[at] in model.indicators:
            family = layout.family[model.indicators.index(own.indicators[at])]
            share[:, family] = np.maximum(share[:, family], seen[:, at] * weight)
    total = share.sum(axis=1, keepdims=True)
    share = np.divide(share, total, out=np.zeros_like(share), where=total > 0)
    known = np.zeros_like(share, dtype=bool)
    for at, indicator in enumerate(model.indicators):
        if indicator in own.indicators and indicator not in context:
            known[:, layout.family[at]] |= seen[:, own.indicators.index(indicator)]
    mine = share > 0
    others = known & ~mine
    keepers = (mine @ layout.to_records) > 0
    elsewhere = others & ~keepers[:, layout.records]
    return share, mine.any(axis=1) & (others.sum(axis=1) >= LEAST_FAMILIES - 1) & elsewhere.any(axis=1)
