"""The brief of a partnership, a page or two. Only what its reader may see; what is not known is stated too."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import ngettext

from joinedup.accounts.person import Person
from joinedup.accounts.records import Came
from joinedup.documents.drawing import Drawing
from joinedup.evidence import wording
from joinedup.evidence.models import Figure, Need
from joinedup.evidence.plain_words import compared_with, highest_needs
from joinedup.evidence.queries import OF_ENGLAND_ONLY, gaps, titled, year_of
from joinedup.firstrun.missing import MissingFromArea, SectorRow, missing
from joinedup.firstrun.pictures import figure_map, sectors_picture
from joinedup.firstrun.place_names import called, listed
from joinedup.firstrun.queries import needs_and_figures
from joinedup.initiatives.models import Initiative
from joinedup.initiatives.queries import find_initiatives, running
from joinedup.opportunities.queries.documents import looked_on, shortlist
from joinedup.opportunities.queries.strongest import Strongest, strongest
from joinedup.places.models import Footprint, Place
from joinedup.places.queries import is_district, whole_counties
from joinedup.support.checks import needs_checking
from joinedup.support.models import Offer
from joinedup.web.layers import HEADLINES
from joinedup.web.place.queries import open_offers
from joinedup.web.place.summary import NOT_MEASURED, summary

# How many fit on a page or two.
OPPORTUNITIES, RUNNING, OFFERS, NAMES, THEMES = 5, 5, 4, 3, 4
OLD_AFTER_YEARS = 2
# Shown beside a sector named in law: no words ever say that its bodies do nothing.
ASK_FIRST = "ask first what is already done"


@dataclass(frozen=True)
class SectorLine:
    """One row of the table: a sector, its partners here, and where none is recorded."""

    sector: str
    here: str
    lacking: str


@dataclass(frozen=True)
class Brief:
    name: str
    where: str
    on: datetime.date
    need: list[str]
    sectors: list[SectorLine]
    themes_without: list[str]
    unsaid: int
    running: list[str]
    running_more: int
    support: list[str]
    opportunities: list[tuple[str, Strongest]]
    looked_on: datetime.date | None
    unknown: list[str]
    sources: list[str]
    drawings: list[Drawing]
    is_demonstration: bool


def brief(person: Person, footprint: Footprint, on: datetime.date) -> Brief:
    """Everything in the brief, as `person` may know it. 34 queries at most, whatever the partnership holds; 36 with a
    district among its places."""
    places = list(footprint.places.select_related("parent__parent__parent").order_by("name"))
    counties = whole_counties(places)
    needs, figures = needs_and_figures([*counties, *places])
    lacking = missing(person, footprint, on)
    here = find_initiatives(person).filter(running(on), partner__footprints=footprint).distinct()
    action = sorted(here, key=lambda each: (not each.themes.all(), each.name))
    chosen = shortlist(footprint, OPPORTUNITIES)
    moves = strongest(person, chosen)
    expected = [row for row in lacking.sectors if row.is_expected or row.partners]
    return Brief(
        name=footprint.name,
        where=listed([called(place) for place in places], 6) if places else "",
        on=on,
        need=need_sentences(places, needs, figures, counties),
        sectors=[SectorLine(row.sector.name, _who(row), _where(row, places)) for row in expected],
        themes_without=[gap.theme.name for gap in lacking.themes],
        unsaid=lacking.unsaid,
        running=[_action(each) for each in action[:RUNNING]],
        running_more=max(0, len(action) - RUNNING),
        support=[_offer(each, on) for each in open_offers(person, _around(places), on)[:OFFERS]],
        opportunities=[(each.heading, moves[each.pk]) for each in chosen if each.pk in moves],
        looked_on=looked_on(footprint),
        unknown=unknown(places, figures, lacking, on),
        sources=_sources(figures),
        drawings=[each for each in (figure_map(places, on), sectors_picture(expected, on)) if each],
        is_demonstration=footprint.is_demonstration,
    )


def need_sentences(
    places: Sequence[Place],
    needs: Mapping[str, list[Need]],
    figures: Mapping[str, list[Figure]],
    counties: Sequence[Place] = (),
) -> list[str]:
    """Need in three sentences at most, each figure with its period and publisher; of `counties`, which the places make
    up, what is published for the whole. Pure."""
    if len(places) == 1:
        place = places[0]
        said = summary(place, needs[place.pk], figures[place.pk])
        facts = [f for f in figures[place.pk] if f.indicator in HEADLINES and f.state == Figure.State.NUMBER]
        return [said.need, said.change, *(wording.sentence(f, called(place)) for f in facts[:1])]
    known = [each for place in places for each in figures[place.pk] if each.value is not None]
    slug = next((one for one in HEADLINES if any(each.indicator == one for each in known)), HEADLINES[0])
    held = [
        (place, figure)
        for place in places
        for figure in figures[place.pk]
        if figure.indicator == slug and figure.value is not None
    ]
    sentences = [_need_of_several([*counties, *places], needs, bool(known)), *_ends(held)]
    without = [called(place) for place in places if place.pk not in {each.pk for each, _ in held}]
    if without:
        sentences.insert(2, f"No figures on {wording.name(slug).lower()} for {listed(without, 4)}.")
    return sentences[:3]


def _ends(held: Sequence[tuple[Place, Figure]]) -> list[str]:
    """The highest and the lowest of some places, if that can be said: among figures of one source and period,
    and only if its 95% interval is apart from all others. Otherwise one figure as an example."""
    if not held:
        return []
    alike = {(f.dataset.source, f.start, f.period) for _, f in held}
    ends = {
        "Highest among them": max(held, key=lambda each: each[1].value or 0),
        "Lowest": min(held, key=lambda each: each[1].value or 0),
    }
    clear = {
        "Highest among them": lambda one, other: (one.low or 0) > (other.high or math.inf),
        "Lowest": lambda one, other: (one.high or math.inf) < (other.low or 0),
    }
    said = [
        f"{word}: {wording.sentence(figure, called(place))}"
        for word, (place, figure) in ends.items()
        if len(alike) == 1
        and len(held) > 1
        and all(clear[word](figure, other) for _, other in held if other is not figure)
    ]
    place, figure = ends["Highest among them"]
    return said or [f"One figure: {wording.sentence(figure, called(place))}"]


def _need_of_several(places: Sequence[Place], needs: Mapping[str, list[Need]], is_held: bool) -> str:
    every = [(_in_full(place), need) for place in places for need in needs[place.pk]]
    if not any(need.said is not None for place in places for need in needs[place.pk]):
        is_measured = any(need.need is not None for place in places for need in needs[place.pk])
        why = (
            "too little is held to say" if is_measured else NOT_MEASURED if is_held else "no figures are held"
        )
        return f"How much need there is here is not known: {why}. That is not the same as no need."
    compared = compared_with([need for _, need in every], [place.pk for place in places])
    high = highest_needs(every, THEMES, NAMES) or "need is high on no theme that is known."
    return f"{compared}, {high}"


def _in_full(place: Place) -> str:
    """The county of Surrey: its name may be that of the partnership, of a district or of the police force's area."""
    return f"the county of {place.name}" if place.kind == Place.Kind.COUNTY else called(place)


def unknown(
    places: Sequence[Place], figures: Mapping[str, list[Figure]], lacking: MissingFromArea, on: datetime.date
) -> list[str]:
    """What is not known, in a few sentences. Pure."""
    found = []
    bare = [called(place) for place in places if not figures[place.pk]]
    if bare:
        found.append(f"There are no figures for {listed(bare, 4)}.")
    hidden = {
        wording.name(f.indicator)
        for held in figures.values()
        for f in held
        if f.state == Figure.State.SUPPRESSED
    }
    if hidden:
        found.append(f"Held back as too small to show: {listed(sorted(hidden), 3)}.")
    old = {
        titled(f)
        for held in figures.values()
        for f in held
        if f.state == Figure.State.NUMBER and on.year - year_of(f.period) > OLD_AFTER_YEARS
    }
    if old:
        found.append(f"Older than two years: {listed(sorted(old), 2)}.")
    unplaced = sum(row.unplaced for row in lacking.sectors)
    if unplaced:
        said = ngettext(
            "%(n)s partner does not say which places they serve.",
            "%(n)s partners do not say which places they serve.",
            unplaced,
        )
        found.append(said % {"n": unplaced})
    counties = sorted({place.parent.name for place in places if place.parent and is_district(place)})
    if counties:
        found.append(
            f"Schools, children’s services and youth justice: published for the county of {listed(counties)}, not for "
            "districts."
        )
    if any(
        gap.sentence == OF_ENGLAND_ONLY for place in places for gap in gaps(place, on, [], figures[place.pk])
    ):
        found.append(OF_ENGLAND_ONLY)
    found += _unconfirmed(lacking)
    found.append("What nobody has recorded here may still be done: no record is not no action.")
    return found


def _action(initiative: Initiative) -> str:
    told = f": {initiative.told}" if initiative.is_stale else ""
    return f"{initiative.name} ({initiative.partner}){told}"


def _unconfirmed(lacking: MissingFromArea) -> list[str]:
    """How many partners have not confirmed their own records, and how those came here. No blame before they could."""
    every = {partner.pk: partner for row in lacking.sectors for partner in row.partners}
    silent = [partner for partner in every.values() if partner.is_stale]
    if not silent:
        return []
    if all(partner.confirmed_on is None for partner in every.values()):
        return ["No partner has confirmed its record yet: ask each to read it."]
    proposed = sum(partner.came == Came.LOOKUPS and partner.confirmed_on is None for partner in silent)
    how = f" ({proposed} proposed from public look-ups)" if proposed else ""
    have = ngettext("has", "have", len(silent))
    return [
        f"{len(silent)} of the {len(every)} partners {have} not confirmed within a year what is recorded of them{how}."
    ]


def _who(row: SectorRow) -> str:
    if row.partners:
        return listed([str(partner) for partner in row.partners], NAMES)
    return ASK_FIRST if row.is_of_the_duty else "none recorded here"


def _where(row: SectorRow, places: Sequence[Place]) -> str:
    if not row.nowhere:
        return ""
    if row.unplaced:
        return "not said by all of them"
    if len(row.nowhere) == len(places):
        return "everywhere" if len(places) > 1 else called(places[0])
    return listed([called(place) for place in row.nowhere], NAMES)


def _offer(offer: Offer, on: datetime.date) -> str:
    closes = f", closes {date_format(offer.closes, 'j F Y')}" if offer.closes else ""
    check = ": check first that it is still open" if needs_checking(offer, on) else ""
    words = offer.who_may_use.strip().rstrip(".")
    who = f"for: {words}" if words else "ask the publisher who may use it"
    law = ", required by law" if offer.is_required_by_law else ""
    return f"{offer.name} ({offer.provider}{law}{closes}), {who}{check}"


def _around(places: Sequence[Place]) -> list[Place]:
    """The places and the places around them, each once; uses only what is prefetched."""
    found: dict[str, Place] = {}
    for place in places:
        above: Place | None = place
        for _ in range(3):
            if above is None:
                break
            found[above.pk] = above
            above = above.parent
    return list(found.values())


def _sources(figures: Mapping[str, list[Figure]]) -> list[str]:
    return sorted({f"{f.dataset.publisher}, {f.dataset.title}" for held in figures.values() for f in held})
