"""What a map of places can show: one published figure, or the need on a theme. The same for Home and Place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from joinedup.evidence import wording
from joinedup.evidence.models import Dataset, Figure, Need
from joinedup.evidence.plain_words import need_class, need_word
from joinedup.places.models import Outline, Place
from joinedup.taxonomy.models import Theme
from joinedup.web.maps import Map, Value, draw

# What most people look for first: the finer of the two where it is held.
OF_POLICE = "Violence, recorded by the police"
# Asks for the headline figure, also where it is not held.
FIGURE = "figure"
HEADLINES = ("violence-with-injury", "recorded-violence")


@dataclass(frozen=True)
class Layer:
    """A map with its table. `unit` is empty for need. `show` is the theme that is shown, empty for the figure."""

    title: str
    unit: str
    show: str
    values: list[Value]
    map: Map | None
    when: str
    note: str
    headline: str
    themes: list[Theme]
    dataset: Dataset | None = None


def layer(
    places: Sequence[Place],
    show: str,
    themes: Sequence[Theme] | None = None,
    outlines: Sequence[Outline] | None = None,
    datasets: Mapping[int, Dataset] | None = None,
) -> Layer:
    """A map of these places with its table. Four queries.

    `show`: the slug of a theme for its need, or FIGURE for the headline figure. Without either the headline figure is
    shown if any place has it, else the need that most places have. `themes` saves a query, and so do `outlines`
    and `datasets` that were read already.
    """
    known = list(Theme.objects.all()) if themes is None else list(themes)
    if outlines is None:
        outlines = list(Outline.objects.filter(place__in=places))
    theme = next((each for each in known if each.slug == show), None)
    if theme:
        return _need_layer(theme, places, outlines, known)
    found = list(Figure.objects.filter(indicator__in=HEADLINES, place__in=places))
    for each in found:
        if datasets and each.dataset_id in datasets:
            each.dataset = datasets[each.dataset_id]
    prefetch_related_objects(found, "dataset")
    ranked = sorted(
        found, key=lambda each: (each.state == Figure.State.NUMBER, -HEADLINES.index(each.indicator))
    )
    figures = {each.place_id: each for each in ranked}
    first = usual(list(figures.values()))
    if show != FIGURE and (first is None or first.state != Figure.State.NUMBER):
        theme = _best_known(places, known)
        if theme:
            return _need_layer(theme, places, outlines, known)
    values = [_of_figure(place, figures.get(place.pk), first) for place in places]
    when = wording.period(first) if first else ""
    indicator = wording.by_slug()[first.indicator if first else HEADLINES[0]]
    return Layer(
        indicator.name,
        indicator.unit,
        "",
        values,
        draw(values, outlines),
        when,
        indicator.caveat if first else "",
        f"{indicator.name}, recorded by the police",
        known,
        first.dataset if first else None,
    )


def _need_layer(
    theme: Theme, places: Sequence[Place], outlines: Sequence[Outline], known: list[Theme]
) -> Layer:
    needs = {each.place_id: each for each in Need.objects.filter(theme=theme, place__in=places)}
    values = [_of_need(place, needs.get(place.pk)) for place in places]
    return Layer(theme.name, "", theme.slug, values, draw(values, outlines), "", "", OF_POLICE, known)


def _best_known(places: Sequence[Place], themes: Sequence[Theme]) -> Theme | None:
    """The theme that is measured itself in most of these places, the first of several; None if none is."""
    measured = Need.objects.said().exclude(measured=Need.Measured.PROXY)
    counts = Counter(measured.filter(place__in=places).values_list("theme", flat=True))
    return max((each for each in themes if counts[each.pk]), key=lambda each: counts[each.pk], default=None)


def headline_of(figures: Sequence[Figure]) -> Figure | None:
    """A place's headline figure: one that is a number first, the finer of two."""
    there = [each for each in figures if each.indicator in HEADLINES]
    number = Figure.State.NUMBER
    return min(there, key=lambda each: (each.state != number, HEADLINES.index(each.indicator)), default=None)


def usual(figures: Sequence[Figure]) -> Figure | None:
    """A figure typical of most of these: of one source and one period, numbers first."""
    alike = Counter(_kind_of(each) for each in figures)
    number = Figure.State.NUMBER
    return max(figures, key=lambda each: (each.state == number, alike[_kind_of(each)]), default=None)


def _kind_of(figure: Figure) -> tuple[str, str, str, str]:
    return figure.indicator, figure.dataset.source, figure.start, figure.period


def _of_need(place: Place, need: Need | None) -> Value:
    found = need.said if need else None
    if need is not None and found is not None and need.measured == Need.Measured.PROXY:
        # A colour would say of county lines what only absence from school says.
        return Value(place, None, "not measured itself")
    return Value(place, need_class(found), need_word(found))


def _of_figure(place: Place, figure: Figure | None, usual_one: Figure | None) -> Value:
    """Fifths of the places compared, by the value shown, so that the colours divide them evenly; the number
    is in the table. A value from another source, or for other months, says so and has no colour."""
    if figure is None or figure.value is None:
        hidden = figure is not None and figure.state == Figure.State.SUPPRESSED
        return Value(
            place, None, "held back" if hidden else "not known", figure=figure.pk if figure else None
        )
    word = f"{figure.value:.1f}"
    if usual_one and _kind_of(figure) != _kind_of(usual_one):
        apart = f"{wording.period(figure)}, {figure.dataset.publisher}"
        return Value(place, None, f"{word} ({apart})", figure.value, figure.pk, apart)
    return Value(place, need_class(figure.percentile), word, figure.value, figure.pk)
