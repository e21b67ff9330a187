"""A small map: places among their neighbours, by the outlines of authorities."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from joinedup.documents.drawing import DARK, Area, Disc, Drawing, Mark, Words, width_of
from joinedup.engines.words import listing
from joinedup.places.models import Outline, Place
from joinedup.places.outline_path import holds, thinned

# As shares of the longer side of what is shown: how much of what lies around it, and the size of a name.
AROUND, AROUND_SOME, AROUND_MANY, NAME, SMALL_NAME = 0.4, 0.2, 0.04, 0.052, 0.043
# How much wider a map is than high.
SHAPE = 4 / 3
# From so many places on only their neighbours' shapes are there, without names.
MANY = 8
NAMED_IN_WORDS = 6
# A page carries no more than so many letters of outlines as they are; a larger map is told by so many steps across.
HEAVY, FINE = 12_000, 200
BOUNDARIES = "Boundaries: Office for National Statistics; contains OS data © Crown copyright."


@dataclass(frozen=True)
class Shown:
    """A place on a map: its tone (see `drawing.TONES`), and what is said of it in words, empty for its name only."""

    place: Place
    tone: str = "here"
    word: str = ""


@dataclass(frozen=True)
class Spot:
    """A disc with a few letters in a place: no nearer than the place itself."""

    place: Place
    label: str


Box = tuple[float, float, float, float]


def place_map(shown: Sequence[Shown], *, caption: str = "", spots: Sequence[Spot] = ()) -> Drawing | None:
    """The places among the authorities around them; None where none has an outline. 2 queries."""
    by_place = {each.place.pk: each for each in shown}
    at = {each.place.pk for each in spots} - set(by_place)
    # A part of an authority is shown in the whole of it.
    whole = {
        each.place.parent_id
        for each in shown
        if each.place.kind in (Place.Kind.WARD, Place.Kind.LSOA) and each.place.parent_id
    }
    held = {each.place_id: each for each in Outline.objects.filter(place__in={*by_place, *at, *whole})}
    own = [held[code] for code in by_place if code in held]
    if not own:
        return None
    box = _box([*own, *(held[code] for code in sorted(whole & set(held)))])
    left, top, right, bottom = box
    beside = list(
        Outline.objects.filter(
            _of_one_tier(shown), left__lt=right, right__gt=left, top__lt=bottom, bottom__gt=top
        )
        .exclude(place__in=[*by_place])
        .select_related("place")
        .only("path", "left", "top", "right", "bottom", "place__name")
    )
    size = max(right - left, bottom - top) * (NAME if len(own) == 1 else SMALL_NAME)
    drawn = _light([*beside, *own], right - left)
    marks: list[Mark] = [Area(drawn[each.place_id], "ground", each.place.name) for each in beside]
    for each in own:
        marks.append(
            Area(drawn[each.place_id], by_place[each.place_id].tone, _title(by_place[each.place_id]))
        )
    discs = [(each, held[each.place.pk]) for each in spots if each.place.pk in held]
    taken: list[Box] = []
    for spot, outline in discs:
        taken.append(_spot(marks, spot, outline, size))
    if len(own) <= MANY:
        _names(marks, own, by_place, size, box, taken)
        _neighbours(marks, beside, size, box, taken)
    about = _about(shown, _near(beside, box), spots)
    return Drawing(left, top, right - left, bottom - top, marks, about, caption)


def _light(outlines: Sequence[Outline], width: float) -> dict[str, str]:
    """Their paths by place; with fewer corners where a page would have to carry a whole coast for a small map."""
    if sum(len(each.path) for each in outlines) <= HEAVY:
        return {each.place_id: each.path for each in outlines}
    return {each.place_id: thinned(each.path, round(width / FINE)) for each in outlines}


def _of_one_tier(shown: Sequence[Shown]) -> Q:
    """Counties and unitary authorities around a county; around anything else all that are no counties. What lies in a
    county that is shown is a part of it, no neighbour."""
    if any(each.place.kind == Place.Kind.COUNTY for each in shown):
        upper = Q(place__kind=Place.Kind.COUNTY) | Q(place__kind=Place.Kind.LOCAL_AUTHORITY)
        return upper & ~Q(place__parent__kind=Place.Kind.COUNTY) & Q(place__ended=None)
    return Q(place__kind=Place.Kind.LOCAL_AUTHORITY, place__ended=None)


def _near(beside: Sequence[Outline], box: Box) -> list[str]:
    """The names of those nearest to the middle of the map, as many as can be listed."""
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    inside = [each for each in beside if _is_in(box, _middle(each))]
    nearest = sorted(inside, key=lambda each: (math.dist(_middle(each), middle), each.place_id))
    return sorted(each.place.name for each in nearest[:NAMED_IN_WORDS])


def _title(shown: Shown) -> str:
    return f"{shown.place.name}: {shown.word}" if shown.word else shown.place.name


def _box(own: Sequence[Outline]) -> Box:
    """What is shown: all of the places with a margin, in one shape."""
    left, right = min(each.left for each in own), max(each.right for each in own)
    top, bottom = min(each.top for each in own), max(each.bottom for each in own)
    edge = max(right - left, bottom - top) * (
        AROUND if len(own) == 1 else AROUND_SOME if len(own) <= MANY else AROUND_MANY
    )
    width, height = right - left + 2 * edge, bottom - top + 2 * edge
    wide, high = max(width, height * SHAPE), max(height, width / SHAPE)
    x, y = (left + right - wide) / 2, (top + bottom - high) / 2
    return round(x), round(y), round(x + wide), round(y + high)


def _middle(each: Outline) -> tuple[float, float]:
    return (each.left + each.right) / 2, (each.top + each.bottom) / 2


def _is_in(box: Box, point: tuple[float, float]) -> bool:
    return box[0] < point[0] < box[2] and box[1] < point[1] < box[3]


def _spot(marks: list[Mark], spot: Spot, outline: Outline, size: float) -> Box:
    x, y = _middle(outline)
    marks.append(Disc(x, y, size * 0.8, "none"))
    marks.append(Words(x, y, spot.label, size, is_strong=True))
    return x - size, y - size, x + size, y + size


def _names(
    marks: list[Mark],
    own: Sequence[Outline],
    by_place: Mapping[str, Shown],
    size: float,
    box: Box,
    taken: list[Box],
) -> None:
    """The names of the places that it is about, in strong letters: white within a dark shape, else black."""
    for each in own:
        shown = by_place[each.place_id]
        fits = width_of(shown.place.name, size) < each.right - each.left
        # The last resort is above or below it.
        x = (each.left + each.right) / 2
        for at in [*_spaces(each), (x, each.top - size), (x, each.bottom + size)]:
            pale = shown.tone in DARK and fits and each.top < at[1] < each.bottom
            if _name(marks, shown.place.name, at, size, box, taken, is_pale=pale, is_strong=True):
                break


def _neighbours(
    marks: list[Mark], beside: Sequence[Outline], size: float, box: Box, taken: list[Box]
) -> None:
    """Their names where there is room, those with most of it first."""
    for each in sorted(beside, key=lambda one: (one.left - one.right, one.place_id)):
        if width_of(each.place.name, size) > 1.3 * (each.right - each.left):
            continue
        for at in _spaces(each):
            if holds(each.path, *at) and _name(marks, each.place.name, at, size, box, taken):
                break


def _spaces(each: Outline) -> list[tuple[float, float]]:
    """Where a name may stand: in the middle, else a quarter beside it."""
    (x, y), across, down = _middle(each), (each.right - each.left) / 4, (each.bottom - each.top) / 4
    return [(x, y), (x - across, y), (x + across, y), (x, y - down), (x, y + down)]


def _name(
    marks: list[Mark],
    name: str,
    at: tuple[float, float],
    size: float,
    box: Box,
    taken: list[Box],
    *,
    is_pale: bool = False,
    is_strong: bool = False,
) -> bool:
    """Writes a name at a point, unless it would leave the map or lie on another; whether it did."""
    half, high, edge, (x, y) = width_of(name, size) / 2, size * 0.6, size * 0.4, at
    own = (x - half, y - high, x + half, y + high)
    is_inside = own[0] >= box[0] + edge and own[2] <= box[2] - edge and own[1] >= box[1] and own[3] <= box[3]
    is_free = all(
        own[2] < other[0] or own[0] > other[2] or own[3] < other[1] or own[1] > other[3] for other in taken
    )
    if is_inside and is_free:
        taken.append(own)
        words = Words(x, y, name, round(size, 1), is_strong=is_strong, is_pale=is_pale, has_halo=True)
        marks.append(words)
    return is_inside and is_free


def _about(shown: Sequence[Shown], near: Sequence[str], spots: Sequence[Spot]) -> str:
    """All that the map says: of many places which are darkest and lightest, and of which nothing is known."""
    if len(shown) > MANY:
        return _("Map of %(number)s places. %(steps)s") % {"number": len(shown), "steps": _steps(shown)}
    is_told = any(each.word for each in shown)
    places = "; ".join(map(_title, shown)) if is_told else listing([each.place.name for each in shown])
    said = [_("Map: %(places)s.") % {"places": places}]
    if near:
        words = ngettext("Near it: %(places)s.", "Near them: %(places)s.", len(shown))
        said.append(words % {"places": listing(near)})
    said += [_("%(label)s is based in %(place)s.") % {"label": e.label, "place": e.place.name} for e in spots]
    return " ".join(said)


def _steps(shown: Sequence[Shown]) -> str:
    by_tone: dict[str, list[str]] = {}
    for each in shown:
        by_tone.setdefault(each.tone, []).append(_title(each))
    known = sorted(tone for tone in by_tone if tone != "unknown")
    said = []
    if len(known) > 1:
        said.append(_("Darkest: %(places)s.") % {"places": "; ".join(by_tone[known[-1]])})
        said.append(_("Lightest: %(places)s.") % {"places": "; ".join(by_tone[known[0]])})
    if "unknown" in by_tone:
        said.append(_("Dotted: %(places)s.") % {"places": "; ".join(by_tone["unknown"])})
    return " ".join(said)
