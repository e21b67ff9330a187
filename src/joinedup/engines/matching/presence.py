"""Who is there: for each place and theme the partners that fit, and the sectors and initiatives at work."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from joinedup.engines.matching import score
from joinedup.engines.matching.tree import Flags, Floats, Ints, Tree
from joinedup.engines.matching.world import World

# A partner whose own themes are blank still speaks for its sector. Where they are others it is not named: that is not
# its work.
THEMES_BLANK = 0.7
# A partner that says it works on a theme is of use there, whatever guidance says of its sector.
SAYS_SO = 0.5
# A partner of a part of the place only.
WORKS_IN_PART = 0.7
# The least value of a partner to a theme that makes it one to ask.
FITS = 0.3
NOBODY = np.iinfo(np.int32).max
# Quality is summed in parts of this size.
FINE = 1e6


@dataclass(frozen=True)
class Partnered:
    """Grids P x T x S: the partner of each sector that fits best (-1 none), and its value to the theme (0 to 1)."""

    partner: NDArray[np.int32]
    value: NDArray[np.float32]


@dataclass(frozen=True)
class Acting:
    """What runs. `sectors` (P x T x S): is the sector at work there, or in any part of it? `lead` (P x T): the
    initiative there that reaches most (-1 none); `quality`: mean quality of what runs; `mark`: changes when what
    runs changes."""

    sectors: Flags
    lead: Ints
    quality: Floats
    mark: NDArray[np.uint64]


def partnered(world: World) -> Partnered:
    """For each cell and sector the partner to ask first: best theme match, then the freshest record, then the
    smallest footprint (so that local organisations are not crowded out), then the order of ids."""
    tree, partners = world.tree, world.partners
    number = partners.frame.height
    places, themes, sectors = tree.size, len(world.themes), len(world.sectors)
    said = np.bincount(partners.theme_owner, minlength=number) > 0
    plain = THEMES_BLANK * partners.fresh
    # Four ways in which a partner may stand in a cell; one order over them all makes the best a plain minimum.
    factor = np.stack([plain, partners.fresh, plain * WORKS_IN_PART, partners.fresh * WORKS_IN_PART])
    order = np.lexsort((np.tile(np.arange(number), 4), np.tile(partners.footprint, 4), -factor.ravel()))
    ranks = np.empty(4 * number, dtype=np.int32)
    ranks[order] = np.arange(4 * number, dtype=np.int32)
    rank = ranks.reshape(4, number)

    usable = partners.sector[partners.owner] >= 0
    owner, node = partners.owner[usable], partners.node[usable]
    silent = ~said[owner]
    any_owner, any_node = owner[silent], node[silent]
    row, wider = tree.above(any_node, itself=False)
    whole = np.full((places, sectors), NOBODY, dtype=np.int32)
    part = whole.copy()
    np.minimum.at(whole, (any_node, partners.sector[any_owner]), rank[0, any_owner])
    np.minimum.at(part, (wider, partners.sector[any_owner[row]]), rank[2, any_owner[row]])

    themed = np.full((places, themes, sectors), NOBODY, dtype=np.int32)
    best = np.repeat(part[:, None, :], themes, axis=1)
    at, theme = _pairs(owner, partners.theme_owner, partners.theme)
    np.minimum.at(themed, (node[at], theme, partners.sector[owner[at]]), rank[1, owner[at]])
    row, wider = tree.above(node[at], itself=False)
    np.minimum.at(best, (wider, theme[row], partners.sector[owner[at][row]]), rank[3, owner[at][row]])
    np.minimum(themed, whole[:, None, :], out=themed)
    _hand_down(tree, themed)
    np.minimum(best, themed, out=best)

    someone = best < NOBODY
    if not number:
        return Partnered(np.full(best.shape, -1, dtype=np.int32), np.zeros(best.shape, dtype=np.float32))
    entry = np.append(order, 0)[np.where(someone, best, 4 * number)]
    way = (entry // number).astype(np.int8)
    need = np.broadcast_to(world.mix.astype(np.float32), best.shape)
    need = np.where((way == 1) | (way == 3), np.maximum(need, np.float32(SAYS_SO)), need)
    value = np.where(someone, factor.ravel().astype(np.float32)[entry] * need, np.float32(0))
    return Partnered(np.where(someone, entry % number, -1).astype(np.int32), value)


def acting(world: World) -> Acting:
    """What runs today in each cell, without approaches that do harm."""
    tree, doing = world.tree, world.initiatives
    active = (doing.running & ~doing.harmful)[doing.owner]
    owner, node, theme = doing.owner[active], doing.node[active], doing.theme[active]
    places, themes, sectors = tree.size, len(world.themes), len(world.sectors)

    row, actor = _pairs(owner, doing.act_owner, doing.actor)
    sector = world.partners.sector[actor]
    row, sector = row[sector >= 0], sector[sector >= 0]
    column = theme[row] * sectors + sector
    present = spread(tree, node[row], column, themes * sectors) > 0
    up, wider = tree.above(node[row], itself=False)
    present[wider, column[up]] = True

    number = spread(tree, node, theme, themes)
    # Whole numbers add up to the same whatever else is summed along the way.
    quality = spread(tree, node, theme, themes, np.rint(doing.quality[owner] * FINE)) / FINE
    with np.errstate(invalid="ignore"):
        mean = np.where(number > 0, quality / np.maximum(number, 1), np.nan)
    mark = np.zeros((places + 1, themes), dtype=np.uint64)
    code = (owner.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    code ^= code >> np.uint64(29)
    np.add.at(mark, (node, theme), code)
    np.subtract.at(mark, (tree.end[node], theme), code)

    # Most reach first, ids next; unknown reach last.
    first = np.lexsort((np.arange(len(doing.reach)), -np.nan_to_num(doing.reach, nan=-1.0)))
    rank = np.empty(len(first), dtype=np.int32)
    rank[first] = np.arange(len(first), dtype=np.int32)
    lead = np.full((places, themes), NOBODY, dtype=np.int32)
    np.minimum.at(lead, (node, theme), rank[owner])
    _hand_down(tree, lead)
    return Acting(
        sectors=present.reshape(places, themes, sectors),
        lead=np.where(lead < NOBODY, np.append(first, -1)[np.where(lead < NOBODY, lead, -1)], -1),
        quality=np.clip(mean, 0.0, 1.0),
        mark=np.cumsum(mark, axis=0, dtype=np.uint64)[:-1],
    )


def register_known(world: World) -> Flags:
    """P: may silence about action in a place be taken as a sign that there is little?

    What the places table says goes first. Else half of the records (at least one) that touch the place must have
    been confirmed within a year, when the tables record confirmation at all; when they do not, it counts as known.
    """
    tree = world.tree
    fresh, every = np.zeros(tree.size), np.zeros(tree.size)
    for table in (world.partners, world.initiatives):
        confirmed = table.frame["confirmed"]
        good = ((world.today - confirmed.to_physical()) <= score.STALE_DAYS).fill_null(False).to_numpy()
        key = np.unique(table.owner * max(tree.size, 1) + table.node)
        owner, node = key // max(tree.size, 1), key % max(tree.size, 1)
        for total, weight in ((every, np.ones(len(owner))), (fresh, good[owner].astype(float))):
            zero = np.zeros(len(owner), dtype=np.int64)
            total += spread(tree, node, zero, 1, weight)[:, 0]
            row, wider = tree.above(node, itself=False)
            total += np.bincount(wider, weights=weight[row], minlength=tree.size)
    known = (fresh >= 1) & (fresh >= every / 2) if world.ground.confirms else np.ones(tree.size, dtype=bool)
    stated = world.ground.stated[world.kept]
    return np.where(stated < 0, known, stated > 0)


def _pairs(owner: Ints, of: Ints, item: Ints) -> tuple[Ints, Ints]:
    """Joins rows to the items of their owner, `of` being sorted: (row, item) pairs."""
    start, stop = np.searchsorted(of, owner, "left"), np.searchsorted(of, owner, "right")
    count = stop - start
    row = np.repeat(np.arange(len(owner)), count)
    offset = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    return row, item[start[row] + offset]


def spread(tree: Tree, node: Ints, column: Ints, columns: int, weight: Floats | None = None) -> Floats:
    """Sums over each place and its wider places: what is named for a place holds in all of its parts."""
    size = (tree.size + 1) * columns
    start = np.bincount(node * columns + column, weights=weight, minlength=size)
    stop = np.bincount(tree.end[node] * columns + column, weights=weight, minlength=size)
    return np.cumsum((start - stop).reshape(tree.size + 1, columns), axis=0)[:-1]


def _hand_down(tree: Tree, best: NDArray[np.int32]) -> None:
    """Each place takes the best of its wider place where that is better."""
    for depth in range(1, int(tree.depth.max(initial=0)) + 1):
        at = np.flatnonzero(tree.depth == depth)
        best[at] = np.minimum(best[at], best[tree.parent[at]])
