"""Queries about evidence, each a fixed number of database queries."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.models import F, Prefetch

from joinedup.accounts.person import Person
from joinedup.engines.words import listing
from joinedup.evidence import disclosure, observations, store
from joinedup.evidence.disclosure import rule_of
from joinedup.evidence.indicators import Indicator
from joinedup.evidence.models import Dataset, Figure, Need, Series
from joinedup.evidence.origins import source_of
from joinedup.evidence.points import Point
from joinedup.evidence.sources.contract import MISSING, NUMBER, SUPPRESSED, Codes
from joinedup.evidence.wording import by_slug
from joinedup.places.models import Place
from joinedup.places.queries import code_frames, force_areas
from joinedup.taxonomy.models import Theme

OLD_AFTER_YEARS = 2
# The first letter of codes of Wales.
WELSH, ENGLISH_SOURCE = "W", "dfe_lait"
OF_ENGLAND_ONLY = (
    "The figures on schools, children’s services and youth justice that come with JoinedUp are of England only. Wales "
    "has its own: exclusions, absence, children in need and looked after by authority are published by the Welsh "
    "Government (StatsWales); an administrator can bring them in as a table."
)


@dataclass(frozen=True)
class Gap:
    """Something that is not known about a place, in a sentence."""

    sentence: str


def codes() -> Codes:
    """What readers of files need to know about the places held. Three queries."""
    places, changes = code_frames()
    return Codes.of(places, changes, force_areas(places))


def figures_for(place: Place) -> list[Figure]:
    """Every figure of a place with its dataset, in order of indicator name. Two queries, as few datasets have
    many figures."""
    rows = list(Figure.objects.filter(place=place).order_by("indicator").prefetch_related("dataset"))
    names = {slug: one.name for slug, one in by_slug().items()}
    return sorted(rows, key=lambda figure: names.get(figure.indicator, figure.indicator))


def need_for(place: Place) -> list[Need]:
    """The need of a place on every theme, in the order of the themes, including unknown need. One query."""
    rows = Need.objects.filter(place=place).select_related("theme")
    return list(rows.order_by("theme__order", "theme__slug"))


def figure(pk: int) -> Figure | None:
    """One figure with its place and dataset. One query."""
    return Figure.objects.select_related("place__parent", "dataset").filter(pk=pk).first()


def series(indicator: Indicator, place_code: str) -> list[Point]:
    """Every period held for the observations behind an indicator, oldest first, each as it may be shown.

    Counts for a rate (its numerators together), the published value otherwise; from the one source that the
    place's figure is made from. Empty for indicators computed from neighbourhoods. One query.
    """
    found = _series(indicator, place_code)
    return [Point(*point) for point in found.points]


def totals(indicator: Indicator, place_code: str, spans: Sequence[Sequence[str]]) -> list[Point]:
    """The total count in each of several spans of months (YYYY-MM), each as long as the window of the indicator, as it
    may be shown: small months that are hidden one by one can be shown as one sum. Missing if a month is. One query."""
    found = _series(indicator, place_code)
    months = {point[0]: point[1] for point in found.points}
    kept = {total[0]: Point(*total) for total in found.sums}
    return [kept.get(span[-1]) or _summed(span, {} if kept else months, indicator.window) for span in spans]


def _summed(span: Sequence[str], months: Mapping[str, Any], window: int) -> Point:
    """The sum of months of which no rule hides or rounds anything: no other sum is kept of those."""
    counts: list[Any] = [months.get(month) for month in span]
    if len(span) != window or None in counts:
        return Point(span[-1], None, MISSING)
    return Point(span[-1], sum(counts))


def _series(indicator: Indicator, place_code: str) -> Series:
    rows = Series.objects.filter(indicator=indicator.slug, place=place_code)
    # What was made before a new version hid more waits for the figures to be worked out again.
    found = rows.filter(threshold__gte=indicator.threshold).first()
    return found or Series(indicator=indicator.slug, place_id=place_code)


def rests_on(held: Figure) -> list[Dataset]:
    """Every dataset behind a figure, that of its counts first. One query."""
    found = Dataset.objects.in_bulk([held.dataset_id, *held.rests_on])
    return [found[pk] for pk in dict.fromkeys([held.dataset_id, *held.rests_on]) if pk in found]


def small_numbers(indicator: Indicator, datasets: Iterable[Dataset]) -> list[str]:
    """Why small numbers of a figure are treated as they are, in the words of its datasets (as `rests_on`
    returns them): of the source that counted, and of any other that hides something; plus the indicator's own
    threshold if it hides more than they require. No query."""
    every = list(datasets)
    rules = [(source_of(each), rule_of(each.disclosure)) for each in every]
    rule = disclosure.strictest(
        own for source, own in rules if source == rules[0][0] or not own.hides_nothing
    )
    own = indicator.threshold
    more = [f"Counts from 1 to {own - 1} are not shown here."] if own > max(rule.threshold, 1) else []
    return [*rule.because, *more]


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
    """One dataset with what replaced it, what it replaced, and counts. Two queries."""
    earlier = Prefetch("replaces", Dataset.objects.filter(withdrawn_at=None))
    return Dataset.objects.select_related("replaced_by").prefetch_related(earlier).filter(pk=pk).first()


def gaps(place: Place, on: datetime.date, needs: Sequence[Need], figures: Sequence[Figure]) -> list[Gap]:
    """What is not known about a place: themes that nothing measures, figures missing or hidden, old ones.

    `needs` and `figures` are the place's, as `need_for` and `figures_for` return them. No query.
    """
    found = []
    county = place.parent if place.parent is not None and place.parent.kind == Place.Kind.COUNTY else None
    if county is not None and place.kind == Place.Kind.LOCAL_AUTHORITY:
        found.append(
            Gap(
                "Schools, children's services and youth justice are counted for the whole county, not for its "
                f"districts: see the page of {county.name}."
            )
        )
    unknown = [each.theme.name for each in needs if each.need is None]
    if unknown and len(unknown) == len(needs):
        found.append(Gap(f"Nothing is measured here on any of the {len(unknown)} themes."))
        if any(each.state == NUMBER and _is_context(each) for each in figures):
            found.append(Gap("Deprivation is known: it tells of pressure on a place, and of no one theme."))
    elif unknown:
        found.append(Gap(f"Nothing is measured here on {_listed(unknown)}."))
    if place.pk.startswith(WELSH) and not any(_is_of_children(each) for each in figures):
        found.append(Gap(OF_ENGLAND_ONLY))
    unsure = [each.theme.name for each in needs if each.need is not None and each.said is None]
    if unsure:
        found.append(Gap(f"Too little is held to say how much need there is on {_listed(unsure)}."))
    names = {slug: one.name for slug, one in by_slug().items()}
    for state, words in ((MISSING, "Not held for this place"), (SUPPRESSED, "Held back, too small to show")):
        those = [names.get(each.indicator, each.indicator) for each in figures if each.state == state]
        if those:
            found.append(Gap(f"{words}: {_listed(those)}."))
    old = sorted(
        {
            titled(each)
            for each in figures
            if each.state == NUMBER and on.year - year_of(each.period) > OLD_AFTER_YEARS
        }
    )
    if old:
        found.append(Gap(f"More than {OLD_AFTER_YEARS} years old: {listing(old)}."))
    return found


def _is_context(figure: Figure) -> bool:
    found = by_slug().get(figure.indicator)
    return found is not None and found.is_context


def _is_of_children(figure: Figure) -> bool:
    """Whether it is of those that the Department for Education publishes, of England only."""
    found = by_slug().get(figure.indicator)
    return figure.state == NUMBER and found is not None and ENGLISH_SOURCE in found.source


def titled(figure: Figure) -> str:
    """The title of its dataset with its period, which is not said twice: Old survey (2022/23), Index of 2019."""
    title = figure.dataset.title
    return title if figure.period in title else f"{title} ({figure.period})"


def year_of(period: str) -> int:
    """The year in which a period ends: 2016, 2015/16, 2013/14-15/16 and 2016-03 all give 2016."""
    year = int(period[:4])
    return year + (int(period[-2:]) - year) % 100 if "/" in period else year


def _listed(names: Sequence[str]) -> str:
    words = [name[0].lower() + name[1:] if name[1:2].islower() else name for name in names]
    return listing(words)


def themes_fed(indicator: Indicator) -> list[tuple[Theme, float]]:
    """The themes whose need an indicator feeds, with its weight, heaviest first. One query."""
    found = {theme.slug: theme for theme in Theme.objects.filter(slug__in=indicator.themes)}
    weighed = sorted(indicator.themes.items(), key=lambda item: -item[1])
    return [(found[slug], weight) for slug, weight in weighed if slug in found]


def opportunities_on(held: Figure, person: Person, limit: int = 10) -> list[Any]:
    """The opportunities based on a figure that `person` may see, best first. One query.

    If both a partnership and the public have one, it is listed once.
    """
    found = held.opportunities.visible_to(person).exclude(state__in=["gone", "dismissed"])
    rows = found.select_related("place", "theme")
    once: dict[str, Any] = {}
    for row in rows.order_by(F("score").desc(nulls_last=True), "audience", "key")[: limit * 2]:
        once.setdefault(row.key, row)
    return list(once.values())[:limit]


def orphaned_files() -> list[Path]:
    """Files in the store that no dataset names, left by an import that was killed half-way. One query."""
    return store.orphans(observations.home(), Dataset.objects.values_list("stored_as", flat=True))


def missing_files() -> list[Dataset]:
    """Datasets that count but whose file is gone from the store. One query."""
    return [row for row in Dataset.objects.filter(withdrawn_at=None) if not _is_there(row)]


def damaged_files() -> list[Dataset]:
    """Datasets whose file is there and is not what was stored: cut short, or changed. One query; reads the store."""
    return [row for row in Dataset.objects.all() if _is_there(row) and not store.is_whole(_path(row))]


def _path(dataset: Dataset) -> Path:
    return observations.home() / dataset.stored_as


def _is_there(dataset: Dataset) -> bool:
    return _path(dataset).is_file()
