"""What one partner needs is what another can give, near enough and on the same theme."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from joinedup.engines.matching import facts, score, wording
from joinedup.engines.matching.numbering import listed, number
from joinedup.engines.matching.opportunity import Because, Explanation
from joinedup.engines.matching.scene import Kind, Scene, candidate_frame, none_found
from joinedup.engines.matching.tree import Floats, Ints
from joinedup.engines.matching.world import World

NAME = "ask_meets_offer"
# As far as people go for a meeting without an overnight stay being discussed: an hour on most buses.
NEAR_KM = 20.0
EARTH_KM = 6371.0
# An ask is itself a sign of need; where no figure says how much, it counts half.
GAP_UNKNOWN = score.NEUTRAL


def candidates(scene: Scene, found: pl.DataFrame) -> pl.DataFrame:
    world = scene.world
    rows = _rows(world)
    if not rows.height:
        return none_found(NAME)
    needs, gives = rows.filter(pl.col("kind") == "need"), rows.filter(pl.col("kind") == "offer")
    met = needs.join(gives, on="theme", suffix="_b").filter(pl.col("partner") != pl.col("partner_b"))
    place, other = met["node"].to_numpy().astype(np.int64), met["node_b"].to_numpy().astype(np.int64)
    met = met.with_columns(pl.Series("near", _nearness(world, place, other))).filter(pl.col("near") > 0)
    # One for each two asks: where they are nearest, on the theme that matters most there.
    theme, place = met["theme"].to_numpy().astype(np.int64), met["node"].to_numpy().astype(np.int64)
    known = scene.world.needs.source[place, theme] > 0
    met = met.with_columns(pl.Series("gap", np.where(known, scene.gap[place, theme], GAP_UNKNOWN)))
    met = met.filter(pl.col("gap") > 0).sort(
        "ask", "ask_b", "near", "gap", "node", "theme", descending=[False, False, True, True, False, False]
    )
    met = met.unique(["ask", "ask_b"], keep="first", maintain_order=True)
    place, theme, a, b = (
        met[c].to_numpy().astype(np.int64) for c in ("node", "theme", "partner", "partner_b")
    )
    fresh = np.minimum(world.partners.fresh[a], world.partners.fresh[b])
    parts = {
        "gap": met["gap"].to_numpy(),
        "fit": met["near"].to_numpy() * fresh,
        "effect": score.NEUTRAL,
        "urgency": scene.urgency[place, theme],
        "newness": 1.0 - world.strength(a, b),
    }
    return candidate_frame(
        NAME,
        place,
        theme,
        parts,
        party_a=a,
        party_b=b,
        extra_a=met["ask"].to_numpy(),
        extra_b=met["ask_b"].to_numpy(),
    )


def _rows(world: World) -> pl.DataFrame:
    """Each ask with each of its themes and places; where it names no place, those of its partner."""
    asks = world.tables.asks
    assert asks is not None
    partner = number(asks["partner"], {p: i for i, p in enumerate(world.partners.frame["id"].to_list())})
    places = {code: i for i, code in enumerate(world.tree.codes)}
    owner, node = world.tree.simplest(*listed(asks, "places", places))
    own = pl.DataFrame({"ask": owner, "node": node})
    without = np.setdiff1d(np.arange(asks.height), owner)
    based = pl.DataFrame({"ask": without, "partner": partner[without]}).join(
        pl.DataFrame({"partner": world.partners.owner, "node": world.partners.node}), on="partner"
    )
    row, theme = listed(asks, "themes", {t: i for i, t in enumerate(world.themes)})
    spots = pl.concat([own, based.select("ask", "node")])
    spots = spots.join(pl.DataFrame({"ask": row, "theme": theme}), on="ask")
    ask = spots["ask"].to_numpy()
    return spots.with_columns(pl.Series("partner", partner[ask]), asks["kind"].gather(ask).alias("kind"))


def _nearness(world: World, a: Ints, b: Ints) -> Floats:
    """1 where one place is or contains the other, falling to 0 at `NEAR_KM`; 0 where the distance is unknown."""
    tree = world.tree
    inside = ((a <= b) & (b < tree.end[a])) | ((b <= a) & (a < tree.end[b]))
    lat_a, lat_b = np.radians(tree.latitude[a]), np.radians(tree.latitude[b])
    step = np.radians(tree.longitude[b] - tree.longitude[a])
    half = np.sin((lat_b - lat_a) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin(step / 2) ** 2
    apart = 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    return np.where(inside, 1.0, np.nan_to_num(np.clip(1.0 - apart / NEAR_KM, 0.0, 1.0)))


def explain(scene: Scene, row: dict[str, Any]) -> Explanation:
    world, p, t = scene.world, row["place"], row["theme"]
    asks = world.tables.asks
    assert asks is not None
    asked, given = asks.row(row["extra_a"], named=True), asks.row(row["extra_b"], named=True)
    a, b = wording.partner(world, row["party_a"]), wording.partner(world, row["party_b"])
    place, theme = wording.place(world, p), wording.theme(world, t)
    wants = f" (“{asked['text']}”)" if asked["text"] else ""
    gives = f" (“{given['text']}”)" if given["text"] else ""
    return Explanation(
        parties=[world.partners.frame["id"][row[c]] for c in ("party_a", "party_b")],
        sentence=(
            f"On {theme} in {place}, {a} has asked for help{wants} and {b} has offered some{gives}: "
            f"{facts.why_now(scene, p, t)}."
        ),
        because=[
            Because(f"{a} needs{wants or ' help on this theme'}.", record=("ask", asked["id"])),
            Because(f"{b} can give{gives or ' help on this theme'}.", record=("ask", given["id"])),
            *facts.need(scene, p, t),
        ],
        first_step=f"{b}: ring {a}, and say what could be given and when.",
        would_change=[f"If {a} no longer needs it, or {b} can no longer give it, this goes."],
        told_apart=(asked["id"], given["id"]),
    )


KIND = Kind(NAME, candidates, explain)
