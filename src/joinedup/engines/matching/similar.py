"""Places that are like each other, by what their profiles say."""

from __future__ import annotations

import numpy as np
import polars as pl

from joinedup.engines.matching.numbering import number
from joinedup.engines.matching.tree import Floats, Ints
from joinedup.engines.matching.world import World

NEIGHBOURS = 8
# Places further apart than this, in standard deviations a measure, are not called similar.
FURTHEST = 1.0
CHUNK = 1000


def neighbours(world: World) -> tuple[Ints, Ints, Floats, Ints]:
    """For each place with a full profile its most similar places of the same kind.

    Returns (place, similar place, likeness) row by row, and the places that have a profile. Likeness is
    1/(1 + root mean square difference in standard deviations).
    Nearest neighbours on standardised measures, as in the statistical neighbours used for children's services.
    """
    frame = world.tables.profiles
    none = np.zeros(0, dtype=np.int64)
    measures = (
        [c for c, kind in frame.schema.items() if c != "place" and kind.is_numeric()]
        if frame is not None
        else []
    )
    if frame is None or not measures:
        return none, none, np.zeros(0), none
    value = frame.select(pl.col(measures).cast(pl.Float64)).to_numpy()
    place = number(frame["place"], {code: i for i, code in enumerate(world.tree.codes)})
    whole = np.isfinite(value).all(axis=1) & (place >= 0)
    value, place = value[whole], place[whole]
    if not len(place):
        return none, none, np.zeros(0), none
    order = np.argsort(place)
    value, place = value[order], place[order]
    kinds = np.array([world.tree.kinds[p] for p in place])
    found = [_of_kind(value[kinds == kind], place[kinds == kind]) for kind in np.unique(kinds)]
    here, there, alike = (np.concatenate(each) for each in zip(*found, strict=True))
    return here, there, alike, place


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
