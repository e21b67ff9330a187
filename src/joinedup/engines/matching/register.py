"""Which records touch which places: so that a change is followed where it reaches, and nowhere else.

What is found in a family of places (`ground.families`) depends on the ground, on the records that touch the family
or what it lies in, on examples from similar places, on who works with whom, and on nothing else. So a part of the
places can be worked out alone, to the last bit as a whole run has it; `tests/engines/matching/test_following.py` holds
that against whole runs on many worlds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl

from joinedup.engines.matching.ground import Ground
from joinedup.engines.matching.numbering import listed, number
from joinedup.engines.matching.tables import KEYS, Tables
from joinedup.engines.matching.tree import Flags, Floats, Ints
from joinedup.engines.matching.whereabouts import where_it_may_be
from joinedup.engines.matching.world import (
    Links,
    World,
    build,
    day_number,
    joint_actors,
    recorded_links,
    strongest,
)

# Tables whose rows reach some places; a change in any other one reaches everything.
RECORDS = ("partners", "initiatives", "offers", "asks", "links")
Changed = Mapping[str, Collection[tuple[str, ...]]]


@dataclass(frozen=True)
class Register:
    """Normalised tables, with where each record is. Rows of `partners` and `initiatives` are known by their place in
    the frame; rows that were replaced stay there, in nobody's list."""

    tables: Tables
    ground: Ground
    as_of: date
    partner_row: Ints  # with `partner_at`: where each partner works
    partner_at: Ints
    initiative_row: Ints  # with `initiative_at`: where each initiative works
    initiative_at: Ints
    unsaid_row: Ints  # with `unsaid_at`: where each initiative may be of which no place is recorded
    unsaid_at: Ints
    act_row: Ints  # with `actor`: initiatives and who runs them
    actor: Ints
    known_row: Ints  # with `known_at`: initiatives that may be an example, by a place with a profile
    known_at: Ints
    link_a: Ints
    link_b: Ints
    link_strength: Floats
    link_since: Ints
    provider: Ints  # for each offer the partner that provides it, or -1
    ask_partner: Ints
    partner_of: Mapping[str, int]  # the row of each partner
    first_of: Mapping[str, int]  # the row of each initiative at first
    later_of: Mapping[str, int | None]  # and of those that changed since; None for what is gone

    @classmethod
    def of(cls, tables: Tables, as_of: date, ground: Ground) -> Register:
        """`tables` as `normalise` leaves them."""
        tree, partners, initiatives = ground.tree, tables.frame("partners"), tables.frame("initiatives")
        partner_row, partner_at = tree.simplest(*listed(partners, "places", ground.place_of))
        initiative_row, initiative_at = tree.simplest(*listed(initiatives, "places", ground.place_of))
        ids = {code: i for i, code in enumerate(partners["id"].to_list())}
        co_row, co = listed(initiatives, "co_partners", ids)
        lead = number(initiatives["partner"], ids)
        shown = initiatives["result"].is_not_null().to_numpy()[initiative_row]
        known_at = ground.near.at[initiative_at[shown]]
        unplaced = np.flatnonzero(initiatives["places"].is_null().to_numpy())
        unsaid_row, unsaid_at = where_it_may_be(tree, unplaced, lead, partner_row, partner_at)
        a, b, strength, since = recorded_links(tables)
        return cls(
            tables=tables,
            ground=ground,
            as_of=as_of,
            partner_row=partner_row,
            partner_at=partner_at,
            initiative_row=initiative_row,
            initiative_at=initiative_at,
            unsaid_row=unsaid_row,
            unsaid_at=unsaid_at,
            act_row=np.concatenate([np.arange(len(lead)), co_row]),
            actor=np.concatenate([lead, co]),
            known_row=initiative_row[shown],
            known_at=known_at,
            link_a=a,
            link_b=b,
            link_strength=strength,
            link_since=since,
            provider=number(tables.frame("offers")["provider"], ids),
            ask_partner=number(tables.frame("asks")["partner"], ids),
            partner_of=ids,
            first_of={code: i for i, code in enumerate(initiatives["id"].to_list())},
            later_of={},
        )

    def families(self, places: Ints) -> Flags:
        """P: the whole families that these places are in, and, of a place above families, all that it holds."""
        tree, family = self.ground.tree, self.ground.family
        wanted = np.zeros(tree.size + 1, dtype=bool)
        wanted[family[places]] = True
        for wide in np.unique(places[family[places] < 0]):
            wanted[family[wide : tree.end[wide]]] = True
        wanted[-1] = False
        return np.asarray(wanted[family])

    def world(self, families: Flags) -> World:
        """The world of some whole families and what they lie in."""
        tree = self.ground.tree
        keep = families.copy()
        keep[tree.above(np.flatnonzero(families), itself=False)[1]] = True
        initiatives = np.zeros(self.tables.frame("initiatives").height, dtype=bool)
        initiatives[self.initiative_row[keep[self.initiative_at]]] = True
        initiatives[self.unsaid_row[keep[self.unsaid_at]]] = True
        near = np.zeros(tree.size + 1, dtype=bool)
        near[self.ground.near.there[families[self.ground.near.here]]] = True
        initiatives[self.known_row[near[self.known_at]]] = True
        partners = np.zeros(self.tables.frame("partners").height + 1, dtype=bool)
        partners[self.partner_row[keep[self.partner_at]]] = True
        partners[self.actor[initiatives[self.act_row]]] = True
        partners[self.provider] = True
        partners[self.ask_partner] = True
        partners[-1] = False
        who = _by_id(self.tables.frame("partners"), np.flatnonzero(partners))
        what = _by_id(self.tables.frame("initiatives"), np.flatnonzero(initiatives))
        some = replace(
            self.tables,
            partners=self.tables.frame("partners")[who],
            initiatives=self.tables.frame("initiatives")[what],
            links=None,
        )
        return build(some, self.as_of, ground=self.ground, keep=keep, links=self._links(who))

    def _links(self, who: Ints) -> Links:
        new = np.full(self.tables.frame("partners").height, -1, dtype=np.int64)
        new[who] = np.arange(len(who))
        a, b = new[self.link_a], new[self.link_b]
        there = (a >= 0) & (b >= 0) & (self.link_since <= day_number(self.as_of))
        actor = new[self.actor]
        one, two = joint_actors(self.act_row[actor >= 0], actor[actor >= 0])[1:]
        return strongest(
            np.concatenate([a[there], one]),
            np.concatenate([b[there], two]),
            np.concatenate([self.link_strength[there], np.ones(len(one))]),
            len(who),
        )

    def reach(self, changed: Changed) -> Flags | None:
        """P: the families where something found may rest on one of these records (by table, keys), or None for all."""
        found: list[Ints] = []
        offers = self.tables.frame("offers")
        of_offers = _rows(offers, changed.get("offers", ()))
        partners = self._partners(code for (code,) in changed.get("partners", ()))
        # A sentence names who provides an offer.
        of_offers = np.union1d(of_offers, np.flatnonzero(np.isin(self.provider, partners)))
        row, at = listed(offers[of_offers], "places", self.ground.place_of)
        if len(np.unique(row)) < len(of_offers):
            return None
        found.append(at)
        initiatives = self._initiatives(changed.get("initiatives", ()))
        linked = self._partners(code for pair in changed.get("links", ()) for code in pair)
        found += list(self._places_of(np.union1d(partners, linked)))
        initiatives = np.union1d(initiatives, self.act_row[np.isin(self.actor, partners)])
        found.append(self.initiative_at[np.isin(self.initiative_row, initiatives)])
        found.append(self.unsaid_at[np.isin(self.unsaid_row, initiatives)])
        there = np.unique(self.known_at[np.isin(self.known_row, initiatives)])
        found.append(self.ground.near.here[np.isin(self.ground.near.there, there)])
        asks = _rows(self.tables.frame("asks"), changed.get("asks", ()))
        if len(asks) or np.isin(self.ask_partner, np.union1d(partners, linked)).any():
            found += list(self._places_of_asks())
        return self.families(np.unique(np.concatenate(found)))

    def _places_of(self, partners: Ints) -> Iterable[Ints]:
        """Wherever these partners work, or run something."""
        yield self.partner_at[np.isin(self.partner_row, partners)]
        theirs = np.unique(self.act_row[np.isin(self.actor, partners)])
        yield self.initiative_at[np.isin(self.initiative_row, theirs)]
        yield self.unsaid_at[np.isin(self.unsaid_row, theirs)]

    def _places_of_asks(self) -> Iterable[Ints]:
        yield listed(self.tables.frame("asks"), "places", self.ground.place_of)[1]
        yield self.partner_at[np.isin(self.partner_row, self.ask_partner)]

    def partners_of(self, initiatives: Collection[tuple[str, ...]]) -> dict[str, frozenset[str]]:
        """Who runs each of these initiatives, by id; those that are not here are left out."""
        frame = self.tables.frame("initiatives")
        rows = frame[self._initiatives(initiatives)].select("id", "partner", "co_partners")
        return {code: frozenset([lead, *(others or [])]) for code, lead, others in rows.iter_rows()}

    def with_initiatives(self, rows: pl.DataFrame, gone: Collection[tuple[str, ...]]) -> Register:
        """The register with some initiatives (normalised rows) added or replaced, and others gone. A register that
        is asked often keeps the rows that were replaced: their number is small beside the others."""
        frame, tree = self.tables.frame("initiatives"), self.ground.tree
        old = self._initiatives({*gone, *((code,) for code in rows["id"])})
        start = frame.height
        row, at = tree.simplest(*listed(rows, "places", self.ground.place_of))
        named = rows.select(
            pl.concat_list(pl.concat_list("partner"), pl.col("co_partners").fill_null([])).alias("who")
        )
        act, actor = listed(named, "who", self.partner_of)
        unsaid, unsaid_at = where_it_may_be(
            tree,
            np.flatnonzero(rows["places"].is_null().to_numpy()),
            number(rows["partner"], self.partner_of),
            self.partner_row,
            self.partner_at,
        )
        shown = rows["result"].is_not_null().to_numpy()[row]

        def kept(of: Ints, *others: Ints) -> tuple[Ints, ...]:
            stays = ~np.isin(of, old)
            return (of[stays], *(each[stays] for each in others))

        initiative_row, initiative_at = kept(self.initiative_row, self.initiative_at)
        unsaid_row, unsaid_places = kept(self.unsaid_row, self.unsaid_at)
        act_row, actors = kept(self.act_row, self.actor)
        known_row, known_at = kept(self.known_row, self.known_at)
        return replace(
            self,
            tables=replace(self.tables, initiatives=pl.concat([frame, rows], rechunk=False)),
            initiative_row=np.concatenate([initiative_row, row + start]),
            initiative_at=np.concatenate([initiative_at, at]),
            unsaid_row=np.concatenate([unsaid_row, unsaid + start]),
            unsaid_at=np.concatenate([unsaid_places, unsaid_at]),
            act_row=np.concatenate([act_row, act + start]),
            actor=np.concatenate([actors, actor]),
            known_row=np.concatenate([known_row, row[shown] + start]),
            known_at=np.concatenate([known_at, self.ground.near.at[at[shown]]]),
            later_of={
                **self.later_of,
                **{code: None for (code,) in gone},
                **{code: start + i for i, code in enumerate(rows["id"].to_list())},
            },
        )

    def _partners(self, codes: Iterable[str]) -> Ints:
        rows = {self.partner_of[code] for code in codes if code in self.partner_of}
        return np.array(sorted(rows), dtype=np.int64)

    def _initiatives(self, keys: Collection[tuple[str, ...]]) -> Ints:
        """The rows of those that are there now."""
        rows = {self.later_of.get(code, self.first_of.get(code)) for (code,) in keys}
        return np.array(sorted(row for row in rows if row is not None), dtype=np.int64)


def _by_id(frame: pl.DataFrame, rows: Ints) -> Ints:
    return rows[frame["id"][rows].arg_sort().to_numpy()]


def _rows(frame: pl.DataFrame, keys: Collection[tuple[str, ...]]) -> Ints:
    """The rows of each key that is there."""
    if not keys:
        return np.zeros(0, dtype=np.int64)
    return frame["id"].is_in([key[0] for key in keys]).arg_true().to_numpy().astype(np.int64)


def differences(before: Tables, after: Tables) -> dict[str, set[tuple[str, ...]]]:
    """The keys of the rows that differ between two sets of normalised tables, by table."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for table, keys in KEYS.items():
        one, two = before.frame(table), after.frame(table)
        if one.equals(two):
            continue
        if one.columns != two.columns:
            found[table] = {("",) * len(keys)}
            continue
        rows = [dict(zip(_keys(frame, keys), frame.iter_rows(), strict=True)) for frame in (one, two)]
        found[table] = {
            key for key in rows[0].keys() | rows[1].keys() if rows[0].get(key) != rows[1].get(key)
        }
    return found


def _keys(frame: pl.DataFrame, keys: tuple[str, ...]) -> list[tuple[str, ...]]:
    return list(frame.select(keys).iter_rows())
