"""How far the action that runs today reaches the people at risk, and what need is left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from joinedup.engines.matching.tree import Flags, Floats, Ints
from joinedup.engines.matching.world import World

# Rows worked on at a time.
BLOCK = 2**16


@dataclass(frozen=True)
class Coverage:
    """Grids P x T. `coverage` and `unmet` are 0 to 1, NaN where no need is known; `unknown_reach` marks cells with
    an initiative whose reach nobody recorded, so that little coverage there is not little action."""

    coverage: Floats
    unmet: Floats
    unknown_reach: Flags


def cover(world: World) -> Coverage:
    """coverage = 1 - product over initiatives there of (1 - min(1, share of people reached x quality)).

    The reach of an initiative is shared out equally over its themes and by population over its places, so it adds
    up to the whole once. In a wider place it counts with the part of its reach that falls inside. An initiative
    with an approach that does harm covers nobody; one of unknown reach covers nobody that we can count.
    """
    tree, needs, doing = world.tree, world.needs, world.initiatives
    shape = needs.need.shape
    active = doing.running & ~doing.harmful
    at_work = active[doing.owner]
    counted = at_work & (np.nan_to_num(doing.reach)[doing.owner] > 0)
    owner, node, theme = doing.owner[counted], doing.node[counted], doing.theme[counted]
    reached = doing.reach[owner] * doing.part[counted]

    people = needs.people.ravel()
    missed = np.zeros(shape[0] * shape[1])

    def add(cell: Ints, reach: Floats, who: Ints) -> None:
        usable = people[cell] > 0
        cell, reach, who = cell[usable], reach[usable], who[usable]
        share = np.minimum(reach / people[cell], 1.0) * doing.quality[who]
        with np.errstate(divide="ignore"):
            # One after the other: the same sum whatever else is worked out in the same run.
            np.add.at(missed, cell, np.log1p(-share))

    # In blocks that stay near the processor.
    ends = np.cumsum(tree.end[node] - node)
    for block in np.split(
        np.arange(len(node)), np.searchsorted(ends, np.arange(BLOCK, ends[-1] if len(ends) else 0, BLOCK))
    ):
        row, place = tree.below(node[block])
        row = block[row]
        add(
            place * shape[1] + theme[row],
            reached[row] * (tree.weight[place] / tree.weight[node[row]]),
            owner[row],
        )
    up_owner, up_place, up_theme, up_reached = _in_wider_places(world, owner, node, theme, reached)
    add(up_place * shape[1] + up_theme, up_reached, up_owner)
    total = missed.reshape(shape)
    coverage = np.where(needs.source > 0, -np.expm1(total), np.nan)
    return Coverage(
        coverage=coverage,
        unmet=needs.need * (1.0 - coverage),
        unknown_reach=_unknown_reach(world, at_work),
    )


def _in_wider_places(
    world: World, owner: Ints, node: Ints, theme: Ints, reached: Floats
) -> tuple[Ints, Ints, Ints, Floats]:
    """Reach in every place around those named, summed for each initiative: two wards of a borough are one reach."""
    row, wider = world.tree.above(node, itself=False)
    size, themes = world.tree.size, len(world.themes)
    key = (owner[row] * size + wider) * themes + theme[row]
    keys, at = np.unique(key, return_inverse=True)
    total: Floats = np.bincount(at, weights=reached[row], minlength=len(keys)).astype(float)
    return keys // themes // size, keys // themes % size, keys % themes, total


def _unknown_reach(world: World, at_work: Flags) -> Flags:
    doing = world.initiatives
    silent = at_work & np.isnan(doing.reach[doing.owner])
    node, theme = doing.node[silent], doing.theme[silent]
    mark = np.zeros(world.needs.need.shape, dtype=bool)
    row, place = world.tree.below(node)
    mark[place, theme[row]] = True
    row, place = world.tree.above(node, itself=False)
    mark[place, theme[row]] = True
    return mark
