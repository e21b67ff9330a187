"""What is at stake in an agreement, and the share kept of it, so that easy promises do not win. Pure.

The method, with its reasons and limits, is described in docs/methods/results.md.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

# Used if the need is not known: half of the scale. The page says so.
UNKNOWN_NEED = 0.5
# However low the need in a place, a promise to its young people is worth something.
LEAST_NEED = 0.05
MOST_PARTNERS = 4


@dataclass(frozen=True)
class Promise:
    """One agreement to be weighed.

    `cell`: its subject: promises on the same theme in the same area, made at the same event, are one cell.
    `need`: 0 to 1, None if unknown. `partners`: how many put something in. `kept`: None if it is not due yet,
    or was dropped by agreement; it then counts in nothing.
    """

    cell: Hashable
    need: float | None
    partners: int
    kept: bool | None


def stake(need: float | None, partners: int) -> float:
    """What is at stake in one agreement, 0.05 to 4: the need times the number of partners who put something
    in."""
    known = UNKNOWN_NEED if need is None else max(LEAST_NEED, min(1.0, need))
    return known * max(1, min(MOST_PARTNERS, partners))


def weights(promises: Sequence[Promise]) -> list[float]:
    """The weight of each promise; one that counts in nothing weighs 0.

    The promises of a cell share one stake, the largest among them. Those with that many partners share it
    equally, and those with fewer add nothing. So a promise cut into pieces weighs what it weighed whole, and
    an easy one beside a hard one neither adds to the hard one nor hides it.
    """
    cells: dict[Hashable, list[int]] = {}
    for number, each in enumerate(promises):
        if each.kept is not None:
            cells.setdefault(each.cell, []).append(number)
    found = [0.0] * len(promises)
    for numbers in cells.values():
        own = {number: _size(promises[number]) for number in numbers}
        most = max(own.values())
        largest = [number for number in numbers if own[number] == most]
        known = [need for number in numbers if (need := promises[number].need) is not None]
        for number in largest:
            found[number] = stake(max(known, default=None), most) / len(largest)
    return found


def _size(promise: Promise) -> int:
    return max(1, min(MOST_PARTNERS, promise.partners))


def kept_share(promises: Iterable[Promise]) -> float | None:
    """The share kept, 0 to 1, weighted by what was at stake; None if nothing is due."""
    every = list(promises)
    weighed = weights(every)
    total = sum(weighed)
    if not total:
        return None
    return sum(weight for weight, each in zip(weighed, every, strict=True) if each.kept) / total


def kept_count(promises: Iterable[Promise]) -> float | None:
    """The share kept if every promise counts the same; None if nothing is due."""
    due = [each.kept for each in promises if each.kept is not None]
    return sum(due) / len(due) if due else None
