"""Questions about evidence, each in a fixed number of database queries."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from django.core.cache import cache
from django.db.models import F, Prefetch

from joinedup.accounts.person import Person
from joinedup.evidence import observations, store
from joinedup.evidence.indicators import Indicator
from joinedup.evidence.models import Dataset, Figure, Need
from joinedup.evidence.sources.contract import MISSING, NUMBER, SUPPRESSED, Codes
from joinedup.evidence.wording import by_slug
from joinedup.places.models import Place
from joinedup.places.queries import code_frames
from joinedup.taxonomy.models import Theme

OLD_AFTER_YEARS = 2


@dataclass(frozen=True)
class Point:
    """One period of a series. `value` is a count for rates, else the published value; None unless a number."""

    period: str
    value: float | None
    state: str


@dataclass(frozen=True)
class Gap:
    """Something that is not known about a place, in a sentence."""

    sentence: str


def codes() -> Codes:
    """What readers of files need to know of the places held. Two queries."""
    return Codes.of(*code_frames())


def figures_for(place: Place) -> list[Figure]:
    """Every figure of a place with its dataset, as the indicators are named. One query."""
    rows = list(Figure.objects.filter(place=place).select_related("dataset"))
    names = {slug: one.name for slug, one in by_slug().items()}
    return sorted(rows, key=lambda figure: names.get(figure.indicator, figure.indicator))


def need_for(place: Place) -> list[Need]:
    """The need of a place on every theme, in the order of the themes; unknown need is in it. One query."""
    rows = Need.objects.filter(place=place).select_related("theme")
    return list(rows.order_by("theme__order", "theme__slug"))


def figure(pk: int) -> Figure | None:
    """One figure with its place and dataset. One query."""
    return Figure.objects.select_related("place__parent", "dataset").filter(pk=pk).first()


def series(indicator: Indicator, place_code: str) -> list[Point]:
    """Every period held of what an indicator is made from, oldest first.

    Counts for a rate (its numerators together), the published value otherwise. One query, and one read of the
    store the first time after its content changes.
    """
    # A file that is gone is for `joinedup check` to report; the page still shows the rest.
    kept = [row for row in observations.newest_first(indicator.source) if _is_there(row)]
    key = f"series:{observations.version(kept)}:{indicator.slug}:{place_code}"
    found: list[Point] | None = cache.get(key)
    if found is None:
        found = _points(indicator, place_code, kept)
        cache.set(key, found)
    return found


def _points(indicator: Indicator, place_code: str, datasets: Sequence[Dataset]) -> list[Point]:
    threshold = max(
        [indicator.threshold, *((d.disclosure.get("threshold") or 0) for d in datasets)], default=0
    )
    column = "count" if indicator.method == "rate" else "value"
    rows = observations.held(datasets, indicators=indicator.observed, places=[place_code])
    rows = rows.unique(observations.CELL, keep="first", maintain_order=True)
    # A part that is not there, or is hidden, makes the whole of its period unknown: a sum of the others is wrong.
    summed = rows.group_by("period").agg(
        value=pl.col(column).sum(),
        parts=(pl.col("state") == NUMBER).sum(),
        hidden=(pl.col("state") == SUPPRESSED).any(),
    )
    points = []
    for period, value, parts, hidden in summed.sort("period").iter_rows():
        state = SUPPRESSED if hidden else NUMBER if parts == len(indicator.observed) else MISSING
        if state == NUMBER and column == "count" and 0 < value < threshold:
            state = SUPPRESSED
        points.append(Point(period, value if state == NUMBER else None, state))
    return points


def datasets() -> list[Dataset]:
    """The current dataset of every series, each with `older`: those it replaced, newest first. One query."""
    counted = Dataset.objects.filter(withdrawn_at=None)
    rows = list(counted.order_by("publisher", "title", "-imported_at", "-pk"))
    older: dict[str, list[Dataset]] = {}
    for row in sorted(rows, key=lambda each: (each.imported_at, each.pk), reverse=True):
        if row.replaced_by_id is not None:
            older.setdefault(row.name, []).append(row)
    current = [row for row in rows if row.replaced_by_id is None]
    for row in current:
        row.older = older.get(row.name, [])  # type: ignore[attr-defined]
    return current


def dataset(pk: int) -> Dataset | None:
    """One dataset with what replaced it and what it replaced itself, and counts. Two queries."""
    earlier = Prefetch("replaces", Dataset.objects.filter(withdrawn_at=None))
    return Dataset.objects.select_related("replaced_by").prefetch_related(earlier).filter(pk=pk).first()


def gaps(place: Place, on: datetime.date, needs: Sequence[Need], figures: Sequence[Figure]) -> list[Gap]:
    """What is not known about a place: themes nothing is measured on, figures missing or hidden, old ones.

    `needs` and `figures` are those of the place, as `need_for` and `figures_for` give them. No query.
    """
    found = []
    unknown = [each.theme.name for each in needs if each.need is None]
    if unknown:
        found.append(Gap(f"Nothing is measured here on {_listed(unknown)}."))
    names = {slug: one.name for slug, one in by_slug().items()}
    for state, words in ((MISSING, "Not held for this place"), (SUPPRESSED, "Held back by the publisher")):
        those = [names.get(each.indicator, each.indicator) for each in figures if each.state == state]
        if those:
            found.append(Gap(f"{words}: {_listed(those)}."))
    old = sorted(
        {
            f"{each.dataset.title} ({each.period})"
            for each in figures
            if each.state == NUMBER and on.year - year_of(each.period) > OLD_AFTER_YEARS
        }
    )
    if old:
        found.append(Gap(f"More than {OLD_AFTER_YEARS} years old: {_listed(old)}."))
    return found


def year_of(period: str) -> int:
    """The year in which a period ends: 2016, 2015/16 and 2016-03 all give 2016."""
    year = int(period[:4])
    return year + 1 if "/" in period else year


def _listed(names: Sequence[str]) -> str:
    words = [name[0].lower() + name[1:] if name[1:2].islower() else name for name in names]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def themes_fed(indicator: Indicator) -> list[tuple[Theme, float]]:
    """The themes whose need an indicator feeds, with its weight, heaviest first. One query."""
    found = {theme.slug: theme for theme in Theme.objects.filter(slug__in=indicator.themes)}
    weighed = sorted(indicator.themes.items(), key=lambda item: -item[1])
    return [(found[slug], weight) for slug, weight in weighed if slug in found]


def opportunities_on(held: Figure, person: Person, limit: int = 10) -> list[Any]:
    """The opportunities that rest on a figure and that `person` may see, best first. One query.

    What a partnership and the public both have is named once.
    """
    found = held.opportunities.visible_to(person).exclude(state__in=["gone", "dismissed"])
    rows = found.select_related("place", "theme")
    once: dict[str, Any] = {}
    for row in rows.order_by(F("placed").desc(nulls_last=True), "audience", "key")[: limit * 2]:
        once.setdefault(row.key, row)
    return list(once.values())[:limit]


def orphaned_files() -> list[Path]:
    """Files in the store that no dataset names: what an import left that was killed half-way. One query."""
    return store.orphans(observations.home(), Dataset.objects.values_list("stored_as", flat=True))


def missing_files() -> list[Dataset]:
    """Datasets that count and whose file is gone from the store. One query."""
    return [row for row in Dataset.objects.filter(withdrawn_at=None) if not _is_there(row)]


def _is_there(dataset: Dataset) -> bool:
    return (observations.home() / dataset.stored_as).is_file()
