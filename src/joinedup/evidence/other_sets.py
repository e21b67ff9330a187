"""The figures of a place compared with another set than the one that is taken by itself: the set that a reader asks
for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.core.exceptions import ValidationError

from joinedup.evidence.comparators import KINDS, SETS_TO_CHOOSE, SetRow, is_filled, of_choice, set_rows
from joinedup.evidence.comparison import HANDFUL, Measured, standing
from joinedup.evidence.indicators import Indicator
from joinedup.evidence.models import Figure
from joinedup.evidence.origins import source_of
from joinedup.evidence.wording import by_slug
from joinedup.places.likeness import most_like
from joinedup.places.models import Place
from joinedup.places.queries import PLACE_COLUMNS, forces_of

WIDE = (
    Place.Kind.COUNTRY,
    Place.Kind.REGION,
    Place.Kind.POLICE_FORCE,
    Place.Kind.COUNTY,
    Place.Kind.LOCAL_AUTHORITY,
)


def choices(place: Place) -> list[str]:
    """The words of the sets that a reader may ask for, of an authority or a county. No query."""
    if place.kind not in (Place.Kind.LOCAL_AUTHORITY, Place.Kind.COUNTY):
        return []
    is_county = place.kind == Place.Kind.COUNTY
    has = {
        "kind": place.pk[:3] in KINDS,
        "force": not is_county,
        "neighbours": bool(most_like(place.pk, upper=is_county)),
    }
    return [choice for choice in SETS_TO_CHOOSE if has.get(choice, True)]


def compared_with(place: Place, figures: Sequence[Figure], choice: str) -> list[Figure]:
    """The figures of a place (with their datasets), each with its comparison within the set that was asked for: by a
    word of `SETS_TO_CHOOSE`. Three queries; the figures are not to be saved.

    As in the stored comparison, a set of which too few have a figure is not used: then nothing is said. Raises
    `ValidationError` where there is no such word.
    """
    if choice not in SETS_TO_CHOOSE:
        raise ValidationError(f"Figures can be compared with: {', '.join(SETS_TO_CHOOSE)}.")
    rows = _places()
    upper, lower = (of_choice(set_rows(rows, upper=each), place.pk, choice) for each in (True, False))
    members = {*(row.place for row in (*upper, *lower)), place.pk}
    beside = Figure.objects.filter(
        place__in=sorted(members), indicator__in=sorted({each.indicator for each in figures})
    )
    held: dict[tuple[str, ...], list[Figure]] = {}
    for each in beside.select_related("dataset"):
        held.setdefault(_alike(each), []).append(each)
    for figure in figures:
        indicator = by_slug().get(figure.indicator)
        if indicator is not None:
            own = upper if indicator.method == "published" else lower
            _compare(figure, held[_alike(figure)], indicator, own)
    return list(figures)


def _compare(figure: Figure, beside: Sequence[Figure], indicator: Indicator, own: Sequence[SetRow]) -> None:
    """One figure with those of the same source and period, in one set."""
    codes = {row.place for row in own}
    among = [each for each in beside if each.place_id in codes]
    counts = [_is_compared(each, indicator) for each in among]
    measured = {each.place_id for each, does in zip(among, counts, strict=True) if does}
    found, at = None, 0
    if is_filled(own, measured):
        found = standing(_measured(among, counts), indicator, is_set=True)
        at = next(n for n, each in enumerate(among) if each.pk == figure.pk)
    is_number = figure.state == Figure.State.NUMBER
    figure.compared, figure.middle = (found.compared, found.middle) if found else (None, None)
    figure.best_rank, figure.worst_rank = (
        (_whole(found.best[at]), _whole(found.worst[at])) if found else (None, None)
    )
    figure.among = own[0].label if found and is_number else ""
    figure.percentile = float(found.percentile[at]) if found and is_number and counts[at] else None


def _measured(figures: Sequence[Figure], counts: Sequence[bool]) -> Measured:
    columns = ("value", "count", "denominator", "low", "high")
    return Measured(
        np.array(counts, dtype=bool),
        **{name: np.array([getattr(each, name) for each in figures], dtype=float) for name in columns},
    )


def _is_compared(figure: Figure, indicator: Indicator) -> bool:
    of_a_handful = indicator.method == "published" and HANDFUL in figure.note
    return figure.state == Figure.State.NUMBER and not of_a_handful


def _whole(rank: float) -> int | None:
    return None if np.isnan(rank) else int(rank)


def _alike(figure: Figure) -> tuple[str, ...]:
    """What those have in common that are compared."""
    return figure.indicator, source_of(figure.dataset), figure.start, figure.period


def _places() -> dict[str, dict[str, Any]]:
    held = Place.objects.filter(kind__in=WIDE, ended__isnull=True).order_by("code")
    rows = {code: (name, kind, parent) for code, name, kind, parent in held.values_list(*PLACE_COLUMNS[:4])}
    forces = forces_of({code: parent for code, (_name, _kind, parent) in rows.items()})
    return {
        code: {"place": code, "name": name, "kind": kind, "parent": parent, "force": forces.get(code)}
        for code, (name, kind, parent) in rows.items()
    }
