"""Places that are like each other, by what their profiles say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from joinedup.engines.matching.numbering import number
from joinedup.engines.matching.tree import Floats, Ints, Tree

NEIGHBOURS = 8
# Places further apart than this, in standard deviations a measure, are not called similar.
FURTHEST = 1.0
CHUNK = 1000


@dataclass(frozen=True)
class Neighbours:
    """Row by row: a place (`here`), one of its most similar places of the same kind (`there`), and their likeness,
    1/(1 + root mean square difference in standard deviations). `described`: the places that have a profile."""

    here: Ints
    there: Ints
    alike: Floats
    described: Ints
    at: Ints  # for every place the nearest that has a profile: itself or around it; -1 for none


def neighbours(frame: pl.DataFrame | None, tree: Tree, place_of: dict[str, int]) -> Neighbours:
    """For each place with a full profile its most similar places of the same kind.

    Nearest neighbours on standardised measures, as in the statistical neighbours used for children's services.
    """
    none = np.zeros(0, dtype=np.int64)
    nobody = Neighbours(none, none, np.zeros(0), none, np.full(tree.size, -1, dtype=np.int64))
    measures = (
        [c for c, kind in frame.schema.items() if c != "place" and kind.is_numeric()]
        if frame is not None
        else []
    )
    if frame is None or not measures:
        return nobody
    value = frame.select(pl.col(measures).cast(pl.Float64)).to_numpy()
    place = number(frame["place"], place_of)
    whole = np.isfinite(value).all(axis=1) & (place >= 0)
    value, place = value[whole], place[whole]
    if not len(place):
        return nobody
    order = np.argsort(place)
    value, place = value[order], place[order]
    kinds = np.array([tree.kinds[p] for p in place])
    found = [_of_kind(value[kinds == kind], place[kinds == kind]) for kind in np.unique(kinds)]
    here, there, alike = (np.concatenate(each) for each in zip(*found, strict=True))
    return Neighbours(here, there, alike, place, _described(tree, place))


def _described(tree: Tree, described: Ints) -> Ints:
    has = np.zeros(tree.size, dtype=bool)
    has[described] = True
    at = np.arange(tree.size)
    for _ in range(int(tree.depth.max(initial=0)) + 1):
        lost = (at >= 0) & ~has[at]
        at = np.where(lost, tree.parent[at], at)
    return np.where((at >= 0) & has[at], at, -1)


def _of_kind(value: Floats, place: Ints) -> tuple[Ints, Ints, Floats]:
    spread = value.std(axis=0)
    value = (value - value.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    here, there, alike = [], [], []
    for start in range(0, len(place), CHUNK):
        some = value[start : start + CHUNK]
        apart = np.sqrt(np.mean((some[:, None, :] - value[None, :, :]) ** 2, axis=2))
        apart[np.arange(len(some)), start + np.arange(len(some))] = np.inf
        nearest = np.argsort(apart, axis=1, kind="stable")[:, :NEIGHBOURS]
        distance = np.take_along_axis(apart, nearest, axis=1)
        row, column = np.nonzero(distance <= FURTHEST)
        here.append(place[start + row])
        there.append(place[nearest[row, column]])
        alike.append(1.0 / (1.0 + distance[row, column]))
    return np.concatenate(here), np.concatenate(there), np.concatenate(alike)
