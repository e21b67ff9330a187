"""What need and action say together of a theme in a place: a square of the coverage grid."""

from __future__ import annotations

from enum import StrEnum

from joinedup.engines.matching.scene import UNMET_HIGH

# Below this, there is little need; and from this share of the need on, action meets it.
LITTLE, MET_FROM = 0.4, 0.5


class CellState(StrEnum):
    """In the order in which a reader wants them."""

    GAP = "gap"
    ASK = "ask"
    NONE = "none"
    SOME = "some"
    MET = "met"
    LITTLE = "little"
    UNKNOWN = "unknown"


def state_of(need: float | None, coverage: float | None, initiatives: int, *, sure: bool) -> CellState:
    """What a cell says, from its need and coverage (0 to 1, None where unknown) and the initiatives there.

    `sure`: the register of the place is known, and everybody there says whom they reach; else a lack of action is no
    claim but a question.
    """
    if need is None:
        return CellState.UNKNOWN
    if need < LITTLE:
        return CellState.LITTLE
    # How much is met may be unknown: then all of the need may be unmet, and that has to be asked.
    unmet = need * (1 - (coverage or 0.0))
    # A hair of tolerance: 0.5 that went through logarithms is still 0.5.
    if unmet >= UNMET_HIGH - 1e-9:
        return CellState.GAP if sure and coverage is not None else CellState.ASK
    if coverage is not None and coverage >= MET_FROM:
        return CellState.MET
    return CellState.SOME if initiatives else CellState.NONE
