"""The monthly question asked again of wards and of authorities, so that what stands out has the name of a place that
people know.

Three looks are made where one was. Only that over neighbourhoods raises alerts, so that its p and how often chance
alone gives it hold as they are. What the other two find is kept where it is unusual for three looks together
(Bonferroni: p times three), beside the clusters of neighbourhoods that it overlaps. See docs/methods/scan.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from joinedup.clusters.continuation import overlap
from joinedup.clusters.counts import CountsToScan
from joinedup.clusters.levels import around
from joinedup.clusters.models import Cluster, Scan, WiderCluster
from joinedup.engines.scan_words import USUAL
from joinedup.places.models import Place

if TYPE_CHECKING:
    from joinedup.engines.scan import Question, ScanCounts, ScanResult

LEVELS = (WiderCluster.Level.WARD, WiderCluster.Level.AUTHORITY)
LOOKS = 1 + len(LEVELS)
# With fewer places there is too little to compare one with.
FEWEST = 5
# A circle may hold as much as so many places of average size, where the usual share would not hold one.
ROOM, MOST = 2, 0.5


@dataclass(frozen=True)
class WiderLook:
    """One level: its places, the numbers of the neighbourhoods in each, and the answer of the engine; or `why` there
    is none."""

    level: str
    places: list[Place]
    inside: list[list[int]]
    max_share: float = 0.0
    answer: ScanResult | None = None
    why: str = ""

    def as_kept(self) -> dict[str, Any]:
        """As `Scan.wider_looks` holds it."""
        told: dict[str, Any] = {"level": self.level, "areas": len(self.places), "why": self.why}
        if self.answer is None:
            return told
        chances = [p for each in self.answer.clusters if (p := each.chance) is not None]
        return told | {
            "windows": self.answer.windows,
            "replications": len(self.answer.null_maxima),
            "max_share": round(self.max_share, 4),
            "dispersion": self.answer.dispersion,
            "lowest_p": min(chances, default=None),
        }


def chance(p: float) -> float:
    """The p of one of the wider looks, allowing for that three looks are made."""
    return min(1.0, LOOKS * p)


def look_wider(ground: CountsToScan, question: Question, say: Callable[[float], object]) -> list[WiderLook]:
    """The same question, of wards and of authorities. `say`: called with the share done, 0 to 1."""
    found = []
    for number, level in enumerate(LEVELS):
        found.append(_look(ground, question, level))
        say((number + 1) / len(LEVELS))
    return found


def _look(ground: CountsToScan, question: Question, level: str) -> WiderLook:
    from joinedup.engines import scan as engine

    inside: dict[Place, list[int]] = {}
    for at, place in enumerate(ground.places):
        if (wider := around(place, level)) is not None:
            inside.setdefault(wider, []).append(at)
    places = sorted(inside, key=lambda place: place.pk)
    look = WiderLook(level, places, [inside[place] for place in places])
    if len(places) < FEWEST:
        return replace(look, why=f"There are fewer than {FEWEST}: too few to compare.")
    share = max(question.max_share, min(MOST, ROOM / len(places)))
    try:
        answer = engine.scan(summed(ground.world, look), replace(question, max_share=share))
    except engine.Impossible as error:
        return replace(look, why=str(error))
    return replace(look, max_share=share, answer=answer)


def summed(world: ScanCounts, look: WiderLook) -> ScanCounts:
    """The counts of each wider place, in the middle of its neighbourhoods; known where those of all of them are."""
    known = None
    if world.known is not None:
        known = np.array([world.known[own].all(axis=0) for own in look.inside])
    cases = np.array([world.cases[own].sum(axis=0) for own in look.inside])
    return replace(
        world,
        areas=[place.pk for place in look.places],
        position=np.array([world.position[own].mean(axis=0) for own in look.inside]),
        cases=cases if known is None else np.where(known, cases, 0),
        known=known,
        population=None,
    )


def keep_wider(
    scan: Scan, ground: CountsToScan, looks: Sequence[WiderLook], beside: Sequence[tuple[Cluster, set[int]]]
) -> None:
    """Store what stands out at each level, with those of the stored clusters `beside` (each with the numbers of its
    neighbourhoods) that it overlaps."""
    scan.wider_looks = [look.as_kept() for look in looks]
    for look in looks:
        found = look.answer.clusters if look.answer is not None else ()
        unusual = [(each, p) for each in found if (p := each.chance) is not None and chance(p) <= USUAL]
        for rank, (each, p) in enumerate(unusual, 1):
            row = WiderCluster.objects.create(
                scan=scan,
                level=look.level,
                rank=rank,
                start=str(ground.world.periods[each.start]),
                end=str(ground.world.periods[each.end]),
                observed=each.observed,
                expected=each.expected,
                llr=each.llr,
                p=p,
                bare_p=each.p,
            )
            row.areas.set([look.places[at] for at in each.areas])
            own = {at for area in each.areas for at in look.inside[area]}
            row.beside.set([one for one, areas in beside if overlap(own, areas)])
