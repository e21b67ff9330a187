"""Check the coordinates of a scan's places: a likely mistake stops the scan, an odd place is noted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from joinedup.offline.delimited import Refused
from joinedup.offline.uk_bounds import far_off, inside, where

GO_ON = "If they are as meant, give --outside-uk."
NAMED = 3


def check_coordinates(
    name: str,
    areas: Sequence[str],
    points: NDArray[np.float64],
    notes: list[str],
    *,
    degrees: bool,
    outside_uk: bool,
) -> None:
    """Raise `Refused` if most places are outside the United Kingdom and one mistake explains it, unless
    `outside_uk`.

    `points`: latitude and longitude if `degrees`, else x and y in metres. Adds a note on single places far
    from the others, and if all are elsewhere.
    """
    if not degrees:
        if not outside_uk:
            _refuse_degrees(name, points)
        return
    found = where(points[:, 0], points[:, 1])
    if not outside_uk:
        if found.are_swapped:
            raise Refused(
                f"{name}: these places lie outside the United Kingdom: are the columns swapped? The column latitude "
                f"holds {_range(points[:, 0])}, longitude {_range(points[:, 1])}. {GO_ON}"
            )
        if found.are_turned:
            raise Refused(
                f"{name}: these places lie outside the United Kingdom: is the minus of longitudes west of Greenwich "
                f"missing? The column longitude holds {_range(points[:, 1])}. {GO_ON}"
            )
        if found.outside == found.rows:
            notes.append(f"{name}: all places lie outside the United Kingdom.")
    _note_far_off(name, areas, points, notes)


def _refuse_degrees(name: str, points: NDArray[np.float64]) -> None:
    """Refuse degrees given as metres. A few points could be metres of a sketch, so most have to be in the
    box."""
    for lat, lon, words in ((1, 0, "longitude and latitude"), (0, 1, "latitude and longitude")):
        if inside(points[:, lat], points[:, lon]).mean() > 0.5:
            raise Refused(
                f"{name}: x and y are metres, and these look like degrees: call the columns {words}. {GO_ON}"
            )


def _note_far_off(name: str, areas: Sequence[str], points: NDArray[np.float64], notes: list[str]) -> None:
    far, km = far_off(points[:, 0], points[:, 1])
    if not far:
        return
    named = ", ".join(f"{areas[at]} ({km[at]:,.0f} km from the middle)" for at in far[:NAMED])
    more = f" and {len(far) - NAMED:,} more" if len(far) > NAMED else ""
    swapped = any(inside(points[at, 1], points[at, 0]) for at in far)
    why = "are latitude and longitude swapped there" if swapped else "is that where they are"
    what = "place lies" if len(far) == 1 else "places lie"
    notes.append(f"{name}: {len(far):,} {what} far from all others: {named}{more}; {why}?")


def _range(values: NDArray[np.float64]) -> str:
    return f"{values.min():.4g} to {values.max():.4g}"
