"""Where local action may be, and on what, whose place or theme is not recorded."""

from __future__ import annotations

import numpy as np
import polars as pl

from joinedup.engines.matching.tree import Flags, Ints, Tree


def where_it_may_be(tree: Tree, rows: Ints, lead: Ints, partner: Ints, at: Ints) -> tuple[Ints, Ints]:
    """(row, place) for some initiatives of which no place is recorded: where their partner works (`partner` and `at`,
    row by row), or everywhere that there is where that is not recorded either. `lead`: the partner of each one."""
    works = pl.DataFrame({"partner": partner, "at": at})
    theirs = pl.DataFrame({"row": rows, "partner": lead[rows]})
    found = theirs.join(works, on="partner", maintain_order="left_right")
    anywhere = theirs.join(works, on="partner", how="anti", maintain_order="left")
    top = pl.DataFrame({"at": np.flatnonzero(tree.parent < 0)})
    every = pl.concat([found.select("row", "at"), anywhere.select("row").join(top, how="cross")])
    return every["row"].to_numpy().astype(np.int64), every["at"].to_numpy().astype(np.int64)


def may_be(
    placed: pl.DataFrame, on: pl.DataFrame, unthemed: Flags, unplaced: tuple[Ints, Ints]
) -> tuple[Ints, Ints, Ints]:
    """(initiative, place, theme) for those of which the place or the theme is not recorded; -1 is any theme.

    `placed`: owner and node, as far as recorded; `on`: owner and theme likewise; `unplaced`: as `where_it_may_be`.
    """
    somewhere = pl.DataFrame({"owner": unplaced[0], "node": unplaced[1]})
    anything = pl.concat([placed, somewhere]).filter(pl.col("owner").is_in(np.flatnonzero(unthemed).tolist()))
    rows = pl.concat(
        [
            anything.with_columns(theme=pl.lit(-1, dtype=pl.Int64)),
            somewhere.join(on, on="owner", maintain_order="left_right").select("owner", "node", "theme"),
        ]
    )
    owner, node, theme = (rows[c].to_numpy().astype(np.int64) for c in ("owner", "node", "theme"))
    return owner, node, theme
