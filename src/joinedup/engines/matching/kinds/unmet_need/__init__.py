"""Much need, little or no action: partners there whose sector and themes fit could plan it together.

Where the register of a place is not known well enough, or the reach, the theme or the place of what runs there is not
recorded, it is put as a question instead of a claim. The sentence asks the bodies that it names to say first what they
do already; that nothing is recorded stands beside it and names none of them. Of bodies with a duty that is not public.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from joinedup.engines.matching import facts, score, wording
from joinedup.engines.matching.opportunity import Explanation
from joinedup.engines.matching.rollup import roll_up
from joinedup.engines.matching.scene import UNMET_HIGH, Kind, Scene, best_of_sectors, candidate_frame
from joinedup.engines.matching.tree import Floats, Ints

NAME = "unmet_need"
PARTIES = 3
# Effect: no approach is chosen yet, so nothing is known about its evidence.
EFFECT = score.NEUTRAL


def candidates(scene: Scene, found: pl.DataFrame) -> pl.DataFrame:
    place, theme = (a.astype(np.int64) for a in np.nonzero(scene.cells(UNMET_HIGH)))
    who, value = best_of_sectors(scene, place, theme, PARTIES)
    # One alone beside great need would seem to answer for all of it: then nobody is named, and the coordinator asks.
    several = (who[:, 1] >= 0)[:, None]
    who, value = np.where(several, who, -1), np.where(several, value, 0.0)
    ask = ~scene.register[place] | scene.coverage.unknown_reach[place, theme]
    ask |= scene.unsaid.number[place, theme] > 0
    number = scene.world.partners.frame.height + 1
    same = ((who[:, 0] + 1) * number + who[:, 1] + 1) * number + who[:, 2] + 1
    row, at = roll_up(scene.world.tree, place, theme, same * 2 + ask, scene.unmet_at_least(UNMET_HIGH))
    theme, who, value = theme[row], who[row], value[row]
    fit = 1.0 - np.prod(1.0 - value, axis=1)
    parts = {
        "gap": scene.gap[at, theme],
        "fit": np.where(fit > 0, np.maximum(fit, score.FIT_NO_PARTNER), score.FIT_NO_PARTNER),
        "effect": EFFECT,
        "urgency": scene.urgency[at, theme],
        "newness": newness(scene, who),
    }
    return candidate_frame(
        NAME, at, theme, parts, ask[row], party_a=who[:, 0], party_b=who[:, 1], party_c=who[:, 2]
    )


def newness(scene: Scene, who: Ints) -> Floats:
    """1 less the mean strength of the links between those named; 1 where fewer than two are."""
    pairs = [(0, 1), (0, 2), (1, 2)]
    there = np.stack([(who[:, a] >= 0) & (who[:, b] >= 0) for a, b in pairs])
    strength = np.stack([scene.world.strength(who[:, a], who[:, b]) for a, b in pairs])
    return 1.0 - strength.sum(axis=0) / np.maximum(there.sum(axis=0), 1)


def explain(scene: Scene, row: dict[str, Any]) -> Explanation:
    world, p, t = scene.world, row["place"], row["theme"]
    who = [row[c] for c in ("party_a", "party_b", "party_c") if row[c] >= 0]
    place, theme = wording.place(world, p), wording.theme(world, t)
    needed = np.argsort(-world.mix[t], kind="stable")[:PARTIES].tolist()
    sectors = wording.listing([wording.the_sector(world, s) for s in needed])
    names = wording.listing([wording.partner(world, w) for w in who])
    action = facts.how_much(scene, p, t)
    # How much is recorded stands among the reasons: beside names it would seem to be the measure of what they do.
    also = f", and {action}" if action and not who else ""
    lead = f"On {theme} in {place}, {facts.why_now(scene, p, t)}{also}"
    if row["ask"]:
        # Neither that those named do something on it, nor a doubt about it.
        first = (
            f"{names} could say what is already done on it,"
            if who
            else f"the coordinator could ask {sectors} what is already done"
        )
        sentence = f"{lead}: {first} before anything new is planned."
    elif who:
        sentence = f"{lead}: {names} could say what each already does, and plan the next step together."
    else:
        sentence = f"{lead}: the coordinator could bring in {sectors}."
    return Explanation(
        parties=[world.partners.frame["id"][w] for w in who]
        or [f"sector:{world.sectors[s]}" for s in needed],
        sentence=sentence,
        because=[
            *facts.need(scene, p, t),
            facts.action(scene, p, t),
            *(facts.partner(scene, w, t) for w in who),
            *(facts.not_known(scene, p, t) if row["ask"] else []),
        ],
        first_step=_first_step(scene, p, t, who, sectors),
        would_change=_would_change(scene, p, t, who, row["ask"]),
        not_public=not action and facts.has_duty(scene, who),
    )


def _first_step(scene: Scene, p: int, t: int, who: list[int], sectors: str) -> str:
    world = scene.world
    place, theme = wording.place(world, p), wording.theme(world, t)
    if not who:
        return f"A talk between the coordinator for {place} and {sectors}: what is done on {theme}."
    names = wording.listing([wording.partner(world, w) for w in who])
    return f"A talk between {names}: what is already done on {theme} in {place}."


def _would_change(scene: Scene, p: int, t: int, who: list[int], ask: bool) -> list[str]:
    place = wording.place(scene.world, p)
    found = ["If there is action on this that is not recorded here, this gets weaker or goes: record it."]
    if ask and not scene.register[p]:
        found.append(
            f"Once more partners in {place} confirm their records, this can be claimed, not only asked."
        )
    if scene.may_be_at_work(p, t):
        found.append("Once all action there says its theme and its place, this can be claimed, or it goes.")
    if ask and scene.coverage.unknown_reach[p, t]:
        found.append(
            "Once it is recorded how many people the action reaches, this can be claimed, or it goes."
        )
    found.append(facts.unmet_changes(scene, p, t))
    reaching = [i for i in scene.at_work(p, t) if scene.world.initiatives.reach[i] > 0]
    found += facts.ends_change(scene, reaching[:1], "less is done about it")
    return found + facts.confirming_changes(scene, partners=who)


KIND = Kind(NAME, candidates, explain)
