"""Which offers go unused where. Theme by theme, since every open offer meets every place.

A national register has tens of millions of pairs of an open offer and a place in need. Of those that stay where they
are (`rollup` moves few), a bound on the score says which may be among the best that are kept for each place; only
these become candidates.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import astuple, dataclass

import numpy as np
import polars as pl

from joinedup.engines.matching import score
from joinedup.engines.matching.presence import FITS
from joinedup.engines.matching.rollup import may_roll_up, roll_up
from joinedup.engines.matching.scene import UNMET_SOME, Scene, candidate_frame, none_found
from joinedup.engines.matching.tree import Flags, Floats, Ints
from joinedup.engines.matching.world import FAR_FUTURE, Offers, World

NAME = "untapped_support"
# Kinds, by the words in them, of what one reads, looks up or is bound by: nobody applies for it or takes part in it, so
# that it is on the pages of support and no opportunity.
SHELF = frozenset({
    "campaign", "dashboard", "data", "duties", "duty", "framework", "guidance", "guide", "inspection", "law",
    "legislation", "materials", "portal", "power", "powers", "review", "reviews", "standard", "standards", "statute",
    "statutory", "tool", "toolkit",
})  # fmt: skip
# Where nobody is recorded who could apply on others' behalf, the offer is harder to reach.
NO_BODY = 0.6
# What the logarithm of a score may lose in the last digits by being added up in another order.
HAIR = 1e-9
# More candidates than these for one place are not told apart before they are scored.
MANY = 200
# Less than the logarithm of any score above 0.
NOTHING = -1e300


def candidates(scene: Scene, found: pl.DataFrame) -> pl.DataFrame:
    world, offers = scene.world, scene.world.offers
    # An offer without a provider's date to close stays open.
    open_now = (offers.opens <= world.today) & (offers.closes >= world.today) & may_be_taken_up(offers)
    if not open_now.any():
        return none_found(NAME)
    free = _in_scope(world) & ~_used(world)
    best = Best(world.tree.size, scene.keep)
    rows: list[tuple[Ints, ...]] = []
    alike = np.unique(np.concatenate([offers.sectors, offers.via], axis=1), axis=0, return_inverse=True)[
        1
    ].ravel()
    in_need, allowed = scene.cells(UNMET_SOME).T.copy(), scene.unmet_at_least(UNMET_SOME)
    for theme in range(len(world.themes)):
        cells = np.flatnonzero(in_need[theme])
        on_theme = np.zeros(offers.frame.height, dtype=bool)
        on_theme[offers.theme_owner[offers.theme == theme]] = True
        which = np.flatnonzero(open_now & on_theme)
        if len(which) and len(cells):
            rows += _of_theme(Asked(scene, theme, cells, which, free, alike, allowed[:, theme]), best)
    if not rows:
        return none_found(NAME)
    place, theme_of, offer, who, body, sector, at = (np.concatenate(each) for each in zip(*rows, strict=True))
    parts = _parts(scene, place, theme_of, offer, who, body, sector, at)
    # The worst of those kept in each place is known only now.
    near = np.log(score.scores(parts, scene.weights)) >= best.least(place)
    return candidate_frame(
        NAME, place[near], theme_of[near], {name: part[near] for name, part in parts.items()}, party_a=who[near],
        party_b=body[near], party_c=offers.provider[offer[near]], offer=offer[near], sector=sector[near],
    )  # fmt: skip


def may_be_taken_up(offers: Offers) -> Flags:
    """O: does it name a theme, and can one apply for it or take part in it? What the law requires is never called
    unused."""
    themed = np.zeros(offers.frame.height, dtype=bool)
    themed[offers.theme_owner] = True
    bound = offers.frame["required_by_law"].fill_null(False).to_numpy().astype(bool)
    return (
        themed & ~bound & ~np.array([is_shelf(kind) for kind in offers.frame["kind"].to_list()], dtype=bool)
    )


def is_shelf(kind: str | None) -> bool:
    """Is support of this kind only to be read, looked up or followed? What does not say its kind may be applied for."""
    return not SHELF.isdisjoint(re.split(r"[^a-z]+", (kind or "").lower()))


class Best:
    """The scores (as logarithms) of the best `keep` candidates seen so far in each of P places."""

    def __init__(self, places: int, keep: int) -> None:
        # Who asks for very many asks for all: there is nothing to leave out.
        self._all = keep > MANY
        self._seen = np.full((places, 1 if self._all else keep), -np.inf)

    def least(self, place: Ints) -> Floats:
        """What a candidate needs there, give or take a hair, to be among the best."""
        if self._all:
            return np.full(len(place), NOTHING)
        return np.maximum(self._seen[place, 0] - HAIR, NOTHING)

    def see(self, place: Ints, value: Floats) -> None:
        """`value` (len(place) x n): the scores of up to n candidates at each of some different places."""
        keep = self._seen.shape[1]
        if value.shape[1] > keep:
            value = np.partition(value, value.shape[1] - keep, axis=1)[:, -keep:]
        both = np.concatenate([self._seen[place], value], axis=1)
        self._seen[place] = np.sort(both, axis=1)[:, -keep:]

    def see_each(self, place: Ints, value: Floats) -> None:
        """The score of each of some candidates, in any order."""
        order = np.lexsort((-value, place))
        places, first = np.unique(place[order], return_index=True)
        nth = np.arange(len(order)) - np.repeat(first, np.diff(np.r_[first, len(order)]))
        table = np.full((len(places), int(nth.max(initial=0)) + 1), -np.inf)
        table[np.searchsorted(places, place[order]), nth] = value[order]
        self.see(places, table)


@dataclass(frozen=True)
class Asked:
    """One theme: the cells that are in need (C places), and the offers that are open for it (K)."""

    scene: Scene
    theme: int
    cells: Ints
    which: Ints
    free: Flags  # P x O: the offer is for the place, and nobody there uses it
    alike: Ints  # O: the same for offers for the same sectors, through the same sectors
    allowed: Flags  # P: there is need, in the place itself or by the figures of its parts


def _in_scope(world: World) -> Flags:
    """P x O: does the offer cover the place?"""
    offers = world.offers
    scope = np.ones((world.tree.size, offers.frame.height), dtype=bool)
    scope[:, offers.bounded] = False
    row, place = world.tree.below(offers.node)
    scope[place, offers.owner[row]] = True
    return scope


def _used(world: World) -> Flags:
    """P x O: does an initiative that runs in the place, around it or in any part of it use the offer?"""
    tree, doing = world.tree, world.initiatives
    used = np.zeros((tree.size, world.offers.frame.height), dtype=bool)
    running = doing.running[doing.offer_owner]
    if not running.any():
        return used
    at = pl.DataFrame({"i": doing.owner, "node": doing.node}).unique(maintain_order=True)
    by = pl.DataFrame({"i": doing.offer_owner[running], "offer": doing.offer[running]})
    rows = at.join(by, on="i")
    node, offer = rows["node"].to_numpy().astype(np.int64), rows["offer"].to_numpy()
    for row, place in (tree.below(node), tree.above(node, itself=False)):
        used[place, offer[row]] = True
    return used


def _of_theme(asked: Asked, best: Best) -> list[tuple[Ints, ...]]:
    """Rows (place, theme, offer, user, body, sector to apply through, place whose partners these are) that may be
    among the best of their place; shows them to `best`."""
    scene, theme, cells, which = asked.scene, asked.theme, asked.cells, asked.which
    world, offers = scene.world, scene.world.offers
    first, kind = np.unique(asked.alike[which], return_index=True, return_inverse=True)[1:]
    user, value = _best(scene, theme, cells, offers.sectors[which[first]])
    body, through = _bodies(asked, user, offers.via[which[first]])
    fits = value >= FITS - 1e-6
    moving = may_roll_up(world.tree, cells, asked.allowed)
    rows = []
    if moving.any():
        row, column = _free(asked, np.flatnonzero(moving), kind, user, fits)
        same = (user[row, kind[column]] + 1) * (world.partners.frame.height + 1) + body[row, kind[column]] + 1
        kept, place = roll_up(world.tree, cells[row], column, same, asked.allowed[:, None])
        row, column = row[kept], column[kept]
        rows.append(_rows(asked, place, row, column, kind, user, body, through))
        best.see_each(place, np.log(score.scores(_parts(scene, *rows[-1]), scene.weights)))
    # Cells where even the best that could be would not be among the best need no closer look.
    most, rated = _ratings(asked, value, body, through, kind)
    hopeful = (np.where(fits, most, -np.inf) >= best.least(cells)[:, None]).any(axis=1) & ~moving
    at = np.flatnonzero(hopeful)
    row, column = _free(asked, at, kind, user, fits)
    there = np.full((len(at), len(which)), -np.inf)
    again = np.searchsorted(at, row)
    there[again, column] = rated(row, column, user)
    best.see(cells[at], there)
    near = there[again, column] >= best.least(cells[row])
    row, column = row[near], column[near]
    rows.append(_rows(asked, cells[row], row, column, kind, user, body, through))
    return rows


def _free(asked: Asked, at: Ints, kind: Ints, user: Ints, fits: Flags) -> tuple[Ints, Ints]:
    """Pairs (cell, offer) that an offer fits and where nobody uses it, among the cells `at`."""
    cells, which, offers = asked.cells, asked.which, asked.scene.world.offers
    there = fits[at][:, kind] & asked.free[np.ix_(cells[at], which)]
    provider = offers.provider[which]
    if (provider >= 0).any():
        # The provider does not need telling of its own offer.
        there &= (user[at][:, kind] != provider) | (provider < 0)
    row, column = np.nonzero(there)
    return at[row], column


def _rows(
    asked: Asked, place: Ints, row: Ints, column: Ints, kind: Ints, user: Ints, body: Ints, through: Ints
) -> tuple[Ints, ...]:
    sort = kind[column]
    who, by, sector = user[row, sort], body[row, sort], through[row, sort]
    theme = np.full(len(place), asked.theme)
    return place, theme, asked.which[column], who, by, sector, asked.cells[row]


def _ratings(
    asked: Asked, value: Floats, body: Ints, through: Ints, kind: Ints
) -> tuple[Floats, Callable[[Ints, Ints, Ints], Floats]]:
    """The logarithm of the score: the most that it can be for each cell and kind of offer (C x k), were there no links
    that weaken it; and a function that gives it, a hair off, for pairs (cell, offer) and their users (C x k)."""
    scene, theme, cells, weight = asked.scene, asked.theme, asked.cells, asked.scene.weights
    total = sum(astuple(weight))
    stuck = (through >= 0) & (body < 0)
    with np.errstate(divide="ignore"):
        fixed = np.log(100.0) + _part(weight.gap, scene.gap[cells, theme], total)
        fit = fixed[:, None] + _part(weight.fit, value * np.where(stuck, NO_BODY, 1.0), total)
    effect = _part(weight.effect, np.maximum(_effect(scene)[asked.which], score.EFFECT_FLOOR), total)
    hurry = _part(weight.urgency, _deadline(scene)[asked.which], total)
    here = _part(weight.urgency, scene.urgency[cells, theme], total)
    most_effect, most_hurry = (np.full(value.shape[1], -np.inf) for _ in range(2))
    np.maximum.at(most_effect, kind, effect)
    np.maximum.at(most_hurry, kind, hurry)
    most = fit + most_effect[None, :] + np.maximum(here[:, None], most_hurry[None, :])

    provider = scene.world.offers.provider[asked.which]

    def of(row: Ints, column: Ints, user: Ints) -> Floats:
        found: Floats = fit[row, kind[column]] + effect[column] + np.maximum(here[row], hurry[column])
        by = np.flatnonzero(provider[column] >= 0)
        strength = scene.world.strength(user[row[by], kind[column[by]]], provider[column[by]])
        found[by] += _part(weight.newness, np.maximum(1.0 - strength, score.NEWNESS_FLOOR), total)
        return found

    return most, of


def _part(weight: float, part: Floats, total: float) -> Floats:
    """What a component adds to the logarithm of the score; nothing where it does not count."""
    return weight / total * np.log(part) if weight else np.zeros(part.shape)


def _effect(scene: Scene) -> Floats:
    return np.where(scene.world.offers.unchecked, score.NEUTRAL * score.STALE_FACTOR, score.NEUTRAL)


def _deadline(scene: Scene) -> Floats:
    offers = scene.world.offers
    days = np.where(offers.closes < FAR_FUTURE, offers.closes - scene.world.today, np.nan)
    return np.asarray(score.deadline_urgency(days))


def _parts(
    scene: Scene, place: Ints, theme: Ints, offer: Ints, who: Ints, body: Ints, through: Ints, at: Ints
) -> dict[str, Floats]:
    """The five components; `at` is the place whose partners were looked at, which a rolled-up row has left."""
    world, offers = scene.world, scene.world.offers
    stuck = (through >= 0) & (body < 0)
    value = scene.partnered.value[at, theme, world.partners.sector[who]].astype(float)
    return {
        "gap": scene.gap[place, theme],
        "fit": value * np.where(stuck, NO_BODY, 1.0),
        "effect": _effect(scene)[offer],
        "urgency": np.maximum(scene.urgency[place, theme], _deadline(scene)[offer]),
        "newness": 1.0 - world.strength(who, offers.provider[offer]),
    }


def _best(scene: Scene, theme: int, cells: Ints, sets: Flags) -> tuple[Ints, Floats]:
    """C x k: for k sets of sectors, the partner that serves the theme best and its value; -1 and 0 for none."""
    value, partner = scene.partnered.value[cells, theme], scene.partnered.partner[cells, theme]
    best = np.argmax(np.where(sets[None], value[:, None, :], -1.0), axis=2)
    some = np.asarray(sets.any(axis=1))[None]
    return (
        np.where(some, np.take_along_axis(partner, best, axis=1), -1).astype(np.int64),
        np.where(some, np.take_along_axis(value, best, axis=1), 0.0).astype(float),
    )


def _bodies(asked: Asked, user: Ints, via: Flags) -> tuple[Ints, Ints]:
    """C x k: the partner to apply through, and the sector to apply through; -1 where none is needed or, for the
    partner, where none is recorded. One who is of a sector that applies needs nobody else."""
    scene, theme = asked.scene, asked.theme
    none = np.full(user.shape, -1, dtype=np.int64)
    needs = np.asarray(via.any(axis=1))
    if not needs.any():
        return none, none
    body, _ = _best(scene, theme, asked.cells, via)
    # One row more, for nobody: a reader may see no partner at all.
    sector = np.append(scene.world.partners.sector, 0)[user]
    alone = via[np.arange(len(via))[None, :], sector] & (user >= 0)
    wanted = needs[None, :] & ~alone
    # Of those that may apply, the sector that the theme needs most.
    most = np.argmax(np.where(via, scene.world.mix[theme] + 1.0, 0.0), axis=1)
    return np.where(wanted, body, -1), np.where(wanted, most[None, :], -1)
