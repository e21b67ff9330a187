"""What one partner needs is what another can give, on the same theme and where the other works.

Nobody is shown to offer anything where it does not work: who can give must name the place or serve it. Where a partner
works that has no place recorded is not known, so it is asked."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from joinedup.engines.matching import facts, score, wording
from joinedup.engines.matching.ground import FROM_PARTS
from joinedup.engines.matching.numbering import listed, number
from joinedup.engines.matching.opportunity import Because, Explanation
from joinedup.engines.matching.presence import WORKS_IN_PART
from joinedup.engines.matching.scene import Kind, Scene, candidate_frame, none_found
from joinedup.engines.matching.tree import Floats, Ints, Tree
from joinedup.engines.matching.world import World

NAME = "ask_meets_offer"
# An ask is itself a sign of need; where no figure says how much, it counts half.
GAP_UNKNOWN = score.NEUTRAL


def candidates(scene: Scene, found: pl.DataFrame) -> pl.DataFrame:
    world = scene.world
    if not world.tables.frame("asks").height:
        return none_found(NAME)
    met = _met(world)
    ask, other, place, theme, a, b = (
        met[c].to_numpy().astype(np.int64) for c in ("ask", "ask_b", "node", "theme", "partner", "partner_b")
    )
    fresh = np.minimum(world.partners.fresh[a], world.partners.fresh[b])
    parts = {
        "gap": np.where(met["known"].to_numpy(), scene.gap[place, theme], GAP_UNKNOWN),
        "fit": met["serves"].to_numpy() * fresh,
        "effect": score.NEUTRAL,
        "urgency": scene.urgency[place, theme],
        "newness": 1.0 - world.strength(a, b),
    }
    unknown = met["node_b"].to_numpy() < 0
    return candidate_frame(
        NAME, place, theme, parts, unknown, party_a=a, party_b=b, extra_a=ask, extra_b=other
    )


def _met(world: World) -> pl.DataFrame:
    """Needs and offers of help of different partners that meet: one row for each two, where and on the theme for
    which need is greatest; those whose place is in the world. `node_b` is -1 where it is not known."""
    tree, figures = world.ground.tree, world.ground.needs
    rows = _rows(world)
    needs, gives = rows.filter(pl.col("kind") == "need"), rows.filter(pl.col("kind") == "offer")
    met = needs.join(gives, on="theme", suffix="_b").filter(pl.col("partner") != pl.col("partner_b"))
    wanted, other, theme = (met[c].to_numpy().astype(np.int64) for c in ("node", "node_b", "theme"))
    node, serves = _meeting(tree, wanted, other)
    # A figure that a wide place has only from its parts says nothing of where in it the need is.
    source = figures.source[node, theme]
    known = (source > 0) & ((source != FROM_PARTS) | tree.rolls_up[node])
    matters = np.where(known, score.gap(figures.need[node, theme], figures.people[node, theme]), GAP_UNKNOWN)
    met = met.with_columns(
        pl.Series("node", node),
        pl.Series("serves", serves),
        pl.Series("known", known),
        pl.Series("matters", matters),
    ).filter((pl.col("serves") > 0) & (pl.col("matters") > 0))
    met = met.sort(
        "ask",
        "ask_b",
        "serves",
        "matters",
        "node",
        "theme",
        descending=[False, False, True, True, False, False],
    )
    met = met.unique(["ask", "ask_b"], keep="first", maintain_order=True)
    new = np.full(tree.size, -1, dtype=np.int64)
    new[world.kept] = np.arange(world.tree.size)
    met = met.with_columns(pl.Series("node", new[met["node"].to_numpy().astype(np.int64)]))
    return met.filter(pl.col("node") >= 0)


def _rows(world: World) -> pl.DataFrame:
    """Each ask with each of its themes and places (by their numbers in the whole tree); where it names no place,
    those of its partner. An offer whose partner has no place recorded may be anywhere: its place is -1."""
    asks, partners, tree = world.tables.frame("asks"), world.partners.frame, world.ground.tree
    partner = number(asks["partner"], {p: i for i, p in enumerate(partners["id"].to_list())})
    owner, node = tree.simplest(*listed(asks, "places", world.ground.place_of))
    own = pl.DataFrame({"ask": owner, "node": node})
    without = np.setdiff1d(np.arange(asks.height), owner)
    who = np.unique(partner[without])
    based = tree.simplest(*listed(partners[who], "places", world.ground.place_of))
    where = pl.DataFrame({"partner": who[based[0]], "node": based[1]})
    spread = pl.DataFrame({"ask": without, "partner": partner[without]}).join(where, on="partner")
    row, theme = listed(asks, "themes", world.ground.theme_of)
    unplaced = partners["places"].is_null().to_numpy()
    anywhere = without[unplaced[partner[without]] & (asks["kind"] == "offer").to_numpy()[without]]
    nowhere = pl.DataFrame({"ask": anywhere, "node": np.full(len(anywhere), -1, dtype=np.int64)})
    spots = pl.concat([own, spread.select("ask", "node"), nowhere])
    spots = spots.join(pl.DataFrame({"ask": row, "theme": theme}), on="ask")
    ask = spots["ask"].to_numpy()
    return spots.with_columns(pl.Series("partner", partner[ask]), asks["kind"].gather(ask).alias("kind"))


def _meeting(tree: Tree, wanted: Ints, other: Ints) -> tuple[Ints, Floats]:
    """Where a need (at `wanted`) meets an offer (at `other`, -1 not known): the smaller of the two places where one is
    or contains the other. And how well, 0 to 1: 1 there, as for a part of the place where it is not known, else 0."""
    there = (other >= 0) & (other <= wanted) & (wanted < tree.end[other])
    in_part = (wanted < other) & (other < tree.end[wanted])
    serves = np.where(there | in_part, 1.0, np.where(other < 0, WORKS_IN_PART, 0.0))
    return np.where(in_part, other, wanted), serves


def explain(scene: Scene, row: dict[str, Any]) -> Explanation:
    world, p, t = scene.world, row["place"], row["theme"]
    asks = world.tables.frame("asks")
    asked, given = asks.row(row["extra_a"], named=True), asks.row(row["extra_b"], named=True)
    both = [row["party_a"], row["party_b"]]
    a, b = (wording.partner(world, who) for who in both)
    place, theme = wording.place(world, p), wording.theme(world, t)
    need = facts.need(scene, p, t) or [
        Because(
            f"How great is the need for work on {theme} in {place}? It is not recorded, and counts as half.",
            figure={"place": world.tree.codes[p], "theme": world.themes[t]},
        )
    ]
    # Whether the one answers the other only the two can say.
    can = f" and {b} can give {_said(given) or 'some'}: they could talk about whether it fits"
    unknown, changes = [], []
    if row["ask"]:
        can = f", and {b} could say whether it can give {_said(given) or 'some'} there"
        record = ("partner", world.partners.frame["id"][row["party_b"]])
        unknown = [Because(f"Does {b} work in {place}? Where it works is not recorded.", record=record)]
        changes = [f"If {b} works in {place}, this gets stronger; if not, this goes: record where it works."]
    return Explanation(
        parties=[world.partners.frame["id"][who] for who in both],
        sentence=(
            f"On {theme} in {place}, {a} needs {_said(asked) or 'help'}{can}"
            f"{facts.why_now(scene, p, t, after=', and ')}."
        ),
        because=[
            _line(scene, row["party_a"], asked, "needs"),
            _line(scene, row["party_b"], given, "can give"),
            *unknown,
            *need,
        ],
        first_step=f"A call between {a} and {b}: what could be given, and when.",
        would_change=[
            f"If {a} no longer needs it, or {b} can no longer give it, this goes.",
            *changes,
            *facts.confirming_changes(scene, partners=both),
        ],
        told_apart=(asked["id"], given["id"]),
        not_public=row["ask"],
    )


def _said(ask: dict[str, Any]) -> str:
    return wording.said(ask["text"]) if ask["text"] else ""


def _line(scene: Scene, who: int, ask: dict[str, Any], does: str) -> Because:
    """What a partner asked for or offered, in its own words; says so where its record is stale."""
    words = wording.quoted(ask["text"].strip().rstrip(".")) if ask["text"] else "help on this theme"
    stale = facts.stale(scene.world.partners.frame["confirmed"][who], scene)
    return Because(f"{wording.partner(scene.world, who)} {does} {words}.{stale}", record=("ask", ask["id"]))


KIND = Kind(NAME, candidates, explain)
