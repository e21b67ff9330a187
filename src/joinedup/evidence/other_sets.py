"""The figures of a place compared with another set than the one that is taken by itself: the set that a reader asks
for."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from django.core.exceptions import ValidationError

from joinedup.evidence.comparators import KINDS, SETS_TO_CHOOSE, of_choice, sets_of
from joinedup.evidence.comparison import HANDFUL, compared
from joinedup.evidence.models import Figure
from joinedup.evidence.origins import source_of
from joinedup.evidence.wording import by_slug
from joinedup.places.likeness import most_like
from joinedup.places.models import Place
from joinedup.places.queries import PLACE_COLUMNS, force_areas, place_frame

WIDE = (
    Place.Kind.COUNTRY,
    Place.Kind.REGION,
    Place.Kind.POLICE_FORCE,
    Place.Kind.COUNTY,
    Place.Kind.LOCAL_AUTHORITY,
)
OF_A_FIGURE = {
    "pk": pl.Int64, "place": pl.String, "indicator": pl.String, "source": pl.String, "start": pl.String,
    "period": pl.String, "state": pl.String, "value": pl.Float64, "count": pl.Float64, "denominator": pl.Float64,
    "low": pl.Float64, "high": pl.Float64, "why": pl.String, "handful": pl.Boolean,
}  # fmt: skip


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
    upper, lower = (of_choice(each, place.pk, choice) for each in _sets())
    members = {*upper["place"], *lower["place"], place.pk}
    beside = Figure.objects.filter(
        place__in=sorted(members), indicator__in=sorted({each.indicator for each in figures})
    )
    rows = pl.DataFrame(
        [_row(each) for each in beside.select_related("dataset")], schema=OF_A_FIGURE, orient="row"
    )
    for figure in figures:
        indicator = by_slug().get(figure.indicator)
        if indicator is None:
            continue
        own = rows.filter(pl.col("indicator") == figure.indicator)
        few = own.filter("handful")["place"].to_list()
        found = compared(own, indicator, few, upper if indicator.method == "published" else lower)
        ours = found.row(by_predicate=pl.col("pk") == figure.pk, named=True)
        is_number = figure.state == Figure.State.NUMBER
        figure.best_rank, figure.worst_rank = ours["best"], ours["worst"]
        figure.compared, figure.middle = ours["compared"], ours["middle"]
        figure.among = (ours["among"] or "") if is_number else ""
        figure.percentile = ours["percentile"] if is_number else None
    return list(figures)


def _sets() -> tuple[pl.DataFrame, pl.DataFrame]:
    held = Place.objects.filter(kind__in=WIDE).order_by("code")
    places = place_frame(held.values_list(*PLACE_COLUMNS))
    areas = force_areas(places)
    current = places.filter(pl.col("ended").is_null()).rename({"code": "place"})
    current = current.join(areas, on="place", how="left")
    return sets_of(current, upper=True), sets_of(current, upper=False)


def _row(figure: Figure) -> tuple[object, ...]:
    return (
        figure.pk, figure.place_id, figure.indicator, source_of(figure.dataset), figure.start, figure.period,
        figure.state, figure.value, figure.count, figure.denominator, figure.low, figure.high, None,
        HANDFUL in figure.note,
    )  # fmt: skip
