"""Why each part of a strength is what it is, in one short sentence: told from the stored parts and facts.

Nothing is looked up, and what cannot be told from them stays unsaid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from joinedup.engines.matching import facts, score, wording
from joinedup.engines.matching.presence import WORKS_IN_PART

Fact = Mapping[str, Any]
HALF = "so it counts as half"
# Parts are kept to four places.
NEAR = 0.002
CLOSE, FAIR = 0.8, 0.5


@dataclass(frozen=True)
class Seen:
    """One opportunity as it is stored: `components` 0 to 1; `because` as documents; `named`, how many partners;
    `lacks`: a sector is needed of which nobody is recorded; `closes`: the last day of the offer, if it has one."""

    kind: str
    components: Mapping[str, float]
    because: Sequence[Fact]
    named: int
    lacks: bool
    closes: date | None
    as_of: date

    def figure(self, key: str) -> Mapping[str, Any]:
        """The figure of the first fact that has one with `key`; empty where none has."""
        return next((f["figure"] for f in self.because if key in (f.get("figure") or {})), {})

    def is_stale(self, table: str, first: int | None = None) -> bool:
        """Does one of the (first) facts about records of a table say that its record is stale?"""
        told = [f["text"] for f in self.because if (f.get("record") or {}).get("type") == table]
        return any(facts.STALE in text for text in told[:first])


def reasons(seen: Seen) -> dict[str, str]:
    """A sentence for each part that can be told; parts that are not stored are left out."""
    told = {"gap": _gap, "fit": _fit, "effect": _effect, "urgency": _urgency, "newness": _newness}
    floors = {
        "effect": score.EFFECT_FLOOR,
        "urgency": score.URGENCY_FLOOR,
        "newness": score.NEWNESS_FLOOR,
    }
    found = {}
    for name, tell in told.items():
        value = seen.components.get(name)
        text = "" if value is None else tell(seen, value)
        if text and value is not None and value < floors.get(name, 0.0):
            text += f" It counts as {floors[name]}, which is the least."
        if text:
            found[name] = text
    return found


def _gap(seen: Seen, value: float) -> str:
    need, action = seen.figure("need"), seen.figure("action")
    if not need:
        return f"How great the need is, is not known, {HALF}." if value == score.NEUTRAL else ""
    height = f"The need is {wording.height(need['need'])} ({need['need']:.2f} of 1)"
    if seen.kind in ("join_up", "missing_partner"):
        return f"{height}. Work on it is under way, which counts even where need is low."
    if not action:
        return f"{height}."
    number = action["action"]
    if number:
        return f"{height}, and {facts.pieces(number)} on it {'is' if number == 1 else 'are'} recorded there."
    if action["perhaps"]:
        may_be = f"{facts.pieces(action['perhaps'])} there may be on it"
        return f"{height}, and {may_be}: the theme or the place is not recorded."
    return f"{height}. Of action on it, nothing is recorded here."


def _fit(seen: Seen, value: float) -> str:
    text = _fits(seen, value)
    if not text:
        return ""
    stale = seen.is_stale("initiative") if seen.kind == "join_up" else seen.is_stale("partner")
    if seen.kind == "ask_meets_offer":
        stale = seen.is_stale("ask")
    return text + (" It is less because a record is stale." if stale else "")


def _fits(seen: Seen, value: float) -> str:
    match = f"a {'close' if value >= CLOSE else 'fair' if value >= FAIR else 'loose'} match"
    if seen.kind == "unmet_need":
        if seen.lacks:
            return f"No partner of these sectors is recorded there, so it counts as {score.FIT_NO_PARTNER}."
        return f"The sector and the themes of {_those(seen)} are {match} for this theme."
    if seen.kind == "untapped_support":
        less = ", less because nobody is recorded through whom to apply" if seen.lacks else ""
        return f"The sector and the themes of who could use it are {match} for this theme{less}."
    if seen.kind == "join_up":
        return f"In ages, level and how much of their work is on this theme, the two are {match}."
    if seen.kind == "missing_partner":
        weight = seen.figure("weight").get("weight")
        needs = f"The theme needs this sector at {weight:.1f} of 1, by our judgement; " if weight else ""
        return wording.sentence_start(f"{needs}the partner to invite is {match}.")
    if seen.kind == "shared_learning":
        lacks = ", and nobody of the sector that could learn is recorded there" if seen.lacks else ""
        return f"How alike the two places are, and how well who could learn fits, make {match}{lacks}."
    if seen.kind == "ask_meets_offer":
        if value > WORKS_IN_PART + NEAR:
            return "Who can give it works where it is needed."
        return "Where who can give it works is not recorded, so it counts as in a part of the place."
    if seen.kind == "spotted":
        if value <= score.FIT_NO_PARTNER:
            return "No partner named is known to suit the theme and the place well."
        return f"The sectors, themes and places of those named are {match}."
    return ""


def _those(seen: Seen) -> str:
    return "the partner named" if seen.named == 1 else f"the {seen.named} partners named, taken together,"


def _effect(seen: Seen, value: float) -> str:
    if seen.kind in ("unmet_need", "spotted", "ask_meets_offer"):
        return f"Nobody has chosen an approach yet, {HALF}."
    if seen.kind == "untapped_support":
        less = " It is less because nobody has checked the support for three months." if value < 0.5 else ""
        return f"No evidence for this support is held here, {HALF}.{less}"
    told = {
        "join_up": "The evidence for what the two do, on average",
        "missing_partner": "The evidence for the action there, on average",
        "shared_learning": "The result and the evidence for it, on average",
    }.get(seen.kind)
    if told is None:
        return ""
    # The one that reaches most stands first, and only it counts where a partner is missing.
    stale = seen.is_stale("initiative", 1 if seen.kind == "missing_partner" else None)
    return f"{told}; where none is recorded, it counts as half." + (
        " It is less because a record is stale." if stale else ""
    )


def _urgency(seen: Seen, value: float) -> str:
    if seen.closes is not None:
        days = (seen.closes - seen.as_of).days
        if days >= 0 and abs(float(score.deadline_urgency(float(days))) - value) < NEAR:
            return f"It closes on {wording.day(seen.closes)}."
    no_date = "" if seen.closes else "There is no deadline, and "
    trend = (value - score.NEUTRAL) / score.NEUTRAL
    if value >= score.CLUSTER_URGENCY:
        text = "recent figures are unusually high, or are rising fast."
    elif trend > facts.TREND_SEEN:
        text = "the need is rising."
    elif trend < -facts.TREND_SEEN:
        text = "the need is falling."
    else:
        text = "the need is not seen to rise or fall."
    return wording.sentence_start(no_date + text)


def _newness(seen: Seen, value: float) -> str:
    if seen.kind == "untapped_support":
        if value == 1:
            return "No link between who could use it and who provides it is recorded."
        return "Who could use it and who provides it are linked already."
    if seen.named < 2:
        return "Only one partner is named." if seen.named else "No partner is named yet."
    if value == 1:
        return "No link between those named is recorded."
    if seen.named > 2 and seen.kind != "missing_partner":
        return "Some of those named are linked already."
    if seen.kind == "missing_partner" and seen.named > 2:
        return "The first of those who act and the one to invite are linked already."
    return "The two are linked already."
