"""The tables as numbered arrays, made once for a run: what every rule computes on.

P places, T themes, S sectors, N partners, I initiatives, O offers; each numbered in the order of its sorted codes
(places: `tree.Tree`), so that a result never depends on the order of rows. -1 means none, NaN unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from joinedup.engines.matching import score
from joinedup.engines.matching.numbering import days, distinct, floats, listed, masks, number
from joinedup.engines.matching.tables import Tables, empty
from joinedup.engines.matching.tree import Flags, Floats, Ints, Tree, grow

EPOCH = date(1970, 1, 1)
FAR_PAST, FAR_FUTURE = -(10**6), 10**6
# Quality of an initiative whose evidence nobody has rated: as likely to help as not.
QUALITY_UNKNOWN = 0.5
OWN, FROM_PARTS, FROM_WHOLE = 1, 2, 3


@dataclass(frozen=True)
class Needs:
    """Grids P x T. `source` is 0 where nothing is known, else where the figure comes from."""

    need: Floats
    people: Floats
    trend: Floats
    cluster: Flags
    source: Ints


@dataclass(frozen=True)
class Partners:
    frame: pl.DataFrame
    sector: Ints
    fresh: Floats  # 1, or less where the record is stale
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


@dataclass(frozen=True)
class Offers:
    frame: pl.DataFrame
    provider: Ints
    opens: Ints
    closes: Ints
    unchecked: Flags
    theme_owner: Ints  # rows only for offers restricted to themes; likewise below
    theme: Ints
    owner: Ints
    node: Ints
    sectors: Flags  # O x S: who may use it
    via: Flags  # O x S: who applies on others' behalf; none set means directly


@dataclass(frozen=True)
class World:
    tables: Tables
    today: int
    tree: Tree
    themes: list[str]
    sectors: list[str]
    theme_names: dict[str, str]
    sector_names: dict[str, str]
    mix: Floats
    needs: Needs
    partners: Partners
    initiatives: Initiatives
    offers: Offers
    link_key: Ints
    link_strength: Floats

    @property
    def as_of(self) -> date:
        return date.fromordinal(EPOCH.toordinal() + self.today)

    def strength(self, a: Ints, b: Ints) -> Floats:
        """How strongly partners a and b are linked: 0 where no link is known, or where one of them is none."""
        strength = np.zeros(len(a))
        both = np.flatnonzero((a >= 0) & (b >= 0))
        if not len(self.link_key) or not len(both):
            return strength
        a, b = a[both], b[both]
        key = np.minimum(a, b) * self.partners.frame.height + np.maximum(a, b)
        at = np.minimum(np.searchsorted(self.link_key, key), len(self.link_key) - 1)
        strength[both] = np.where(self.link_key[at] == key, self.link_strength[at], 0.0)
        return strength


def build(tables: Tables, as_of: date) -> World:
    """Numbers normalised tables as they stand on a date."""
    today = as_of.toordinal() - EPOCH.toordinal()
    t = {name: getattr(tables, name) for name in Tables.__dataclass_fields__}
    t = {name: empty(name) if frame is None else frame for name, frame in t.items()}
    tree = grow(t["places"])
    places = {code: i for i, code in enumerate(tree.codes)}
    themes = distinct([t[n]["themes"].explode() for n in ("partners", "initiatives", "offers", "asks")])
    themes = sorted({*themes, *distinct([t["needs"]["theme"], t["mix"]["theme"]])})
    sectors = distinct(
        [t["partners"]["sector"], t["mix"]["sector"], t["offers"]["sectors"].explode(),
         t["offers"]["via_sectors"].explode()]
    )  # fmt: skip
    theme_of = {theme: i for i, theme in enumerate(themes)}
    sector_of = {sector: i for i, sector in enumerate(sectors)}
    partners = _partners(t["partners"], tree, places, theme_of, sector_of, today)
    initiatives = _initiatives(t, tree, places, theme_of, today)
    key, strength = _links(t["links"], t["partners"], initiatives, today)
    return World(
        tables=Tables(**t),
        today=today,
        tree=tree,
        themes=themes,
        sectors=sectors,
        theme_names=dict(t["themes"].select("theme", "name").iter_rows()),
        sector_names=dict(t["sectors"].select("sector", "name").iter_rows()),
        mix=_mix(t["mix"], theme_of, sector_of),
        needs=_needs(t["needs"], tree, places, theme_of),
        partners=partners,
        initiatives=initiatives,
        offers=_offers(t["offers"], t["partners"], tree, places, theme_of, sector_of, today),
        link_key=key,
        link_strength=strength,
    )


def _fresh(confirmed: pl.Series, today: int) -> Floats:
    """Only a date says that a record is stale: a blank one says nothing."""
    return np.where(days(confirmed, FAR_FUTURE) < today - score.STALE_DAYS, score.STALE_FACTOR, 1.0)


def _partners(
    frame: pl.DataFrame,
    tree: Tree,
    places: dict[str, int],
    themes: dict[str, int],
    sectors: dict[str, int],
    today: int,
) -> Partners:
    owner, node = tree.simplest(*listed(frame, "places", places))
    theme_owner, theme = listed(frame, "themes", themes)
    return Partners(
        frame=frame,
        sector=number(frame["sector"], sectors),
        fresh=_fresh(frame["confirmed"], today),
        owner=owner,
        node=node,
        theme_owner=theme_owner,
        theme=theme,
    )


def _initiatives(
    t: dict[str, pl.DataFrame], tree: Tree, places: dict[str, int], themes: dict[str, int], today: int
) -> Initiatives:
    frame = t["initiatives"]
    ids = {code: i for i, code in enumerate(t["partners"]["id"].to_list())}
    approaches = t["approaches"]["approach"].to_list()
    approach = number(frame["approach"], {a: i for i, a in enumerate(approaches)})
    named = sorted({*approaches, *distinct([frame["approach"]])})
    known = approach >= 0
    effects = floats(t["approaches"]["effect"])
    harms = t["approaches"]["harmful"].fill_null(False).to_numpy().astype(bool)
    evidence = floats(frame["evidence"])
    if len(approaches):
        evidence = np.where(np.isnan(evidence) & known, effects[approach], evidence)
    harmful = known & harms[approach] if len(approaches) else np.zeros(frame.height, dtype=bool)
    fresh = _fresh(frame["confirmed"], today)

    owner, node = tree.simplest(*listed(frame, "places", places))
    theme_row, theme = listed(frame, "themes", themes)
    number_of_themes = np.bincount(theme_row, minlength=frame.height)
    whole = np.bincount(owner, weights=tree.weight[node], minlength=frame.height)
    left = pl.DataFrame({"owner": owner, "node": node})
    right = pl.DataFrame({"owner": theme_row, "theme": theme})
    rows = left.join(right, on="owner", maintain_order="left_right")
    owner, node, theme = (rows[c].to_numpy().astype(np.int64) for c in ("owner", "node", "theme"))

    co_row, co = listed(frame, "co_partners", ids)
    lead = number(frame["partner"], ids)
    acting = np.unique(
        np.concatenate([np.arange(frame.height), co_row]) * max(len(ids), 1) + np.concatenate([lead, co])
    )
    offer_row, offer = listed(frame, "offers", {o: i for i, o in enumerate(t["offers"]["id"].to_list())})
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
        result=floats(frame["result"]),
        approach=number(frame["approach"], {a: i for i, a in enumerate(named)}),
        fresh=fresh,
        themes=number_of_themes,
        owner=owner,
        node=node,
        theme=theme,
        part=tree.weight[node] / whole[owner] / number_of_themes[owner] if len(owner) else np.zeros(0),
        act_owner=acting // max(len(ids), 1),
        actor=acting % max(len(ids), 1),
        offer_owner=offer_row,
        offer=offer,
    )


def _offers(
    frame: pl.DataFrame, partners: pl.DataFrame, tree: Tree, places: dict[str, int], themes: dict[str, int],
    sectors: dict[str, int], today: int,
) -> Offers:  # fmt: skip
    owner, node = tree.simplest(*listed(frame, "places", places))
    theme_owner, theme = listed(frame, "themes", themes)
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
        owner=owner,
        node=node,
        sectors=grids[0],
        via=grids[1],
    )


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

    # A whole without a figure of its own takes that of its parts, weighted by people at risk.
    for p in np.unique(tree.parent[tree.parent >= 0])[::-1]:
        parts = np.flatnonzero(tree.parent == p) if tree.children[p] else np.zeros(0, dtype=np.int64)
        blank = (source[p] == 0) & (source[parts] > 0).any(axis=0)
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
    for p in range(tree.size):
        whole = tree.parent[p]
        if whole < 0:
            continue
        blank = (source[p] == 0) & (source[whole] > 0) & (source[whole] != FROM_PARTS)
        if blank.any():
            need[p, blank], trend[p, blank] = need[whole, blank], trend[whole, blank]
            people[p, blank] = people[whole, blank] * tree.weight[p] / tree.weight[whole]
            source[p, blank] = FROM_WHOLE
    return Needs(need=need, people=people, trend=trend, cluster=cluster, source=source)


def _links(
    links: pl.DataFrame, partners: pl.DataFrame, initiatives: Initiatives, today: int
) -> tuple[Ints, Floats]:
    """Links that exist today, with those between partners who run an initiative together at full strength."""
    ids = {code: i for i, code in enumerate(partners["id"].to_list())}
    since = days(links["since"], FAR_PAST) <= today
    a, b = number(links["partner_a"], ids)[since], number(links["partner_b"], ids)[since]
    strength = np.clip(np.nan_to_num(floats(links["strength"]), nan=1.0), 0.0, 1.0)[since]
    both = pl.DataFrame({"owner": initiatives.act_owner, "actor": initiatives.actor})
    both = both.filter(pl.len().over("owner") > 1)
    both = both.join(both, on="owner", suffix="_b").filter(pl.col("actor") < pl.col("actor_b"))
    a = np.concatenate([a, both["actor"].to_numpy().astype(np.int64)])
    b = np.concatenate([b, both["actor_b"].to_numpy().astype(np.int64)])
    strength = np.concatenate([strength, np.ones(both.height)])
    key = np.minimum(a, b) * max(len(ids), 1) + np.maximum(a, b)
    keys, at = np.unique(key, return_inverse=True)
    strongest = np.zeros(len(keys))
    np.maximum.at(strongest, at, strength)
    return keys, strongest
