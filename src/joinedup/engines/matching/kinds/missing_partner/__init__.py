"""Action on a theme in a place lacks a sector that the theme needs, and a partner of that sector works there.

What the law says (a duty recorded for the partner) is kept apart from what the mix suggests (a judgement), and nobody
is said to take no part: that none is recorded stands beside the sentence and names nobody. Where its sector runs action
of which the theme or the place is not recorded, that is said instead.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from joinedup.engines.matching import facts, score, wording
from joinedup.engines.matching.ground import OWN
from joinedup.engines.matching.opportunity import Because, Explanation
from joinedup.engines.matching.rollup import roll_up
from joinedup.engines.matching.scene import Kind, Scene, candidate_frame

NAME = "missing_partner"
# The weight in the mix from which a theme needs a sector, not merely gains by it.
NEEDS_SECTOR = 0.6
# Those acting who are named: more make a crowd of a first step.
ACTING = 3
NOT_SAID = (
    "What part that sector has in it is not known: action of it there does not say its theme or its place."
)


def candidates(scene: Scene, found: pl.DataFrame) -> pl.DataFrame:
    world, doing = scene.world, scene.world.initiatives
    with np.errstate(invalid="ignore"):
        # Where need is low, whoever works on it there needs nobody else: that would belittle their work.
        in_need = world.needs.need >= wording.MIDDLING - 1e-9
    allowed = in_need & (scene.acting.lead >= 0) & (scene.shared_gap > 0)
    acts = (world.needs.source == OWN) & allowed
    lacks = acts[:, :, None] & ~scene.acting.sectors & (world.mix >= NEEDS_SECTOR - 1e-9)[None]
    lacks &= scene.partnered.partner >= 0
    place, theme, sector = (a.astype(np.int64) for a in np.nonzero(lacks))
    missing = scene.partnered.partner[place, theme, sector].astype(np.int64)
    sectors = max(len(world.sectors), 1)
    same = scene.acting.mark[place, theme] * np.uint64(1_000_003) + missing.astype(np.uint64)
    allowed_pairs = (allowed[:, :, None] & ~scene.acting.sectors).reshape(world.tree.size, -1)
    row, at = roll_up(world.tree, place, theme * sectors + sector, same, allowed_pairs)
    theme, sector, missing = theme[row], sector[row], missing[row]
    lead = scene.acting.lead[at, theme]
    parts = {
        "gap": scene.shared_gap[at, theme],
        "fit": scene.partnered.value[place[row], theme, sector],
        "effect": np.where(np.isnan(q := scene.acting.quality[at, theme]), score.NEUTRAL, q)
        * doing.fresh[lead],
        "urgency": scene.urgency[at, theme],
        "newness": 1.0 - world.strength(doing.partner[lead], missing),
    }
    return candidate_frame(
        NAME, at, theme, parts, party_a=doing.partner[lead], party_b=missing, initiative_a=lead, sector=sector
    )


def explain(scene: Scene, row: dict[str, Any]) -> Explanation:
    world, doing, p, t = scene.world, scene.world.initiatives, row["place"], row["theme"]
    missing, sector = row["party_b"], wording.the_sector(world, row["sector"])
    running = scene.at_work(p, t, parts=False)
    acting = list(dict.fromkeys(int(doing.partner[i]) for i in running))[:ACTING]
    who, names = wording.partner(world, missing), wording.listing([wording.partner(world, w) for w in acting])
    place, theme = wording.place(world, p), wording.theme(world, t)
    row_of_missing = world.partners.frame.row(missing, named=True)
    # What its sector runs there without a theme or a place may be just this.
    may_take_part = scene.unsaid.sectors[p, t, row["sector"]]
    part = NOT_SAID if may_take_part else facts.nothing_yet(f"of the part of that sector in it in {place}")
    weight = float(world.mix[t, row["sector"]])
    because = [facts.initiative(scene, i) for i in running[:ACTING]]
    because += [*facts.need(scene, p, t), facts.partner(scene, missing, t)]
    figure = {"theme": world.themes[t], "sector": world.sectors[row["sector"]], "weight": weight}
    because += [
        Because(
            f"A judgement, not the law: work on {theme} calls for {sector} (weight {weight:.1f} of 1).",
            figure=figure,
        ),
        Because(part, figure=figure),
    ]
    if row_of_missing["duty"]:
        because.append(
            Because(
                f"What the law says of {who}: {row_of_missing['duty']}.",
                record=("partner", row_of_missing["id"]),
            )
        )
    works = "works" if len(acting) == 1 else "work"
    lead, first = f"In {place}, {names} {works} on {theme}", wording.partner(world, acting[0])
    return Explanation(
        parties=[world.partners.frame["id"][w] for w in [*acting, missing]],
        initiatives=[doing.frame["id"][i] for i in running[:ACTING]],
        # Never that somebody takes no part: nobody knows, and the law may require it of them.
        sentence=(f"{lead}, and {facts.why_now(scene, p, t)}: {who} works there and could be invited."),
        because=because,
        first_step=f"A talk between {first} and {who}: what each does on {theme} in {place}, and what could be joint.",
        would_change=[
            f"If {who}, or anyone else from {sector}, already takes part, this goes: record it.",
            *facts.ends_change(scene, running if len(running) == 1 else []),
            *facts.confirming_changes(scene, partners=[missing], initiatives=[row["initiative_a"]]),
        ],
        told_apart=(world.sectors[row["sector"]],),
        initiatives_in_id=False,
        not_public=True,
    )


KIND = Kind(NAME, candidates, explain)
