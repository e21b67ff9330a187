"""What need and action say together of a theme in a place: a square of the coverage grid."""

from __future__ import annotations

from enum import StrEnum

from joinedup.engines.matching.scene import UNMET_HIGH

# Below this, there is little need.
LITTLE = 0.4


class CellState(StrEnum):
    """In the order in which a reader wants them."""

    GAP = "gap"
    ASK = "ask"
    NONE = "none"
    SOME = "some"
    LITTLE = "little"
    UNKNOWN = "unknown"


def state_of(need: float | None, initiatives: int, perhaps: int, *, known: bool) -> CellState:
    """What a cell says, from its need (0 to 1, None where not known) and how much action is recorded there.

    `perhaps`: action there whose theme or place is not recorded, so that it may be on this; `known`: the register of
    the place is known. Without both, a lack of action is no claim but a question. How much of a need action meets is
    never said: nobody knows.
    """
    if need is None:
        return CellState.UNKNOWN
    if need < LITTLE:
        return CellState.LITTLE
    if initiatives:
        return CellState.SOME
    # A hair of tolerance: 0.5 that was worked out in steps is still 0.5.
    if need >= UNMET_HIGH - 1e-9:
        return CellState.GAP if known and not perhaps else CellState.ASK
    return CellState.ASK if perhaps else CellState.NONE
