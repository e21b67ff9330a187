"""The same thing to do in every part of a place is one thing to do in that place."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from joinedup.engines.matching.tree import Flags, Ints, Tree


def roll_up(tree: Tree, place: Ints, key: Ints, same: NDArray[Any], allowed: Flags) -> tuple[Ints, Ints]:
    """Rows at places, alike by `key` (kind of thing) and `same` (who would do it). Where every part of a place has
    a row of one key, all with the same `same`, and the rule holds in the whole (`allowed`, P x C, looked up at
    the key modulo C), they become one row there.

    Returns (row, place): which rows remain, and where each now stands. A row already at the whole stays; it takes
    the place of what would have been rolled up into it.
    """
    rows = pl.DataFrame({"row": np.arange(len(place)), "place": place, "key": key, "same": same})
    for depth in range(int(tree.depth.max(initial=0)), 0, -1):
        parent = np.where(tree.depth == depth, tree.parent, -1)
        parent = np.where((parent >= 0) & tree.rolls_up[parent], parent, -1)
        if (parent < 0).all():
            continue
        rows = rows.with_columns(pl.Series("parent", parent[rows["place"].to_numpy()]))
        inside = rows.filter(pl.col("parent") >= 0)
        if not inside.height:
            continue
        groups = inside.group_by("parent", "key").agg(
            pl.len().alias("n"), pl.col("row").min(), pl.col("same").min(), pl.col("same").max().alias("most")
        )
        whole = groups["parent"].to_numpy()
        columns = groups["key"].to_numpy() % allowed.shape[1]
        groups = groups.filter(
            (pl.col("same") == pl.col("most"))
            & pl.Series((groups["n"].to_numpy() == tree.children[whole]) & allowed[whole, columns])
        )
        if not groups.height:
            continue
        rows = rows.join(groups, on=["parent", "key"], how="anti")
        risen = groups.select("row", pl.col("parent").alias("place"), "key", "same")
        risen = risen.join(rows, on=["place", "key"], how="anti")
        rows = pl.concat([rows.select("row", "place", "key", "same"), risen])
    rows = rows.sort("row", "place")
    return rows["row"].to_numpy(), rows["place"].to_numpy()


def may_roll_up(tree: Tree, places: Ints, allowed: Flags) -> Flags:
    """For places that have rows of one kind (`allowed`, P, says in which wholes the rule holds): which of them have
    rows that `roll_up` might move, or that might be in the way of such? No for most, since one part without is enough.
    """
    able, wholes = np.zeros(tree.size, dtype=bool), np.zeros(tree.size, dtype=bool)
    able[places] = True
    for depth in range(int(tree.depth.max(initial=0)), 0, -1):
        at = np.flatnonzero((tree.depth == depth) & able)
        every = np.bincount(tree.parent[at], minlength=tree.size) == tree.children
        wholes |= every & (tree.children > 0) & tree.rolls_up & allowed
        able |= wholes
    parent = tree.parent[places]
    return wholes[places] | ((parent >= 0) & wholes[parent])
