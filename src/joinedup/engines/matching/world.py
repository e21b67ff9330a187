"""The tables as numbered arrays, made once for a run: what every rule computes on.

P places, T themes, S sectors, N partners, I initiatives, O offers; each numbered in the order of its sorted codes
(places: `tree.Tree`), so that a result never depends on the order of rows. -1 means none, NaN unknown.

A world may be of some families of places only (`ground.families`): then P counts those and what they lie in, and the
records are those that touch them. What is found inside the families is the same, to the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from joinedup.engines.matching import score
from joinedup.engines.matching.ground import Ground, Needs, part_of, survey
from joinedup.engines.matching.numbering import days, distinct, floats, listed, masks, number
from joinedup.engines.matching.tables import Tables
from joinedup.engines.matching.tree import Flags, Floats, Ints, Tree
from joinedup.engines.matching.whereabouts import may_be, where_it_may_be

EPOCH = date(1970, 1, 1)
FAR_PAST, FAR_FUTURE = -(10**6), 10**6
# Quality of an initiative whose evidence nobody has rated: as likely to help as not.
QUALITY_UNKNOWN = 0.5


@dataclass(frozen=True)
class Partners:
    frame: pl.DataFrame
    sector: Ints
    fresh: Floats  # 1, or less where the record is stale
    footprint: Floats  # people in all the places where each works
    owner: Ints  # with `node`: where each works, in the fewest places
    node: Ints
    theme_owner: Ints
    theme: Ints


@dataclass(frozen=True)
class Initiatives:
    frame: pl.DataFrame
    partner: Ints
    running: Flags
    begun: Flags
    harmful: Flags
    level: Ints  # bit masks; 0 is unknown
    way_in: Ints
    age_from: Floats
    age_to: Floats
    reach: Floats
    quality: Floats
    evidence: Floats
    result: Floats
    approach: Ints
    fresh: Floats
    themes: Ints  # how many themes each works on
    owner: Ints  # with `node`, `theme`, `part`: where it works, and the part of its reach that falls there
    node: Ints
    theme: Ints
    part: Floats
    act_owner: Ints  # with `actor`: its partner and co-partners
    actor: Ints
    offer_owner: Ints
    offer: Ints
    unsaid_owner: (
        Ints  # with `unsaid_node`, `unsaid_theme`: those without a theme (-1), or without a place (where its
    )
    unsaid_node: Ints  # partner works), by where they may be
    unsaid_theme: Ints
    known_owner: (
        Ints  # with `known_at`, `known_theme`: those with a result, where it ran, by a place with a profile
    )
    known_at: Ints  # numbered in the whole tree, -1 where there is none
    known_theme: Ints


@dataclass(frozen=True)
class Offers:
    frame: pl.DataFrame
    provider: Ints
    opens: Ints
    closes: Ints
    unchecked: Flags
    theme_owner: Ints  # rows only for offers restricted to themes; likewise below
    theme: Ints
    bounded: Flags  # restricted to places at all
    owner: Ints
    node: Ints
    sectors: Flags  # O x S: who may use it
    via: Flags  # O x S: who applies on others' behalf; none set means directly


@dataclass(frozen=True)
class Links:
    """Pairs of partners (smaller number first) and how strong the link is, 0 to 1; sorted by `key`, a * N + b."""

    key: Ints
    strength: Floats


@dataclass(frozen=True)
class World:
    tables: Tables
    ground: Ground
    today: int
    tree: Tree
    kept: Ints  # the number of each place in the whole tree
    needs: Needs
    partners: Partners
    initiatives: Initiatives
    offers: Offers
    links: Links

    @property
    def as_of(self) -> date:
        return date.fromordinal(EPOCH.toordinal() + self.today)

    @property
    def themes(self) -> list[str]:
        return self.ground.themes

    @property
    def sectors(self) -> list[str]:
        return self.ground.sectors

    @property
    def theme_names(self) -> dict[str, str]:
        return self.ground.theme_names

    @property
    def sector_names(self) -> dict[str, str]:
        return self.ground.sector_names

    @property
    def mix(self) -> Floats:
        return self.ground.mix

    def strength(self, a: Ints, b: Ints) -> Floats:
        """How strongly partners a and b are linked: 0 where no link is known, or where one of them is none."""
        strength = np.zeros(len(a))
        both = np.flatnonzero((a >= 0) & (b >= 0))
        if not len(self.links.key) or not len(both):
            return strength
        a, b = a[both], b[both]
        key = np.minimum(a, b) * self.partners.frame.height + np.maximum(a, b)
        at = np.minimum(np.searchsorted(self.links.key, key), len(self.links.key) - 1)
        strength[both] = np.where(self.links.key[at] == key, self.links.strength[at], 0.0)
        return strength


def day_number(as_of: date) -> int:
    return as_of.toordinal() - EPOCH.toordinal()


def build(
    tables: Tables,
    as_of: date,
    *,
    ground: Ground | None = None,
    keep: Flags | None = None,
    links: Links | None = None,
) -> World:
    """Numbers normalised tables as they stand on a date.

    `ground` spares surveying it again. `keep` (whole P) keeps those places only: whole families and what they lie
    in; `links` are then given too, since the tables hold some of the partners.
    """
    today = day_number(as_of)
    ground = ground or survey(tables)
    if keep is None:
        tree, kept, needs = ground.tree, np.arange(ground.tree.size), ground.needs
        within = Within(ground, kept)
    else:
        tree, kept = part_of(ground.tree, keep)
        needs, within = ground.needs.at(kept), Within(ground, np.where(keep, np.cumsum(keep) - 1, -1))
    partners = _partners(tables.frame("partners"), within, today)
    initiatives = _initiatives(tables, within, today)
    return World(
        tables=tables,
        ground=ground,
        today=today,
        tree=tree,
        kept=kept,
        needs=needs,
        partners=partners,
        initiatives=initiatives,
        offers=_offers(tables, within, today),
        links=_links(tables, initiatives, today) if links is None else links,
    )


@dataclass(frozen=True)
class Within:
    """Where records are, of those places that are kept: `new` (whole P) is the number there, -1 for the others."""

    ground: Ground
    new: Ints

    def spots(self, frame: pl.DataFrame) -> tuple[Ints, Ints]:
        """(row, place) in the fewest places, numbered in the whole tree."""
        return self.ground.tree.simplest(*listed(frame, "places", self.ground.place_of))

    def keep(self, node: Ints) -> tuple[Ints, Flags]:
        """The number of each place among those kept, and which rows have one; the numbers of those rows only."""
        node = self.new[node]
        there = node >= 0
        return node[there], there


def _fresh(confirmed: pl.Series, today: int) -> Floats:
    """Only a date says that a record is stale: a blank one says nothing."""
    return np.where(days(confirmed, FAR_FUTURE) < today - score.STALE_DAYS, score.STALE_FACTOR, 1.0)


def _partners(frame: pl.DataFrame, within: Within, today: int) -> Partners:
    owner, node = within.spots(frame)
    weight = within.ground.tree.weight
    footprint = np.bincount(owner, weights=weight[node], minlength=frame.height).astype(float)
    node, there = within.keep(node)
    owner = owner[there]
    theme_owner, theme = listed(frame, "themes", within.ground.theme_of)
    return Partners(
        frame=frame,
        sector=number(frame["sector"], within.ground.sector_of),
        fresh=_fresh(frame["confirmed"], today),
        footprint=footprint,
        owner=owner,
        node=node,
        theme_owner=theme_owner,
        theme=theme,
    )


def _initiatives(tables: Tables, within: Within, today: int) -> Initiatives:
    frame, approaches = tables.frame("initiatives"), tables.frame("approaches")
    ids = {code: i for i, code in enumerate(tables.frame("partners")["id"].to_list())}
    known_approaches = approaches["approach"].to_list()
    approach = number(frame["approach"], {a: i for i, a in enumerate(known_approaches)})
    named = sorted({*known_approaches, *distinct([frame["approach"]])})
    known = approach >= 0
    effects = floats(approaches["effect"])
    harms = approaches["harmful"].fill_null(False).to_numpy().astype(bool)
    evidence = floats(frame["evidence"])
    if len(known_approaches):
        evidence = np.where(np.isnan(evidence) & known, effects[approach], evidence)
    harmful = known & harms[approach] if len(known_approaches) else np.zeros(frame.height, dtype=bool)
    result = floats(frame["result"])

    lead = number(frame["partner"], ids)
    weight = within.ground.tree.weight
    owner, node = within.spots(frame)
    theme_row, theme = listed(frame, "themes", within.ground.theme_of)
    number_of_themes = np.bincount(theme_row, minlength=frame.height)
    whole = np.bincount(owner, weights=weight[node], minlength=frame.height)
    left = pl.DataFrame({"owner": owner, "node": node})
    right = pl.DataFrame({"owner": theme_row, "theme": theme})
    rows = left.join(right, on="owner", maintain_order="left_right")
    owner, node, theme = (rows[c].to_numpy().astype(np.int64) for c in ("owner", "node", "theme"))
    part = weight[node] / whole[owner] / number_of_themes[owner] if len(owner) else np.zeros(0)
    unplaced = np.flatnonzero(frame["places"].is_null().to_numpy())
    works = within.spots(tables.frame("partners")) if len(unplaced) else (unplaced, unplaced)
    open_owner, open_node, open_theme = may_be(
        left, right, number_of_themes == 0, where_it_may_be(within.ground.tree, unplaced, lead, *works)
    )
    open_node, may_be_there = within.keep(open_node)
    shown = ~np.isnan(result[owner])
    known_owner, known_at, known_theme = owner[shown], within.ground.near.at[node[shown]], theme[shown]
    node, there = within.keep(node)
    owner, theme, part = owner[there], theme[there], part[there]

    co_row, co = listed(frame, "co_partners", ids)
    acting = np.unique(
        np.concatenate([np.arange(frame.height), co_row]) * max(len(ids), 1) + np.concatenate([lead, co])
    )
    offer_of = {o: i for i, o in enumerate(tables.frame("offers")["id"].to_list())}
    offer_row, offer = listed(frame, "offers", offer_of)
    begun = days(frame["starts"], FAR_PAST) <= today
    return Initiatives(
        frame=frame,
        partner=lead,
        running=begun & (days(frame["ends"], FAR_FUTURE) >= today),
        begun=begun,
        harmful=harmful,
        level=masks(frame, "level"),
        way_in=masks(frame, "way_in"),
        age_from=np.nan_to_num(floats(frame["age_from"]), nan=0.0),
        age_to=np.nan_to_num(floats(frame["age_to"]), nan=120.0),
        reach=floats(frame["reach_per_year"]),
        quality=np.clip(np.where(np.isnan(evidence), QUALITY_UNKNOWN, evidence), 0.0, 1.0),
        evidence=evidence,
        result=result,
        approach=number(frame["approach"], {a: i for i, a in enumerate(named)}),
        fresh=_fresh(frame["confirmed"], today),
        themes=number_of_themes,
        owner=owner,
        node=node,
        theme=theme,
        part=part,
        act_owner=acting // max(len(ids), 1),
        actor=acting % max(len(ids), 1),
        offer_owner=offer_row,
        offer=offer,
        unsaid_owner=open_owner[may_be_there],
        unsaid_node=open_node,
        unsaid_theme=open_theme[may_be_there],
        known_owner=known_owner,
        known_at=known_at,
        known_theme=known_theme,
    )


def _offers(tables: Tables, within: Within, today: int) -> Offers:
    frame, partners = tables.frame("offers"), tables.frame("partners")
    owner, node = within.spots(frame)
    bounded = np.zeros(frame.height, dtype=bool)
    bounded[owner] = True
    node, there = within.keep(node)
    owner = owner[there]
    theme_owner, theme = listed(frame, "themes", within.ground.theme_of)
    sectors = within.ground.sector_of
    grids = []
    for column in ("sectors", "via_sectors"):
        grid = np.zeros((frame.height, len(sectors)), dtype=bool)
        grid[listed(frame, column, sectors)] = True
        grids.append(grid)
    # Nobody named as users: anyone may use it.
    grids[0][~grids[0].any(axis=1)] = True
    return Offers(
        frame=frame,
        provider=number(frame["provider"], {p: i for i, p in enumerate(partners["id"].to_list())}),
        opens=days(frame["opens"], FAR_PAST),
        closes=days(frame["closes"], FAR_FUTURE),
        unchecked=days(frame["last_checked"], FAR_PAST) < today - score.UNCHECKED_DAYS,
        theme_owner=theme_owner,
        theme=theme,
        bounded=bounded,
        owner=owner,
        node=node,
        sectors=grids[0],
        via=grids[1],
    )


def _links(tables: Tables, initiatives: Initiatives, today: int) -> Links:
    a, b, strength, since = recorded_links(tables)
    one, two = joint_actors(initiatives.act_owner, initiatives.actor)[1:]
    return strongest(
        np.concatenate([a[since <= today], one]),
        np.concatenate([b[since <= today], two]),
        np.concatenate([strength[since <= today], np.ones(len(one))]),
        tables.frame("partners").height,
    )


def recorded_links(tables: Tables) -> tuple[Ints, Ints, Floats, Ints]:
    """The links table by number: both partners, strength (blank is 1), the day since when."""
    links = tables.frame("links")
    ids = {code: i for i, code in enumerate(tables.frame("partners")["id"].to_list())}
    strength = np.clip(np.nan_to_num(floats(links["strength"]), nan=1.0), 0.0, 1.0)
    return (
        number(links["partner_a"], ids),
        number(links["partner_b"], ids),
        strength,
        days(links["since"], FAR_PAST),
    )


def joint_actors(owner: Ints, actor: Ints) -> tuple[Ints, Ints, Ints]:
    """Partners who run an initiative together: (initiative, partner, partner) for each pair."""
    both = pl.DataFrame({"owner": owner, "actor": actor}).filter(pl.len().over("owner") > 1)
    both = both.join(both, on="owner", suffix="_b").filter(pl.col("actor") < pl.col("actor_b"))
    initiative, one, two = (both[c].to_numpy().astype(np.int64) for c in ("owner", "actor", "actor_b"))
    return initiative, one, two


def strongest(a: Ints, b: Ints, strength: Floats, partners: int) -> Links:
    """Pairs with the strongest of their links; those who run an initiative together count at full strength."""
    key = np.minimum(a, b) * max(partners, 1) + np.maximum(a, b)
    keys, at = np.unique(key, return_inverse=True)
    best = np.zeros(len(keys))
    np.maximum.at(best, at, strength)
    return Links(keys, best)
