"""An initiative with a good result elsewhere, in a similar place; here the need is unmet and nothing like it runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from joinedup.engines.matching import facts, score, wording
from joinedup.engines.matching.opportunity import Because, Explanation
from joinedup.engines.matching.rollup import roll_up
from joinedup.engines.matching.scene import (
    UNMET_SOME,
    Kind,
    Scene,
    best_of_sectors,
    candidate_frame,
    none_found,
)
from joinedup.engines.matching.tree import Flags, Ints

NAME = "shared_learning"
# From here a result is good enough to send somebody to look at it.
GOOD_RESULT = 0.6
# More measures of likeness than these are a number.
MEASURES = 3


def candidates(scene: Scene, found: pl.DataFrame) -> pl.DataFrame:
    world, doing, tree = scene.world, scene.world.initiatives, scene.world.tree
    known = world.ground.near
    good = np.asarray(doing.begun & ~doing.harmful & (np.nan_to_num(doing.result) >= GOOD_RESULT))
    if not len(known.here) or not good.any():
        return none_found(NAME)
    rows = good[doing.known_owner]
    donors = pl.DataFrame(
        {"i": doing.known_owner[rows], "there": doing.known_at[rows], "theme": doing.known_theme[rows]}
    )
    new = np.full(world.ground.tree.size, -1, dtype=np.int64)
    new[world.kept] = np.arange(tree.size)
    near = pl.DataFrame({"place": new[known.here], "there": known.there, "alike": known.alike})
    near = near.filter(pl.col("place") >= 0)
    # The most similar of the places where it ran, when it ran in several.
    pairs = (
        donors.filter(pl.col("there") >= 0)
        .unique()
        .join(near, on="there")
        .sort("i", "theme", "place", "alike", "there", descending=[False, False, False, True, False])
        .unique(["i", "theme", "place"], keep="first", maintain_order=True)
    )
    which, place, theme, from_place = (
        pairs[c].to_numpy().astype(np.int64) for c in ("i", "place", "theme", "there")
    )
    alike = pairs["alike"].to_numpy()
    fits = (
        scene.cells(UNMET_SOME)[place, theme]
        & ~_touches(scene, which, place)
        & ~_like_it_runs(scene, which, place, theme)
    )
    which, place, theme, from_place = (a[fits] for a in (which, place, theme, from_place))
    alike = alike[fits]
    who, value = best_of_sectors(scene, place, theme, 2)
    mine = who == doing.partner[which][:, None]
    who, value = np.where(mine[:, 0], who[:, 1], who[:, 0]), np.where(mine[:, 0], value[:, 1], value[:, 0])
    key = which * len(world.themes) + theme
    row, at = roll_up(tree, place, key, who, scene.unmet_at_least(UNMET_SOME))
    which, theme, who, from_place = (a[row] for a in (which, theme, who, from_place))
    value, alike = value[row], alike[row]
    parts = {
        "gap": scene.gap[at, theme],
        "fit": np.sqrt(alike * np.where(who >= 0, value, score.FIT_NO_PARTNER)),
        "effect": (doing.result[which] + doing.quality[which]) / 2 * doing.fresh[which],
        "urgency": scene.urgency[at, theme],
        "newness": 1.0 - world.strength(doing.partner[which], who),
    }
    return candidate_frame(
        NAME,
        at,
        theme,
        parts,
        initiative_a=which,
        party_a=doing.partner[which],
        party_b=who,
        extra_a=from_place,
    )


def _in(key: Ints, keys: Ints) -> Flags:
    return np.isin(key, keys, assume_unique=False)


def _touches(scene: Scene, which: Ints, place: Ints) -> Flags:
    """Does the initiative already work in the place, around it or in a part of it?"""
    tree, doing = scene.world.tree, scene.world.initiatives
    return _meets(tree, which, place, doing.owner, doing.node)


def _like_it_runs(scene: Scene, which: Ints, place: Ints, theme: Ints) -> Flags:
    """Does one with the same approach (where it is unknown: of the same level) run on the theme there?"""
    world, doing = scene.world, scene.world.initiatives
    likeness = np.where(doing.approach >= 0, doing.approach, doing.approach.max(initial=0) + 1 + doing.level)
    themes = len(world.themes)
    active = (doing.running & ~doing.harmful)[doing.owner]
    code = likeness[doing.owner] * themes + doing.theme
    _, code = np.unique(np.concatenate([code, likeness[which] * themes + theme]), return_inverse=True)
    return _meets(
        world.tree, code[len(doing.owner) :], place, code[: len(doing.owner)][active], doing.node[active]
    )


def _meets(tree: Any, code: Ints, place: Ints, codes: Ints, node: Ints) -> Flags:
    """For each (code, place): is there a (codes, node) of the same code at the place, around it or inside it?"""
    row, wider = tree.above(node, itself=True)
    met = _in(code * tree.size + place, codes[row] * tree.size + wider)
    row, wider = tree.above(place, itself=False)
    met[row[_in(code[row] * tree.size + wider, codes * tree.size + node)]] = True
    return met


def explain(scene: Scene, row: dict[str, Any]) -> Explanation:
    world, doing, p, t, i = (
        scene.world,
        scene.world.initiatives,
        row["place"],
        row["theme"],
        row["initiative_a"],
    )
    did, could = row["party_a"], row["party_b"]
    place, theme = wording.place(world, p), wording.theme(world, t)
    elsewhere = world.ground.tree.names[row["extra_a"]]
    what, by = wording.quoted(wording.initiative(world, i)), wording.partner(world, did)
    if could >= 0:
        actor, party = wording.partner(world, could), world.partners.frame["id"][could]
        # As peers: neither is the one to be taught.
        who, could_do = f"{by} and {actor}", "could compare notes"
    else:
        sector = int(np.argmax(world.mix[t]))
        actor, party = "the coordinator", f"sector:{world.sectors[sector]}"
        who, could_do = f"{actor}, with {wording.the_sector(world, sector)},", "could hear how"
    # Action of which the theme is not recorded may be just this.
    like_it, perhaps = "", len(scene.may_be_at_work(p, t))
    if perhaps:
        what_is_there = f"{facts.pieces(perhaps)} in {place} without a theme or place"
        like_it = f"whether {what_is_there} {'is' if perhaps == 1 else 'are'} like it has to be asked"
        like_it = f" ({like_it})"
    return Explanation(
        parties=[world.partners.frame["id"][did], party],
        initiatives=[doing.frame["id"][i]],
        sentence=(
            f"In {elsewhere}, {what} by {by} got a good result on {theme}: {who} {could_do}, since {place} is "
            f"similar{like_it} and {facts.why_now(scene, p, t)}."
        ),
        because=[
            facts.initiative(scene, i, asks=(facts.REACH,)),
            facts.result(scene, i),
            _alike(scene, p, row["extra_a"]),
            *([] if perhaps else [_none_like_it(scene, p, t)]),
            *facts.need(scene, p, t),
            *facts.action_beside(scene, p, t, [could] if could >= 0 else []),
            *([facts.partner(scene, could, t)] if could >= 0 else []),
        ],
        first_step=f"A visit or a call between {actor} and {by}: how {what} was done.",
        would_change=[
            f"If something like {what} already runs in {place}, this goes: record it.",
            f"If a later result of {what} is under {GOOD_RESULT} of 1, this goes.",
            facts.unmet_changes(scene, p, t),
            *facts.confirming_changes(scene, partners=[could] if could >= 0 else [], initiatives=[i]),
        ],
    )


def _none_like_it(scene: Scene, p: int, t: int) -> Because:
    world = scene.world
    return Because(
        facts.nothing_yet(f"of anything like it in {wording.place(world, p)}"),
        figure={"place": world.tree.codes[p], "theme": world.themes[t]},
    )


def _alike(scene: Scene, here: int, there: int) -> Because:
    """That a place (by its number in the whole tree) is like this one, and by which measures."""
    world = scene.world
    names = [
        wording.words(name)
        for name, kind in world.tables.frame("profiles").schema.items()
        if name != "place" and kind.is_numeric()
    ]
    by = wording.listing(names) if len(names) <= MEASURES else f"{len(names)} measures"
    return Because(
        f"{world.ground.tree.names[there]} is one of the places most like {wording.place(world, here)}, compared by "
        f"{by}.",
        figure={"place": world.tree.codes[here], "similar": world.ground.tree.codes[there]},
    )


KIND = Kind(NAME, candidates, explain)
