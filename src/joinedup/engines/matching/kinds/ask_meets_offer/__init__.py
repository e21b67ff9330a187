"""What one partner needs is what another can give, near enough and on the same theme."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from joinedup.engines.matching import facts, score, wording
from joinedup.engines.matching.ground import FROM_PARTS
from joinedup.engines.matching.numbering import listed, number
from joinedup.engines.matching.opportunity import Because, Explanation
from joinedup.engines.matching.scene import Kind, Scene, candidate_frame, none_found
from joinedup.engines.matching.tree import Floats, Ints, Tree
from joinedup.engines.matching.world import World

NAME = "ask_meets_offer"
# As far as people go for a meeting without an overnight stay being discussed: an hour on most buses.
NEAR_KM = 20.0
EARTH_KM = 6371.0
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
        "fit": met["near"].to_numpy() * fresh,
        "effect": score.NEUTRAL,
        "urgency": scene.urgency[place, theme],
        "newness": 1.0 - world.strength(a, b),
    }
    return candidate_frame(NAME, place, theme, parts, party_a=a, party_b=b, extra_a=ask, extra_b=other)


def _met(world: World) -> pl.DataFrame:
    """Needs and offers of help of different partners that meet: one row for each two, where they are nearest and on
    the theme for which need is greatest there; those whose place is in the world."""
    tree, figures = world.ground.tree, world.ground.needs
    rows = _rows(world)
    needs, gives = rows.filter(pl.col("kind") == "need"), rows.filter(pl.col("kind") == "offer")
    met = needs.join(gives, on="theme", suffix="_b").filter(pl.col("partner") != pl.col("partner_b"))
    node, other, theme = (met[c].to_numpy().astype(np.int64) for c in ("node", "node_b", "theme"))
    # A figure that a wide place has only from its parts says nothing of where in it the need is.
    source = figures.source[node, theme]
    known = (source > 0) & ((source != FROM_PARTS) | tree.rolls_up[node])
    matters = np.where(known, score.gap(figures.need[node, theme], figures.people[node, theme]), GAP_UNKNOWN)
    met = met.with_columns(
        pl.Series("near", _nearness(tree, node, other)),
        pl.Series("known", known),
        pl.Series("matters", matters),
    ).filter((pl.col("near") > 0) & (pl.col("matters") > 0))
    met = met.sort(
        "ask",
        "ask_b",
        "near",
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
    those of its partner."""
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
    spots = pl.concat([own, spread.select("ask", "node")])
    spots = spots.join(pl.DataFrame({"ask": row, "theme": theme}), on="ask")
    ask = spots["ask"].to_numpy()
    return spots.with_columns(pl.Series("partner", partner[ask]), asks["kind"].gather(ask).alias("kind"))


def _nearness(tree: Tree, a: Ints, b: Ints) -> Floats:
    """1 where one place is or contains the other, falling to 0 at `NEAR_KM`; 0 where the distance is unknown."""
    inside = ((a <= b) & (b < tree.end[a])) | ((b <= a) & (a < tree.end[b]))
    lat_a, lat_b = np.radians(tree.latitude[a]), np.radians(tree.latitude[b])
    step = np.radians(tree.longitude[b] - tree.longitude[a])
    half = np.sin((lat_b - lat_a) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin(step / 2) ** 2
    apart = 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    return np.where(inside, 1.0, np.nan_to_num(np.clip(1.0 - apart / NEAR_KM, 0.0, 1.0)))


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
    return Explanation(
        parties=[world.partners.frame["id"][who] for who in both],
        sentence=(
            f"On {theme} in {place}, {a} needs {_said(asked) or 'help'} and {b} can give {_said(given) or 'some'}: "
            f"{facts.why_now(scene, p, t)}."
        ),
        because=[
            _line(scene, row["party_a"], asked, "needs"),
            _line(scene, row["party_b"], given, "can give"),
            *need,
        ],
        first_step=f"{b}: ring {a}, and say what could be given and when.",
        would_change=[
            f"If {a} no longer needs it, or {b} can no longer give it, this goes.",
            *facts.confirming_changes(scene, partners=both),
        ],
        told_apart=(asked["id"], given["id"]),
    )


def _said(ask: dict[str, Any]) -> str:
    return wording.said(ask["text"]) if ask["text"] else ""


def _line(scene: Scene, who: int, ask: dict[str, Any], does: str) -> Because:
    """What a partner asked for or offered, in its own words; says so where its record is stale."""
    words = wording.quoted(ask["text"].strip().rstrip(".")) if ask["text"] else "help on this theme"
    stale = facts.stale(scene.world.partners.frame["confirmed"][who], scene)
    return Because(f"{wording.partner(scene.world, who)} {does} {words}.{stale}", record=("ask", ask["id"]))


KIND = Kind(NAME, candidates, explain)
