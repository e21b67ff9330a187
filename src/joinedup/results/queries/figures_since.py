"""What a figure was when an event took place, and what it is now. That one followed the other does not show a
cause."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from django.utils.formats import date_format

from joinedup.evidence import wording
from joinedup.evidence.breaks import breaks_for
from joinedup.evidence.indicators import Indicator
from joinedup.evidence.methods import months_to
from joinedup.evidence.models import Figure
from joinedup.evidence.plain_words import CHANCE
from joinedup.evidence.points import Point
from joinedup.evidence.queries import series, totals, year_of

# As many figures as fit beside the rest.
MOST = 3


@dataclass(frozen=True)
class Since:
    """One figure then and now, in a sentence with its periods and its source."""

    figure: Figure
    sentence: str


def figures_since(pairs: Sequence[tuple[str, str]], on: datetime.date) -> list[Since]:
    """What changed since the day `on`, for the first of these (place code, theme) pairs that have figures. 1
    query, plus one for each of at most three figures."""
    chosen = _chosen(pairs)
    known = wording.by_slug()
    return [Since(each, _told(known[each.indicator], each, on)) for each in chosen]


def _told(indicator: Indicator, figure: Figure, on: datetime.date) -> str:
    if indicator.method == "rate":
        return sentence(figure, on, sums=partial(totals, indicator, figure.place_id))
    return sentence(figure, on, points=series(indicator, figure.place_id))


def _chosen(pairs: Sequence[tuple[str, str]]) -> list[Figure]:
    """The first few figures that say most about these pairs, each once."""
    found = {each.pk: each for each in telling_figures(pairs).values()}
    return list(found.values())[:MOST]


def telling_figures(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Figure]:
    """For each (place code, theme) that has figures, the one that says most about the theme; 1 query."""
    wanted = list(pairs)
    held: dict[str, list[Figure]] = {}
    places = {place for place, _theme in wanted}
    rows = Figure.objects.filter(place__in=places, state=Figure.State.NUMBER).select_related(
        "place", "dataset"
    )
    for figure in rows.order_by("indicator", "pk"):
        held.setdefault(figure.place_id, []).append(figure)
    best = {(place, theme): _most_telling(held.get(place, []), theme) for place, theme in wanted}
    return {pair: figure for pair, figure in best.items() if figure is not None}


def _most_telling(figures: Iterable[Figure], theme: str) -> Figure | None:
    known = wording.by_slug()
    weighed = [
        (known[each.indicator].themes[theme], each)
        for each in figures
        if each.indicator in known and theme in known[each.indicator].themes
    ]
    return max(weighed, key=lambda pair: pair[0])[1] if weighed else None


# What was counted in each span of months, as it may be shown.
Sums = Callable[[Sequence[Sequence[str]]], Sequence[Point]]


def sentence(
    figure: Figure, on: datetime.date, *, points: Sequence[Point] = (), sums: Sums | None = None
) -> str:
    """What the figure was around the day `on` and what it is now, or why that cannot be said. Pure.

    A rate is worked out from `sums` of its counts, anything else from its `points`.
    """
    indicator = wording.by_slug()[figure.indicator]
    what = f"{indicator.name} in {figure.place.name}"
    said = _counts(indicator, figure, sums, on) if sums else _values(figure, points, on)
    return f"{what}: {said} ({figure.dataset.publisher})."


def _values(figure: Figure, points: Sequence[Point], on: datetime.date) -> str:
    now = f"{wording.value(figure)} {wording.period(figure)}"
    before = [p for p in points if p.value is not None and year_of(p.period) <= on.year]
    if not before:
        return f"{now}; what it was at the time of the event is not held"
    last = before[-1]
    if last.period == figure.period or year_of(figure.period) <= on.year:
        return f"{now}; no newer figure is published since the event"
    then = Figure(indicator=figure.indicator, period=last.period, state=Figure.State.NUMBER, value=last.value)
    return f"{wording.value(then)} {wording.period(then)}, {now}"


def _counts(indicator: Indicator, figure: Figure, sums: Sums, on: datetime.date) -> str:
    window = indicator.window
    last_before = _month(on.year, on.month - 1)
    then, now = _months(last_before, window), _months(figure.period, window)
    if not then or not now:
        return f"{wording.value(figure)} {wording.period(figure)}; what it was at the event is not held"
    if then[-1] >= now[0]:
        return (
            f"{wording.value(figure)} {wording.period(figure)}; this still counts months from before the event, so it "
            "is too early to compare"
        )
    if any(then[0] < changed <= now[-1] for changed in breaks_for(figure.dataset)):
        return (
            f"{wording.value(figure)} {wording.period(figure)}; how it is recorded has changed since the event, so it "
            "is not compared"
        )
    first, second = (each.value for each in sums([then, now]))
    if first is None or second is None:
        return (
            f"{wording.value(figure)} {wording.period(figure)}; what it was at the event is not held in full, or too "
            "small to show"
        )
    return (
        f"{first:,.0f} recorded in the {window} months to {_words(then[-1])}, {second:,.0f} in the {window} months to "
        f"{_words(now[-1])}: {_move(first, second)}"
    )


def _move(first: float, second: float) -> str:
    """Two counts compared as two Poisson counts (see evidence.plain_words.move)."""
    if first + second == 0 or abs(second - first) / math.sqrt(first + second) < CHANCE:
        return "no clear change"
    if first == 0:
        return "up from none"
    return f"{'up' if second > first else 'down'} {round(abs(second / first - 1) * 100)}%"


def _month(year: int, month: int) -> str:
    """2018-09; month 0 is December of the year before."""
    return f"{year}-{month:02}" if month else f"{year - 1}-12"


def _months(last: str, count: int) -> list[str]:
    """The `count` months up to `last`, as YYYY-MM; empty if `last` is not a month."""
    if len(last) != 7 or not (last[:4] + last[5:]).isdigit() or not count:
        return []
    return months_to(last, count)


def _words(month: str) -> str:
    return date_format(datetime.date(int(month[:4]), int(month[5:]), 1), "F Y")
