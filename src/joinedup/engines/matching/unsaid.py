"""Local action of which the theme or the place is not recorded: it may be on any theme, or anywhere that its partner
works, so that nothing there may be called without action.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from joinedup.engines.matching.presence import spread
from joinedup.engines.matching.tree import Flags, Ints, Tree
from joinedup.engines.matching.world import World


@dataclass(frozen=True)
class Unsaid:
    """`number` (P x T): how much running action may be on a theme in a place, there, around it or in a part of it,
    since its theme or its place is not recorded. `sectors` (P x T x S): of which sectors are those who run it? `owner`,
    `node` and `theme`: row by row the action, where, and on what it may be; -1 is any theme."""

    number: Ints
    sectors: Flags
    owner: Ints
    node: Ints
    theme: Ints

    def at(self, tree: Tree, place: int, theme: int) -> list[int]:
        """The action that may be on a theme in a place, by number."""
        near = (self.node <= place) & (place < tree.end[self.node])
        near |= (place <= self.node) & (self.node < tree.end[place])
        on_it = (self.theme < 0) | (self.theme == theme)
        return np.unique(self.owner[near & on_it]).tolist()


def unsaid(world: World) -> Unsaid:
    """What runs today, without approaches that do harm, and does not say all of where it is and on what."""
    doing, tree = world.initiatives, world.tree
    themes, sectors = len(world.themes), len(world.sectors)
    active = (doing.running & ~doing.harmful)[doing.unsaid_owner]
    owner, node, theme = doing.unsaid_owner[active], doing.unsaid_node[active], doing.unsaid_theme[active]
    # Any theme is one column more.
    column = np.where(theme < 0, themes, theme)
    number = touching(tree, owner, node, column, themes + 1)
    return Unsaid(
        number=number[:, :themes] + number[:, themes:],
        sectors=_sectors(world, owner, node, column).reshape(tree.size, themes, sectors),
        owner=owner,
        node=node,
        theme=theme,
    )


def _sectors(world: World, owner: Ints, node: Ints, column: Ints) -> Flags:
    tree, themes, sectors = world.tree, len(world.themes), len(world.sectors)
    if not len(owner):
        return np.zeros((tree.size, themes * sectors), dtype=bool)
    rows = pl.DataFrame({"owner": owner, "node": node, "column": column}).join(
        pl.DataFrame({"owner": world.initiatives.act_owner, "actor": world.initiatives.actor}), on="owner"
    )
    sector = world.partners.sector[rows["actor"].to_numpy()]
    rows = rows.with_columns(pl.Series("sector", sector)).filter(pl.col("sector") >= 0)
    node, key = rows["node"].to_numpy(), (rows["column"] * sectors + rows["sector"]).to_numpy()
    present = spread(tree, node, key, (themes + 1) * sectors) > 0
    up, wider = tree.above(node, itself=False)
    present[wider, key[up]] = True
    present = present.reshape(tree.size, themes + 1, sectors)
    return np.asarray(present[:, :themes] | present[:, themes:])


def touching(tree: Tree, owner: Ints, node: Ints, column: Ints, columns: int) -> Ints:
    """P x C: how many owners have a row of each column in a place, around it or in a part of it. No place of an owner
    lies in another of its places, so that none counts twice."""
    there = spread(tree, node, column, columns).astype(np.int64)
    row, wider = tree.above(node, itself=False)
    code = np.unique((owner[row] * tree.size + wider) * columns + column[row]) % (max(tree.size, 1) * columns)
    return there + np.bincount(code, minlength=tree.size * columns).reshape(tree.size, columns)
