"""Two initiatives of different partners that meet the same place, theme and ages, where no link is recorded.

Level and way in must overlap too where both are recorded: an offer to join up, shown to those two only.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from joinedup.engines.matching import facts, wording
from joinedup.engines.matching.meeting import where_needed
from joinedup.engines.matching.opportunity import Because, Explanation
from joinedup.engines.matching.scene import Kind, Scene, candidate_frame, none_found
from joinedup.engines.matching.tree import Floats, Ints

NAME = "join_up"
# Level or way in not recorded: they may well overlap, but it has to be asked.
NOT_RECORDED = 0.8
# An initiative that also works on much else meets the other one less often.
LEAST_FOCUS = 0.5


def candidates(scene: Scene, found: pl.DataFrame) -> pl.DataFrame:
    doing = scene.world.initiatives
    a, b, node, theme = _pairs(scene)
    if not len(a):
        return none_found(NAME)
    overlap = (
        np.minimum(doing.age_to[a], doing.age_to[b]) - np.maximum(doing.age_from[a], doing.age_from[b]) + 1
    )
    wide = (
        (doing.partner[a] != doing.partner[b])
        & (overlap > 0)
        & _meet(doing.level, a, b)
        & _meet(doing.way_in, a, b)
    )
    wide &= scene.world.strength(doing.partner[a], doing.partner[b]) == 0
    a, b, node, theme, overlap = a[wide], b[wide], node[wide], theme[wide], overlap[wide]
    row, place = where_needed(scene.world, node, theme)
    a, b, theme, overlap = a[row], b[row], theme[row], overlap[row]
    fresh = np.minimum(doing.fresh[a], doing.fresh[b])
    parts = {
        "gap": scene.shared_gap[place, theme],
        "fit": _fit(scene, a, b, overlap) * fresh,
        "effect": (doing.quality[a] + doing.quality[b]) / 2 * fresh,
        "urgency": scene.urgency[place, theme],
        "newness": 1.0,
    }
    return candidate_frame(
        NAME,
        place,
        theme,
        parts,
        initiative_a=a,
        initiative_b=b,
        party_a=doing.partner[a],
        party_b=doing.partner[b],
    )


def _pairs(scene: Scene) -> tuple[Ints, Ints, Ints, Ints]:
    """Pairs of initiatives on one theme where one works in a place that is, or lies in, a place of the other. The
    place where they meet is the smaller of the two, so that a pair that covers a borough is one pair there."""
    tree, doing = scene.world.tree, scene.world.initiatives
    active = (doing.running & ~doing.harmful)[doing.owner]
    owner, node, theme = doing.owner[active], doing.node[active], doing.theme[active]
    row, wider = tree.above(node, itself=True)
    themes = max(len(scene.world.themes), 1)
    inner = pl.DataFrame(
        {"key": wider * themes + theme[row], "a": owner[row], "node": node[row], "wider": wider}
    )
    outer = pl.DataFrame({"key": node * themes + theme, "b": owner})
    met = inner.join(outer, on="key").filter(
        (pl.col("a") < pl.col("b")) | ((pl.col("node") != pl.col("wider")) & (pl.col("a") != pl.col("b")))
    )
    a, b = met["a"].to_numpy(), met["b"].to_numpy()
    return np.minimum(a, b), np.maximum(a, b), met["node"].to_numpy(), met["key"].to_numpy() % themes


def _meet(mask: Ints, a: Ints, b: Ints) -> Any:
    """Overlap of two sets as bit masks; an unknown one may overlap anything."""
    return ((mask[a] & mask[b]) != 0) | (mask[a] == 0) | (mask[b] == 0)


def _fit(scene: Scene, a: Ints, b: Ints, overlap: Floats) -> Floats:
    doing = scene.world.initiatives
    span = np.minimum(doing.age_to[a] - doing.age_from[a], doing.age_to[b] - doing.age_from[b]) + 1
    known = np.where((doing.level[a] > 0) & (doing.level[b] > 0), 1.0, NOT_RECORDED)
    focus = np.maximum((1.0 / doing.themes[a] + 1.0 / doing.themes[b]) / 2, LEAST_FOCUS)
    return np.sqrt(np.clip(overlap / np.maximum(span, 1.0), 0.0, 1.0)) * known * focus


def explain(scene: Scene, row: dict[str, Any]) -> Explanation:
    world, doing, p, t = scene.world, scene.world.initiatives, row["place"], row["theme"]
    both = [row["initiative_a"], row["initiative_b"]]
    by = [wording.partner(world, row["party_a"]), wording.partner(world, row["party_b"])]
    place, theme = wording.place(world, p), wording.theme(world, t)
    for_whom = facts.people_aged(max(doing.age_from[both]), min(doing.age_to[both]))
    because = [
        *(facts.initiative(scene, i, asks=(facts.REACH, facts.EVIDENCE, facts.AGES)) for i in both),
        *facts.need(scene, p, t),
        Because(
            facts.nothing_yet("of a link between the two"),
            record=("partner", world.partners.frame["id"][row["party_a"]]),
        ),
    ]
    if not doing.level[both].all():
        because.append(
            Because(
                "Do both work at the same level: with everyone, with people at risk, or with those already involved? "
                "The level of prevention is not recorded for both.",
                record=("initiative", doing.frame["id"][both[0]]),
            )
        )
    return Explanation(
        parties=[world.partners.frame["id"][row[c]] for c in ("party_a", "party_b")],
        initiatives=[doing.frame["id"][i] for i in both],
        sentence=(
            f"In {place}, {by[0]} and {by[1]} both work on {theme} with {for_whom}"
            f"{facts.why_now(scene, p, t, after=', and ')}: they could compare what each does, and for which ages."
        ),
        because=because,
        # Numbers, so that nobody brings names of children.
        first_step=f"Half an hour between {by[0]} and {by[1]}: what each does in {place}, and for how many.",
        would_change=[
            f"If {by[0]} and {by[1]} already work together, this goes: record the link.",
            *facts.ends_change(scene, both),
            *facts.confirming_changes(scene, initiatives=both),
        ],
    )


KIND = Kind(NAME, candidates, explain, only_parties=True)
