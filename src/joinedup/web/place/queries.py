"""Everything that the page of a place shows, in a fixed number of database queries."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, prefetch_related_objects
from django.utils.translation import get_language

from joinedup.accounts.person import PUBLIC, Person
from joinedup.agreements.models import Agreement
from joinedup.agreements.queries.agreement import agreements_for_place
from joinedup.clusters.looks import ground_around
from joinedup.clusters.queries import Here, at_place
from joinedup.events.models import Event
from joinedup.events.queries.events import next_event
from joinedup.evidence import charts, queries, wording
from joinedup.evidence.breaks import breaks_for
from joinedup.evidence.models import Dataset, Figure, Need
from joinedup.evidence.points import Point
from joinedup.evidence.queries import Gap
from joinedup.initiatives.models import Initiative
from joinedup.initiatives.queries import at_or_perhaps_at, initiatives_for_place
from joinedup.opportunities.models import Opportunity
from joinedup.opportunities.queries.lists import best_for_place
from joinedup.partners.models import Partner
from joinedup.partners.queries import partners_for_place
from joinedup.places.models import Outline, Place
from joinedup.places.queries import DEPTH, covering, parts
from joinedup.places.words import word_for
from joinedup.support.models import Offer
from joinedup.support.queries import open_on
from joinedup.taxonomy.models import Theme
from joinedup.visits.card_search import CardFound, practice_for
from joinedup.voice.models import Contribution
from joinedup.voice.queries import Became, became
from joinedup.voice.shown import Shown, shown
from joinedup.web.layers import HEADLINES, Layer, headline_of, layer
from joinedup.web.place.first_screen import Part, Violence, how_they_stand, promises, violence
from joinedup.web.place.grid import CoverageRow, coverage_grid
from joinedup.web.place.summary import Summary, summary
from joinedup.web.stored_pages import kept_until_any_change

OFFERS_SHOWN, VOICES_SHOWN, AGREEMENTS_SHOWN = 6, 4, 5


@dataclass(frozen=True)
class PlacePage:
    """`inside`: the reader belongs to a partnership that covers the place, and may read what is not recorded
    there."""

    place: Place
    inside: bool
    next_event: Event | None
    above: list[Place]
    summary: Summary
    violence: Violence | None
    promises: list[Part]
    promised: int
    opportunities: list[Opportunity]
    grid: list[CoverageRow]
    initiatives: list[Initiative]
    unsaid: int
    offers: list[Offer]
    layer: Layer
    parts_are: str
    chart: charts.Chart | None
    table: charts.SeriesTable
    trend_dataset: Dataset | None
    trend_until: str
    trend_of: str
    sectors: list[tuple[str, list[Partner]]]
    agreements: list[Agreement]
    stands: dict[int, str]
    practice: list[CardFound]
    voices: list[tuple[Shown, Became]]
    where_and_when: list[Here]
    figures: list[tuple[Figure, str, str, str, str, str, str]]
    datasets: list[Dataset]
    gaps: list[Gap]


# As much of each as the page tells.
TOLD_OF_AN_ACTION = ("name", "slug", "level", "is_demonstration")
TOLD_OF_AN_OFFER = (
    "name", "slug", "kind", "provider", "who_may_use", "is_required_by_law", "closes", "is_demonstration",
    "last_checked", "check_by",
)  # fmt: skip
TOLD_OF_AN_ANSWER = (
    "text", "age_band", "state", "due", "is_demonstration", "conversation__slug", "conversation__question",
    *(f"partner_reply__{name}" for name in ("word", "text", "by_when", "said_by", "said_how", "said_on")),
    "partner_reply__partner__name", "partner_reply__partner__marking",
)  # fmt: skip


@dataclass(frozen=True)
class ForEveryReader:
    """What the page of a place says to everybody alike: published figures, maps, and what young people said in public.
    `ground`: the outlines of an authority and its wards, drawn twice. `here`: the partnerships that cover it."""

    inside: list[Place]
    covered_by: Mapping[int, frozenset[str]]
    here: frozenset[int]
    needs: list[Need]
    figures: list[Figure]
    datasets: dict[int, Dataset]
    headline: Figure | None
    trend_of: str
    points: list[Point]
    changes: dict[str, str]
    ground: list[Outline] | None
    layer: Layer
    chart: charts.Chart | None
    table: charts.SeriesTable
    voices: list[tuple[Shown, Became]]
    gaps: list[Gap]


def for_every_reader(place: Place, on: datetime.date, show: str) -> ForEveryReader:
    """On a day; `show` as for `layer`."""
    needs, figures = queries.need_for(place), queries.figures_for(place)
    inside = list(parts(place))
    ground = ground_around([place]) if place.kind == Place.Kind.LOCAL_AUTHORITY else None
    outlines = ground and [each for each in ground if each.place_id != place.pk]
    covered_by = covering(place)
    here = _that_cover(covered_by, _around(place))
    headline = headline_of(figures)
    slug = headline.indicator if headline else HEADLINES[0]
    points = queries.series(wording.by_slug()[slug], place.pk)
    datasets = {figure.dataset_id: figure.dataset for figure in figures}
    changes = breaks_for(headline.dataset) if headline else {}
    return ForEveryReader(
        inside=inside,
        covered_by=covered_by,
        here=here,
        needs=needs,
        figures=figures,
        datasets=datasets,
        headline=headline,
        trend_of=slug,
        points=points,
        changes=changes,
        ground=ground,
        layer=layer(inside, show, [each.theme for each in needs] or None, outlines, datasets),
        chart=charts.line_chart(points, changes),
        table=charts.table(points),
        voices=voices(place, here),
        gaps=queries.gaps(place, on, needs, figures),
    )


def place_page(person: Person, place: Place, on: datetime.date, show: str) -> PlacePage:
    """The page of a place for `person`, on a day; `show` as for `layer`. What it says to everybody alike is worked out
    once until anything is written."""
    key = ("place", place.pk, on, show, get_language())
    alike = kept_until_any_change(key, lambda: for_every_reader(place, on, show))
    needs, figures, inside = alike.needs, alike.figures, alike.inside
    around, covered_by, here = _around(place), alike.covered_by, alike.here
    is_theirs = person.sees_every_partnership or bool(person.footprint_ids & here)
    initiatives, unplaced = local_action(person, place, on, covered_by if is_theirs else None)
    headline, points = alike.headline, alike.points
    agreed = agreements_for_place(person, place)
    promised = promises(agreed, person, on)
    return PlacePage(
        place=place,
        inside=is_theirs,
        # A region has no day of its own: one in it is its next.
        next_event=next_event(
            person,
            on,
            here if place.kind == Place.Kind.LOCAL_AUTHORITY else _that_cover(covered_by, [*around, *inside]),
        ),
        above=around[1:],
        summary=summary(place, needs, figures),
        violence=violence(headline, points, alike.changes),
        promises=promised,
        promised=sum(part.number for part in promised),
        opportunities=best_for_place(person, place, own=is_theirs),
        grid=coverage_grid(needs, initiatives, unplaced) if is_theirs else [],
        initiatives=initiatives,
        unsaid=sum(not each.themes.all() for each in initiatives) + len(unplaced) if is_theirs else 0,
        offers=open_offers(person, around, on),
        layer=alike.layer,
        parts_are=_called_parts(place, inside),
        chart=alike.chart,
        table=alike.table,
        trend_dataset=headline.dataset if headline else None,
        trend_until=points[-1].period if points else "",
        trend_of=wording.name(alike.trend_of),
        sectors=by_sector(
            partners_for_place(person, place)
            .prefetch_related(None)
            .select_related(None)
            .select_related("sector")
            .only("name", "slug", "is_demonstration", "sector__name", "sector__order")
        ),
        agreements=agreed[:AGREEMENTS_SHOWN],
        stands=how_they_stand(agreed[:AGREEMENTS_SHOWN], person, on),
        practice=practice_for(person, place, with_partners=False),
        voices=alike.voices,
        where_and_when=at_place(person, place, around[1:], covered_by, alike.ground),
        figures=[
            (
                each,
                wording.name(each.indicator),
                wording.value(each),
                wording.interval(each),
                wording.period(each).removeprefix("in ").removeprefix("the "),
                wording.standing(each),
                wording.shared(each),
            )
            for each in figures
        ],
        datasets=sorted(alike.datasets.values(), key=lambda each: (each.publisher, each.title)),
        gaps=alike.gaps,
    )


def _called_parts(place: Place, inside: Sequence[Place]) -> str:
    """What the places one step down are called: wards, boroughs, regions."""
    if place.kind == Place.Kind.LOCAL_AUTHORITY:
        return "wards"
    if inside and all(each.kind == Place.Kind.REGION for each in inside):
        return "regions"
    return word_for([each.pk for each in inside])


def _that_cover(covered_by: Mapping[int, frozenset[str]], places: Iterable[Place]) -> frozenset[int]:
    """The partnerships that have one of these places among theirs."""
    codes = {each.pk for each in places}
    return frozenset(footprint for footprint, own in covered_by.items() if own & codes)


def local_action(
    person: Person, place: Place, on: datetime.date, covered_by: Iterable[int] | None
) -> tuple[list[Initiative], list[Initiative]]:
    """What is under way here, and what is under way and does not state its place; one query. With `covered_by`, the
    partnerships that cover it or a part of it, four: with what the grid counts; without them nothing of the second, as
    only the grid asks for it."""
    rows = (
        initiatives_for_place(person, place, on=on)
        if covered_by is None
        else at_or_perhaps_at(person, place, on=on, footprints=covered_by)
    )
    found = list(rows.select_related(None).prefetch_related(None).only(*TOLD_OF_AN_ACTION))
    if covered_by is None:
        return found, []
    placed = [each for each in found if vars(each)["is_placed"]]
    unplaced = [each for each in found if not vars(each)["is_placed"]]
    prefetch_related_objects(found, Prefetch("themes", Theme.objects.only("pk")))
    # Only offers that the reader may see: a count would reveal the others.
    prefetch_related_objects(placed, Prefetch("offers", Offer.objects.visible_to(person).only("pk")))
    return placed, unplaced


def _around(place: Place) -> list[Place]:
    """The place and the places around it, nearest first; from what `with_page` fetched."""
    found = [place]
    while (above := found[-1].parent) is not None and len(found) < DEPTH:
        found.append(above)
    return found


def open_offers(person: Person, around: Sequence[Place], on: datetime.date) -> list[Offer]:
    """Support that is open on a day and may be used here, soonest to close first: not what is always there. One query.

    An offer that states no place may be used anywhere.
    """
    restricted = Offer.places.through.objects
    used_here = restricted.filter(place__in=around)
    here = Q(pk__in=used_here.values("offer_id")) | ~Q(pk__in=restricted.values("offer_id"))
    rows = Offer.objects.visible_to(person).filter(open_on(on) & here).only(*TOLD_OF_AN_OFFER)
    dated = sorted(rows, key=lambda each: (each.closes is None, each.closes or on, each.name))
    return dated[:OFFERS_SHOWN]


def by_sector(partners: Any) -> list[tuple[str, list[Partner]]]:
    """Partners under the name of their sector, in the order of the sectors."""
    grouped: dict[tuple[int, str], list[Partner]] = {}
    for each in partners:
        grouped.setdefault((each.sector.order, each.sector.name), []).append(each)
    return [(name, grouped[order, name]) for order, name in sorted(grouped)]


def voices(place: Place, footprints: Iterable[int]) -> list[tuple[Shown, Became]]:
    """The newest answers that were approved, from conversations of these partnerships, which cover the place, each with
    who replied to what it asks for, and what.

    Only what is public, for every reader. None on the page of a ward: a ward would show where to look for the
    writer. Two queries.
    """
    if place.kind == Place.Kind.WARD:
        return []
    rows = (
        Contribution.objects.visible_to(PUBLIC)
        .filter(state=Contribution.State.SHOWN, conversation__event__footprint__in=list(footprints))
        .exclude(age_band=Contribution.ADULT)
        .select_related("conversation", "partner_reply__partner")
        .only(*TOLD_OF_AN_ANSWER)
    )
    return [(each, became(each.contribution)) for each in shown(rows[:VOICES_SHOWN])]
