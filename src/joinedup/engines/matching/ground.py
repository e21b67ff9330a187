"""What stands still while records change: places, themes, sectors, the mix and the need. Made once for a run."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from joinedup.engines.matching import score
from joinedup.engines.matching.numbering import MOST_WORDS, distinct, floats, number, words_of
from joinedup.engines.matching.similar import Neighbours, neighbours
from joinedup.engines.matching.tables import Tables, too_unsure
from joinedup.engines.matching.tree import Flags, Floats, Ints, Tree, grow

OWN, FROM_PARTS, FROM_WHOLE = 1, 2, 3


@dataclass(frozen=True)
class Needs:
    """Grids P x T. `source` is 0 where nothing is known, else where the figure comes from."""

    need: Floats
    people: Floats
    trend: Floats
    cluster: Flags
    source: Ints

    def at(self, places: Ints) -> Needs:
        return Needs(*(getattr(self, name)[places] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Ground:
    """P places, T themes, S sectors, each numbered in the order of its sorted codes (places: `tree.Tree`)."""

    tree: Tree
    place_of: dict[str, int]
    themes: list[str]
    sectors: list[str]
    theme_names: dict[str, str]
    sector_names: dict[str, str]
    mix: Floats
    needs: Needs
    near: Neighbours
    family: Ints  # P: the outermost place whose opportunities may depend on this place, itself included; see `families`
    stated: Ints  # P: what the places table says of its register: 1 known, 0 not, -1 nothing
    confirms: bool  # do the records say at all when they were last confirmed?
    words: frozenset[str]  # of level and way in

    @property
    def divides(self) -> bool:
        """May a part of the places be worked out without the others? Not where words no longer fit into a mask."""
        return len(self.words) <= MOST_WORDS

    @property
    def theme_of(self) -> dict[str, int]:
        return {theme: i for i, theme in enumerate(self.themes)}

    @property
    def sector_of(self) -> dict[str, int]:
        return {sector: i for i, sector in enumerate(self.sectors)}


def survey(tables: Tables) -> Ground:
    """The ground of complete, normalised tables."""
    tree = grow(tables.places)
    place_of = {code: i for i, code in enumerate(tree.codes)}
    themes, sectors = named_themes(tables), named_sectors(tables)
    theme_of = {theme: i for i, theme in enumerate(themes)}
    sector_of = {sector: i for i, sector in enumerate(sectors)}
    needs = _needs(tables.frame("needs"), tree, place_of, theme_of)
    return Ground(
        tree=tree,
        place_of=place_of,
        themes=themes,
        sectors=sectors,
        theme_names=dict(tables.frame("themes").select("theme", "name").iter_rows()),
        sector_names=dict(tables.frame("sectors").select("sector", "name").iter_rows()),
        mix=_mix(tables.frame("mix"), theme_of, sector_of),
        needs=needs,
        near=neighbours(tables.profiles, tree, place_of),
        family=families(tree, needs),
        stated=np.array(
            [-1 if said is None else int(said) for said in _stated(tables, tree)], dtype=np.int64
        ),
        confirms=says_when_confirmed(tables),
        words=named_words(tables.frame("initiatives")),
    )


def _stated(tables: Tables, tree: Tree) -> list[bool | None]:
    said = dict(tables.places.select("code", "known").iter_rows())
    return [said.get(code) for code in tree.codes]


def named_themes(tables: Tables) -> list[str]:
    columns = [tables.frame(n)["themes"].explode() for n in ("partners", "initiatives", "offers", "asks")]
    return distinct([*columns, tables.frame("needs")["theme"], tables.frame("mix")["theme"]])


def named_sectors(tables: Tables) -> list[str]:
    offers = tables.frame("offers")
    return distinct(
        [tables.frame("partners")["sector"], tables.frame("mix")["sector"], offers["sectors"].explode(),
         offers["via_sectors"].explode()]
    )  # fmt: skip


def named_words(initiatives: pl.DataFrame) -> frozenset[str]:
    return frozenset(word for column in ("level", "way_in") for word in words_of(initiatives, column))


def says_when_confirmed(tables: Tables) -> bool:
    both = (tables.frame(name)["confirmed"] for name in ("partners", "initiatives"))
    return any(bool(column.is_not_null().any()) for column in both)


def families(tree: Tree, needs: Needs) -> Ints:
    """For each place the family that it is worked out with, by the number of the family's outermost place; -1 for
    wide places above all families, where nothing is found.

    What is found in a place depends on records that touch it, its parts, or what it lies in, and, where parts are
    rolled up into a whole, on what is found in its brothers and sisters. So a family is a whole that its parts may
    be rolled up into, or that has a figure of its own, with everything inside it.
    """
    heads = tree.rolls_up | (needs.source == OWN).any(axis=1)
    family = np.full(tree.size, -1, dtype=np.int64)
    for p in range(tree.size):
        above = tree.parent[p]
        if above >= 0 and family[above] >= 0:
            family[p] = family[above]
        elif heads[p] or tree.children[p] == 0:
            family[p] = p
    return family


def part_of(tree: Tree, keep: Flags) -> tuple[Tree, Ints]:
    """The tree of some places, `keep`, that are whole families and all that these lie in, with their numbers in the
    whole tree. Weights, names and numbers of children stay those of the whole."""
    places = np.flatnonzero(keep)
    new = np.full(tree.size + 1, -1, dtype=np.int64)
    new[places] = np.arange(len(places))
    inside = np.concatenate([[0], np.cumsum(keep)])
    pick = {
        name: getattr(tree, name)[places] for name in ("depth", "children", "weight", "latitude", "longitude")
    }
    return replace(
        tree,
        codes=[tree.codes[p] for p in places],
        names=[tree.names[p] for p in places],
        kinds=[tree.kinds[p] for p in places],
        parent=new[tree.parent[places]],
        end=inside[tree.end[places]],
        rolls_up=tree.rolls_up[places],
        **pick,
    ), places


def _mix(frame: pl.DataFrame, themes: dict[str, int], sectors: dict[str, int]) -> Floats:
    """T x S. A theme that guidance does not speak of needs every sector half; a sector that guidance leaves out
    of a theme it does speak of is not needed."""
    mix = np.zeros((len(themes), len(sectors)))
    theme, sector = number(frame["theme"], themes), number(frame["sector"], sectors)
    mix[theme, sector] = np.clip(np.nan_to_num(floats(frame["weight"])), 0.0, 1.0)
    silent = np.ones(len(themes), dtype=bool)
    silent[theme] = False
    mix[silent] = score.NEUTRAL
    return mix


def _needs(frame: pl.DataFrame, tree: Tree, places: dict[str, int], themes: dict[str, int]) -> Needs:
    shape = (tree.size, len(themes))
    need, people, trend = np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan)
    cluster = np.zeros(shape, dtype=bool)
    at = (number(frame["place"], places), number(frame["theme"], themes))
    need[at], people[at] = floats(frame["need"]), floats(frame["people_at_risk"])
    trend[at], cluster[at] = floats(frame["trend"]), frame["cluster"].fill_null(False).to_numpy().astype(bool)
    source = np.where(np.isnan(need), 0, OWN)
    # Known too unsurely to be said: it stays unknown, whatever its parts or its whole have.
    unsure = np.zeros(shape, dtype=bool)
    unsure[at] = too_unsure(frame).to_numpy().astype(bool)

    # A whole without a figure of its own takes that of its parts, weighted by people at risk.
    for p in np.unique(tree.parent[tree.parent >= 0])[::-1]:
        if not (source[p] == 0).any():
            continue
        inside = np.arange(p + 1, tree.end[p])
        parts = inside[tree.parent[inside] == p]
        blank = (source[p] == 0) & ~unsure[p] & (source[parts] > 0).any(axis=0)
        if not blank.any():
            continue
        heads = np.nan_to_num(people[parts][:, blank])
        total = heads.sum(axis=0)
        share = heads / np.where(total > 0, total, 1.0)
        need[p, blank] = (np.nan_to_num(need[parts][:, blank]) * share).sum(axis=0)
        trends = trend[parts][:, blank]
        told = np.where(np.isnan(trends), 0.0, share).sum(axis=0)
        mean = (np.nan_to_num(trends) * share).sum(axis=0) / np.where(told > 0, told, 1.0)
        trend[p, blank] = np.where(told > 0, mean, np.nan)
        people[p, blank], source[p, blank] = total, FROM_PARTS
        cluster[p, blank] = cluster[parts][:, blank].any(axis=0)
    # A part without one takes that of the whole it lies in.
    for depth in range(1, int(tree.depth.max(initial=0)) + 1):
        at_depth = np.flatnonzero(tree.depth == depth)
        whole = tree.parent[at_depth]
        blank = (source[at_depth] == 0) & ~unsure[at_depth]
        blank &= (source[whole] > 0) & (source[whole] != FROM_PARTS)
        row, theme = np.nonzero(blank)
        here, above = at_depth[row], whole[row]
        need[here, theme], trend[here, theme] = need[above, theme], trend[above, theme]
        people[here, theme] = people[above, theme] * tree.weight[here] / tree.weight[above]
        source[here, theme] = FROM_WHOLE
    return Needs(need=need, people=people, trend=trend, cluster=cluster, source=source)
