"""What every kind of opportunity looks at: the world, its coverage, and who is there. Worked out once for a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
import polars as pl

from joinedup.engines.matching import score
from joinedup.engines.matching.coverage import Coverage, cover
from joinedup.engines.matching.ground import OWN
from joinedup.engines.matching.opportunity import MARKINGS, Explanation, strictness
from joinedup.engines.matching.presence import (
    FITS,
    Acting,
    Partnered,
    acting,
    partnered,
    register_known,
)
from joinedup.engines.matching.tree import Flags, Floats, Ints
from joinedup.engines.matching.unsaid import Unsaid, touching, unsaid
from joinedup.engines.matching.wording import MIDDLING
from joinedup.engines.matching.world import World

# Need left in a cell from which a lack of action is worth saying, and from which support or an example is of use.
UNMET_HIGH, UNMET_SOME = 0.5, MIDDLING

# What a candidate refers to, each by number; -1 where it has none. `extra` numbers what only its kind knows.
REFERENCES = (
    "place", "theme", "party_a", "party_b", "party_c", "initiative_a", "initiative_b", "offer", "sector", "extra_a",
    "extra_b",
)  # fmt: skip


@dataclass(frozen=True)
class Scene:
    world: World
    weights: score.Weights
    keep: int

    @cached_property
    def coverage(self) -> Coverage:
        return cover(self.world)

    @cached_property
    def partnered(self) -> Partnered:
        return partnered(self.world)

    @cached_property
    def acting(self) -> Acting:
        return acting(self.world)

    @cached_property
    def register(self) -> Flags:
        """P: is the register of the place known well enough to take silence for little action?"""
        return register_known(self.world)

    @cached_property
    def gap(self) -> Floats:
        """P x T: need that the action recorded leaves, by how many live with it; 0 where nothing is known. It orders
        the list and is never said."""
        return np.nan_to_num(score.gap(self.coverage.unmet, self.world.needs.people))

    @cached_property
    def shared_gap(self) -> Floats:
        """The same for work that is already under way: settling it is worth something even if the need is met."""
        left = np.maximum(self.coverage.unmet, score.SHARED_NEED * self.world.needs.need)
        return np.nan_to_num(score.gap(left, self.world.needs.people))

    @cached_property
    def urgency(self) -> Floats:
        return score.cell_urgency(self.world.needs.trend, self.world.needs.cluster)

    def cells(self, least: float) -> Flags:
        """P x T: cells with a figure of their own, people concerned, and at least so much need unmet."""
        return (self.world.needs.source == OWN) & self.unmet_at_least(least)

    def unmet_at_least(self, least: float) -> Flags:
        # A hair of tolerance: 0.5 that went through logarithms is still 0.5.
        with np.errstate(invalid="ignore"):
            return (self.coverage.unmet >= least - 1e-9) & (self.world.needs.people > 0)

    @cached_property
    def work_order(self) -> tuple[Ints, Ints]:
        """Keys theme x P + place, sorted, and the initiatives at work under them."""
        doing = self.world.initiatives
        active = (doing.running & ~doing.harmful)[doing.owner]
        key = doing.theme[active] * self.world.tree.size + doing.node[active]
        order = np.lexsort((doing.owner[active], key))
        return key[order], doing.owner[active][order]

    @cached_property
    def number_at_work(self) -> Ints:
        """P x T: how many initiatives run today for a place and theme, there, around it or in a part of it."""
        doing, themes = self.world.initiatives, max(len(self.world.themes), 1)
        active = (doing.running & ~doing.harmful)[doing.owner]
        owner, node, theme = doing.owner[active], doing.node[active], doing.theme[active]
        return touching(self.world.tree, owner, node, theme, themes)[:, : len(self.world.themes)]

    @cached_property
    def unsaid(self) -> Unsaid:
        """Action whose theme or place is not recorded: none of its places may be called without action."""
        return unsaid(self.world)

    def may_be_at_work(self, place: int, theme: int) -> list[int]:
        """Initiatives that run today and may be on a theme there: their theme or their place is not recorded."""
        at_work = set(self.at_work(place, theme))
        return [i for i in self.unsaid.at(self.world.tree, place, theme) if i not in at_work]

    def at_work(self, place: int, theme: int, *, parts: bool = True) -> list[int]:
        """Initiatives that run today for a place and theme, most reach first; with `parts` those in parts of it."""
        tree = self.world.tree
        key, owner = self.work_order
        found: set[int] = set()
        at = place
        while at >= 0:
            code = theme * tree.size + at
            found.update(owner[np.searchsorted(key, code) : np.searchsorted(key, code, "right")].tolist())
            at = int(tree.parent[at])
        if parts:
            start, stop = theme * tree.size + place + 1, theme * tree.size + int(tree.end[place])
            found.update(owner[np.searchsorted(key, start) : np.searchsorted(key, stop)].tolist())
        reach = np.nan_to_num(self.world.initiatives.reach, nan=-1.0)
        return sorted(found, key=lambda i: (-reach[i], i))

    @cached_property
    def _markings(self) -> dict[str, str]:
        """Of the records that are marked, the marking; of two with one id the stricter."""
        marked: dict[str, str] = {}
        for table in (self.world.partners.frame, self.world.initiatives.frame, self.world.offers.frame):
            for code, marking in table.select("id", "marking").drop_nulls().iter_rows():
                marked[code] = max(marked.get(code, marking), marking, key=strictness)
        return marked

    def strictest(self, ids: list[str]) -> str:
        """The strictest marking of some records; unmarked ones are public."""
        return max((self._markings.get(i, MARKINGS[0]) for i in ids), key=strictness, default=MARKINGS[0])

    @cached_property
    def published(self) -> dict[tuple[str, str], list[dict[str, Any]]]:
        """The published figures behind each need, where the table brings them."""
        needs = self.world.tables.needs
        if "facts" not in needs.columns:
            return {}
        needs = needs.filter(pl.col("place").is_in(self.world.tree.codes))
        return {(p, t): facts or [] for p, t, facts in needs.select("place", "theme", "facts").iter_rows()}


@dataclass(frozen=True)
class Kind:
    """One kind of opportunity. `candidates` gives a frame of `candidate_frame` columns, from the scene and what
    the kinds before it found; `explain` puts one of its rows into words."""

    name: str
    candidates: Callable[[Scene, pl.DataFrame], pl.DataFrame]
    explain: Callable[[Scene, dict[str, Any]], Explanation]
    only_parties: bool = False


def candidate_frame(
    kind: str, place: Ints, theme: Ints, parts: dict[str, Any], ask: Any = False, **references: Ints
) -> pl.DataFrame:
    """A frame of candidates: references by number, the five components, and whether it is put as a question."""
    number = len(place)
    given: dict[str, Any] = {"place": place, "theme": theme, **references}
    columns = {
        name: pl.Series(name, given[name] if name in given else np.full(number, -1), dtype=pl.Int32)
        for name in REFERENCES
    }
    frame = pl.DataFrame(columns).with_columns(
        *(pl.Series(n, np.broadcast_to(parts[n], number), dtype=pl.Float64) for n in score.COMPONENTS),
        pl.Series("ask", np.broadcast_to(ask, number), dtype=pl.Boolean),
        pl.lit(kind).alias("kind"),
    )
    return frame


@cache
def none_found(kind: str) -> pl.DataFrame:
    none = np.zeros(0, dtype=np.int64)
    return candidate_frame(kind, none, none, {name: np.zeros(0) for name in score.COMPONENTS})


def best_of_sectors(scene: Scene, place: Ints, theme: Ints, how_many: int) -> tuple[Ints, Floats]:
    """For cells, the partners of the sectors that serve the theme best: (n x how_many) partners, -1 where no more
    fit, and their values, best first."""
    value = scene.partnered.value[place, theme]
    who = scene.partnered.partner[place, theme]
    # Stable: sectors of equal value keep their own order.
    order = np.argsort(-value, axis=1, kind="stable")[:, :how_many]
    value = np.take_along_axis(value, order, axis=1).astype(float)
    fits = value >= FITS - 1e-6
    partner = np.where(fits, np.take_along_axis(who, order, axis=1), -1).astype(np.int64)
    if partner.shape[1] < how_many:
        missing = ((0, 0), (0, how_many - partner.shape[1]))
        partner, value = np.pad(partner, missing, constant_values=-1), np.pad(value, missing)
    return partner, np.where(partner >= 0, value, 0.0)
