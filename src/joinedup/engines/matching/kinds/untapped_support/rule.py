"""Which offers go unused where. Theme by theme, since every open offer meets every place."""

from __future__ import annotations

import numpy as np
import polars as pl

from joinedup.engines.matching import score
from joinedup.engines.matching.presence import FITS
from joinedup.engines.matching.rollup import roll_up
from joinedup.engines.matching.scene import UNMET_SOME, Scene, candidate_frame, none_found
from joinedup.engines.matching.tree import Flags, Floats, Ints
from joinedup.engines.matching.world import FAR_FUTURE, World

NAME = "untapped_support"
# Where nobody is recorded who could apply on others' behalf, the offer is harder to reach.
NO_BODY = 0.6


def candidates(scene: Scene, found: pl.DataFrame) -> pl.DataFrame:
    world, offers = scene.world, scene.world.offers
    # An offer without a provider's date to close stays open.
    open_now = (offers.opens <= world.today) & (offers.closes >= world.today)
    in_scope = _in_scope(world) & ~_used(world)
    restricted = np.zeros(offers.frame.height, dtype=bool)
    restricted[offers.theme_owner] = True
    frames = []
    # The score that the last of those kept has in each place so far: a candidate below it need not be looked at.
    floor = np.zeros(world.tree.size)
    for theme in range(len(world.themes)):
        on_theme = ~restricted
        on_theme[offers.theme_owner[offers.theme == theme]] = True
        which = np.flatnonzero(open_now & on_theme)
        if len(which):
            frames.append(_of_theme(scene, theme, which, in_scope, floor))
    return pl.concat(frames) if frames else none_found(NAME)


def _in_scope(world: World) -> Flags:
    """P x O: does the offer cover the place?"""
    offers = world.offers
    scope = np.ones((world.tree.size, offers.frame.height), dtype=bool)
    scope[:, offers.owner] = False
    row, place = world.tree.below(offers.node)
    scope[place, offers.owner[row]] = True
    return scope


def _used(world: World) -> Flags:
    """P x O: does an initiative that runs in the place, around it or in any part of it use the offer?"""
    tree, doing = world.tree, world.initiatives
    used = np.zeros((tree.size, world.offers.frame.height), dtype=bool)
    at = pl.DataFrame({"i": doing.owner, "node": doing.node}).unique(maintain_order=True)
    by = pl.DataFrame({"i": doing.offer_owner, "offer": doing.offer})
    rows = at.join(by.filter(pl.Series(doing.running[doing.offer_owner])), on="i")
    node, offer = rows["node"].to_numpy().astype(np.int64), rows["offer"].to_numpy()
    for row, place in (tree.below(node), tree.above(node, itself=False)):
        used[place, offer[row]] = True
    return used


def _of_theme(scene: Scene, theme: int, which: Ints, in_scope: Flags, floor: Floats) -> pl.DataFrame:
    """The candidates of one theme: for each place those `keep` that score best, after rolling up. Raises `floor`."""
    world, offers = scene.world, scene.world.offers
    cells = np.flatnonzero(scene.cells(UNMET_SOME)[:, theme])
    user, value = _best(scene, theme, offers.sectors[which])
    body, _ = _best(scene, theme, offers.via[which])
    needs_body = np.asarray(offers.via[which].any(axis=1))
    there = in_scope[np.ix_(cells, which)] & (value[cells] >= FITS - 1e-6)
    # The provider does not need telling of its own offer.
    there &= (user[cells] != offers.provider[which]) | (offers.provider[which] < 0)
    row, column = np.nonzero(there)
    if not len(row):
        return none_found(NAME)
    found = cells[row]
    who = user[found, column]
    through = np.where(needs_body[column], body[found, column], -1)
    same = (who + 1) * (world.partners.frame.height + 1) + through + 1
    allowed = scene.unmet_at_least(UNMET_SOME)[:, theme : theme + 1]
    kept, place = roll_up(world.tree, found, column, same, allowed)
    column, who, through, fit = column[kept], who[kept], through[kept], value[found[kept], column[kept]]
    offer = which[column]

    # One who is of the sector that applies needs nobody else.
    alone = offers.via[offer, world.partners.sector[who]]
    through = np.where(alone, -1, through)
    stuck = needs_body[column] & (through < 0) & ~alone
    days = np.where(offers.closes < FAR_FUTURE, offers.closes - world.today, np.nan)
    parts = {
        "gap": scene.gap[place, theme],
        "fit": fit * np.where(stuck, NO_BODY, 1.0),
        "effect": np.where(offers.unchecked, score.NEUTRAL * score.STALE_FACTOR, score.NEUTRAL)[offer],
        "urgency": np.maximum(scene.urgency[place, theme], score.deadline_urgency(days)[offer]),
        "newness": 1.0 - world.strength(who, offers.provider[offer]),
    }
    rated = score.scores(parts, scene.weights)
    best = _top(place, offer, rated, scene.keep, floor)
    needed = (needs_body[column] & ~alone)[best]
    return candidate_frame(
        NAME,
        place[best],
        np.full(len(best), theme),
        {name: part[best] for name, part in parts.items()},
        party_a=who[best],
        party_b=through[best],
        party_c=offers.provider[offer[best]],
        offer=offer[best],
        sector=np.where(needed, _sector_of_body(scene, theme)[offer[best]], -1),
    )


def _best(scene: Scene, theme: int, sectors: Flags) -> tuple[Ints, Floats]:
    """P x k: for k sets of sectors, the partner that serves the theme best and its value; -1 and 0 for none."""
    value, partner = scene.partnered.value[:, theme], scene.partnered.partner[:, theme]
    sets, which = np.unique(sectors, axis=0, return_inverse=True)
    who = np.full((len(value), len(sets)), -1, dtype=np.int64)
    worth = np.zeros((len(value), len(sets)))
    everywhere = np.arange(len(value))
    for i, each in enumerate(sets):
        members = np.flatnonzero(each)
        if not len(members):
            continue
        best = members[np.argmax(value[:, members], axis=1)]
        who[:, i] = partner[everywhere, best]
        worth[:, i] = value[everywhere, best]
    return who[:, which.ravel()], worth[:, which.ravel()]


def _sector_of_body(scene: Scene, theme: int) -> Ints:
    """For each offer the sector to apply through: of those that may apply, the one that the theme needs most."""
    return np.argmax(np.where(scene.world.offers.via, scene.world.mix[theme] + 1.0, 0.0), axis=1)


def _top(place: Ints, offer: Ints, rated: Floats, keep: int, floor: Floats) -> Ints:
    """Rows of the `keep` best for each place: by score, ties by offer. Leaves out rows below `floor`, and raises it
    to the last of those kept where there are as many."""
    near = np.flatnonzero(rated >= floor[place])
    order = near[np.lexsort((offer[near], -rated[near], place[near]))]
    starts = (
        np.flatnonzero(np.r_[True, place[order][1:] != place[order][:-1]]) if len(order) else np.zeros(0, int)
    )
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    last = order[rank == keep - 1]
    floor[place[last]] = rated[last]
    return np.sort(order[rank < keep])
