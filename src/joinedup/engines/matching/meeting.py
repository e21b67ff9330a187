"""Where something that is named for a place is to be shown: at places whose need is known."""

from __future__ import annotations

import numpy as np

from joinedup.engines.matching.ground import FROM_PARTS
from joinedup.engines.matching.tree import Ints
from joinedup.engines.matching.world import World


def where_needed(world: World, node: Ints, theme: Ints) -> tuple[Ints, Ints]:
    """For rows that hold in a whole place, the places to show them at: the place itself where it has a figure of
    its own (or one from the wider area), or where it is narrow enough to speak of as one; else its parts that do.
    Returns (row, place); rows where no need is known are dropped.
    """
    tree, source = world.tree, world.needs.source
    found_row, found_place = [], []
    row, at = np.arange(len(node)), node
    while len(row):
        here = source[at, theme[row]]
        stands = (here > 0) & ((here != FROM_PARTS) | tree.rolls_up[at])
        found_row.append(row[stands])
        found_place.append(at[stands])
        deeper = (here == FROM_PARTS) & ~stands
        row, at = row[deeper], at[deeper]
        below_row, place = tree.below(at)
        child = tree.parent[place] == at[below_row]
        row, at = row[below_row[child]], place[child]
    if not found_row:
        none = np.zeros(0, dtype=np.int64)
        return none, none
    row, place = np.concatenate(found_row), np.concatenate(found_place)
    order = np.lexsort((place, row))
    return row[order], place[order]
