"""A map as shapes for the template: outlines of places, each with the class of its colour. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from joinedup.places.models import Outline, Place

MARGIN = 40  # units of 10 m, so that lines at the edge are not cut
FAR = 5_000  # 50 km


@dataclass(frozen=True)
class Value:
    """What a map and its table show about one place. `need_class` is 1 to 5, None if it is not known or not
    comparable with the others. `apart`: why a number is not comparable, in words."""

    place: Place
    need_class: int | None
    word: str
    number: float | None = None
    figure: int | None = None
    apart: str = ""


@dataclass(frozen=True)
class MapShape:
    code: str
    label: str
    path: str
    need_class: int | None


@dataclass(frozen=True)
class Map:
    view_box: str
    shapes: list[MapShape]


def draw(values: Sequence[Value], outlines: Sequence[Outline]) -> Map | None:
    """The map of the places that have an outline; None if none has. Shapes in the order of `values`.

    Places of which nothing is known and that lie far from all others, as those of a partnership elsewhere, would make
    the others too small to see: they stand in the table only.
    """
    by_place = {outline.place_id: outline for outline in outlines}
    drawn = [(value, by_place[value.place.pk]) for value in values if value.place.pk in by_place]
    if not drawn:
        return None
    known = [outline for value, outline in drawn if value.need_class is not None]
    if known:
        drawn = [(value, outline) for value, outline in drawn if _is_among(outline, known)]
    left = min(outline.left for _, outline in drawn) - MARGIN
    top = min(outline.top for _, outline in drawn) - MARGIN
    width = max(outline.right for _, outline in drawn) + MARGIN - left
    height = max(outline.bottom for _, outline in drawn) + MARGIN - top
    shapes = [
        MapShape(value.place.pk, f"{value.place.name}: {value.word}", outline.path, value.need_class)
        for value, outline in drawn
    ]
    return Map(f"{left} {top} {width} {height}", shapes)


def _is_among(outline: Outline, known: Sequence[Outline]) -> bool:
    """Whether it lies in the box around what is known, or less than FAR from it."""
    left, right = min(each.left for each in known), max(each.right for each in known)
    top, bottom = min(each.top for each in known), max(each.bottom for each in known)
    return (
        left - FAR < outline.right
        and outline.left < right + FAR
        and top - FAR < outline.bottom
        and outline.top < bottom + FAR
    )
