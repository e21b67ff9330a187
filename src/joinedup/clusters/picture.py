"""Clusters drawn on the outlines of their neighbourhoods, each with its number. Pure: outlines in, shapes
out.

Units are those of the outlines: 10 m, downwards. The numbers are also in the table beside the map, so that
nobody has to tell colours apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from joinedup.clusters.models import Cluster
from joinedup.places.models import Outline

# Four colours take turns; neighbours of the same colour still have their numbers.
COLOURS = 4
View = tuple[float, float, float, float]
# As shares of the longer side of the map: the radius of a number's disc, and the margin.
DISC, EDGE = 0.02, 0.03
# With more numbers than this the discs are smaller.
FEW, SMALLER = 12, 0.7
# The margin shown around one cluster, so that readers know where it is, and around a place.
AROUND, BESIDE = 0.6, 0.06


@dataclass(frozen=True)
class ClusterShape:
    """One cluster: its neighbourhoods as one path, and where its number is."""

    cluster: Cluster
    colour: int
    path: str
    x: float
    y: float
    # The point that the number refers to if there was no room for it there; otherwise the same as x and y.
    at_x: float
    at_y: float


@dataclass(frozen=True)
class Picture:
    view_box: str
    ground: list[str]
    shapes: list[ClusterShape]
    disc: float
    line: float


def draw(
    clusters: Sequence[tuple[Cluster, Iterable[str]]],
    outlines: Mapping[str, Outline],
    ground: Sequence[Outline],
    *,
    close: bool = False,
    frame: str = "",
) -> Picture | None:
    """The clusters, with the codes of their areas, over the outlines of the surroundings; None without an
    outline.

    Shows all of the ground; with `close` only the surroundings of the clusters, and with `frame`, the code of
    a place on the ground, only that place, even if clusters reach beyond it.
    """
    drawn = [(cluster, [outlines[code] for code in codes if code in outlines]) for cluster, codes in clusters]
    drawn = [(cluster, own) for cluster, own in drawn if own]
    shown = [each for _, own in drawn for each in own]
    if not shown:
        return None
    framed = [each for each in ground if each.place_id == frame]
    share = BESIDE if framed else AROUND if close else EDGE
    view = _view(framed or (shown if close else [*shown, *ground]), share)
    left, top, right, bottom = view
    disc = max(right - left, bottom - top) * DISC * (1 if len(drawn) <= FEW else SMALLER)
    return Picture(
        f"{left:.0f} {top:.0f} {right - left:.0f} {bottom - top:.0f}",
        [each.path for each in ground if _meets(each, view)],
        _shapes(drawn, disc, view),
        round(disc, 1),
        round(disc / 10, 2),
    )


def _view(outlines: Sequence[Outline], share: float) -> View:
    """Around all of them, plus a share of the longer side as margin."""
    left, right = min(each.left for each in outlines), max(each.right for each in outlines)
    top, bottom = min(each.top for each in outlines), max(each.bottom for each in outlines)
    edge = max(right - left, bottom - top) * share
    return left - edge, top - edge, right + edge, bottom + edge


def _meets(each: Outline, view: View) -> bool:
    left, top, right, bottom = view
    return each.left < right and each.right > left and each.top < bottom and each.bottom > top


def _middle(each: Outline) -> tuple[float, float]:
    return (each.left + each.right) / 2, (each.top + each.bottom) / 2


def _holds(view: View, point: tuple[float, float]) -> bool:
    return view[0] < point[0] < view[2] and view[1] < point[1] < view[3]


def _shapes(drawn: Sequence[tuple[Cluster, list[Outline]]], disc: float, view: View) -> list[ClusterShape]:
    shapes: list[ClusterShape] = []
    taken: list[tuple[float, float]] = []
    for cluster, own in drawn:
        centre = _middle(next((each for each in own if each.place_id == cluster.centre_id), own[0]))
        seen = [point for each in own if _holds(view, point := _middle(each))]
        at = min(seen or [centre], key=lambda point: math.dist(point, centre))
        x, y = _room(at, taken, disc)
        taken.append((x, y))
        path = "".join(each.path for each in own)
        shapes.append(
            ClusterShape(
                cluster, (cluster.rank - 1) % COLOURS + 1, path, *(round(each, 1) for each in (x, y, *at))
            )
        )
    return shapes


def _room(at: tuple[float, float], taken: Sequence[tuple[float, float]], disc: float) -> tuple[float, float]:
    """The nearest point to `at` where a disc covers no other, searched on circles around it."""
    for ring in range(8):
        for eighth in range(8 if ring else 1):
            angle = eighth * math.pi / 4
            point = (
                at[0] + ring * 1.5 * disc * math.cos(angle),
                at[1] + ring * 1.5 * disc * math.sin(angle),
            )
            if all(math.dist(point, other) >= 2.2 * disc for other in taken):
                return point
    return at
