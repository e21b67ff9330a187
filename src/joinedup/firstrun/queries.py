"""Queries of the first run, each a fixed number of database queries."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q, QuerySet

from joinedup.accounts.permissions import Scope, may
from joinedup.accounts.person import Person
from joinedup.events.models import Event
from joinedup.evidence.models import Figure, Need
from joinedup.firstrun.area_data import STEPS
from joinedup.firstrun.invitations import next_event
from joinedup.firstrun.models import AreaLoad
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.models import Opportunity, Run
from joinedup.opportunities.queries.lists import OPEN_STATES
from joinedup.partners.models import Contact
from joinedup.partners.queries import statutory_proposals
from joinedup.partners.statutory import Proposal
from joinedup.places.areas import Area, areas_named, every_area
from joinedup.places.models import Footprint, Place
from joinedup.places.queries import whole_counties
from joinedup.places.successions import called
from joinedup.places.words import plain
from joinedup.web.place.summary import Summary, summary

# How many authorities fit on a page; with more, only those that a search finds are shown.
SHOWN = 60
AREAS_SHOWN = 8


class Standing(StrEnum):
    DONE = "done"
    NEXT = "next"
    TO_DO = "to_do"


@dataclass(frozen=True)
class AreaPage:
    """How far a partnership's first run has got. `next` is the name of the first step not done."""

    places: list[Place]
    counties: list[Place]
    statutory: list[Proposal]
    partners: int
    contacts: int
    addresses: int
    initiatives: int
    uploads: int
    event: Event | None
    invitations: int
    opportunities: int
    last_run: Run | None

    @property
    def statutory_here(self) -> int:
        return sum(body.already is not None for body in self.statutory)

    def standing(self, step: str) -> Standing:
        """For the steps statutory, contacts, tracker, event and opportunities."""
        done = {
            "statutory": self.statutory_here > 0,
            "contacts": self.contacts > 0,
            "tracker": self.initiatives > 0,
            "event": self.event is not None,
            "opportunities": self.last_run is not None,
        }
        if done[step]:
            return Standing.DONE
        return Standing.NEXT if step == next(name for name in done if not done[name]) else Standing.TO_DO


def area_to_start(person: Person, slug: str) -> Footprint | None:
    """The partnership, or None if `person` does not coordinate it: then they learn nothing about it. 1 query."""
    found = Footprint.objects.select_related("area_load").filter(slug=slug).first()
    if found is None or not may(person, "partner.add", Scope(footprints=frozenset({found.pk}))):
        return None
    return found


def own_areas(person: Person) -> QuerySet[Footprint]:
    """The partnerships that `person` coordinates."""
    return Footprint.objects.filter(pk__in=person.coordinated_ids)


def area_choice(text: str, codes: Collection[str], ticked: Collection[str]) -> tuple[list[Area], list[str]]:
    """The areas of several authorities that a search finds, and the authorities that were ticked (`codes`) with those
    of the areas that were (`ticked`, as `kind:code`). Three queries; none without either."""
    every = every_area() if text.strip() or ticked else []
    return _areas(text, every), _with_areas(codes, ticked, every)


def _areas(text: str, areas: Sequence[Area]) -> list[Area]:
    text = " ".join(text.split())[:100]
    if not text:
        return []
    every = [area for area in areas if area.kind != "local_authority"]
    named = areas_named(text, every)
    like = [area for area in every if plain(text) and plain(text) in plain(area.name)]
    several = [area for area in [*named, *like] if len(area.authorities) > 1]
    return list(dict.fromkeys(several))[:AREAS_SHOWN]


def _with_areas(codes: Collection[str], ticked: Collection[str], areas: Sequence[Area]) -> list[str]:
    chosen = [area for area in areas if f"{area.kind}:{area.code}" in ticked]
    return list(dict.fromkeys([*codes, *(place.pk for area in chosen for place in area.authorities)]))


def authorities(text: str, chosen: Collection[str]) -> list[Place]:
    """Local authorities to choose from: those that match `text`, and the chosen ones (codes) first. 2
    queries, and one more for `text`: a name or code that has ended finds what became of it."""
    usable = Place.objects.filter(kind=Place.Kind.LOCAL_AUTHORITY, ended=None)
    text = " ".join(text.split())[:100]
    wanted = Q(pk__in=list(chosen))
    if text:
        wanted |= Q(pk__in=[row.new for old in called(text) for row in old.rows])
        wanted |= Q(name__icontains=text) | Q(pk__iexact=text)
    elif usable.count() <= SHOWN:
        wanted |= Q(kind=Place.Kind.LOCAL_AUTHORITY)
    found = list(usable.filter(wanted)[: SHOWN + len(chosen)])
    return sorted(found, key=lambda place: (place.pk not in chosen, place.name))


@dataclass(frozen=True)
class LoadStep:
    """One step of bringing an area in. `share`: how much of it is done, in per cent."""

    name: str
    is_done: bool
    is_now: bool
    share: int


@dataclass(frozen=True)
class LoadPage:
    """How far the data of an area have come: waiting, running, done, failed, stuck, or none asked for."""

    load: AreaLoad | None
    standing: str
    steps: list[LoadStep]


def load_page(footprint: Footprint, now: datetime.datetime) -> LoadPage:
    """No query after `area_to_start`, else 1."""
    load: AreaLoad | None = getattr(footprint, "area_load", None)
    if load is None:
        return LoadPage(None, "none", [])
    at = STEPS.index(load.step) if load.step in STEPS else -1
    steps = [LoadStep(name, n < at, n == at, round(100 * load.done)) for n, name in enumerate(STEPS)]
    return LoadPage(load, "stuck" if load.is_stuck(now) else load.state, steps)


def area_page(person: Person, footprint: Footprint, on: datetime.date) -> AreaPage:
    """13 queries, whatever the partnership holds; 15 where a place is a district."""
    places = list(footprint.places.order_by("name"))
    contacts = Contact.objects.filter(partner__footprints=footprint)
    event = next_event(footprint, on)
    open_ones = Opportunity.objects.visible_to(person).filter(
        footprint=footprint, audience=Run.Audience.PARTNERSHIP, state__in=OPEN_STATES
    )
    here = Initiative.objects.visible_to(person).filter(partner__footprints=footprint)
    return AreaPage(
        places=places,
        counties=whole_counties(places),
        statutory=statutory_proposals(footprint),
        partners=footprint.partners.count(),
        contacts=contacts.count(),
        addresses=contacts.exclude(email="").count(),
        initiatives=here.distinct().count(),
        uploads=footprint.uploads.count(),
        event=event,
        invitations=event.invitations.count() if event else 0,
        opportunities=open_ones.count(),
        last_run=Run.objects.filter(footprint=footprint, audience=Run.Audience.PARTNERSHIP).first(),
    )


@dataclass(frozen=True)
class PublishedOn:
    """What is published about a place, in one or two sentences. `is_whole`: a county that the partnership covers.
    `districts`: of such a county, those about which no more is known."""

    place: Place
    said: Summary
    is_whole: bool
    districts: list[Place]


def figures_of(places: Sequence[Place]) -> list[PublishedOn]:
    """What is published about each place; states if nothing is. Of counties that the places make up, first what is
    published for the whole, once. 2 queries, 4 where a place is a district."""
    counties = whole_counties(places)
    needs, figures = needs_and_figures([*counties, *places])
    of = {county.pk: list[Place]() for county in counties}
    told = []
    for place in places:
        said = summary(place, needs[place.pk], figures[place.pk])
        is_silent = not any(need.said is not None for need in needs[place.pk])
        if place.parent_id in of and is_silent and said.lacks_police:
            of[place.parent_id].append(place)
        else:
            told.append(PublishedOn(place, said, False, []))
    whole = [
        PublishedOn(each, summary(each, needs[each.pk], figures[each.pk]), True, of[each.pk])
        for each in counties
    ]
    return [*whole, *told]


def needs_and_figures(places: Sequence[Place]) -> tuple[dict[str, list[Need]], dict[str, list[Figure]]]:
    """By place code, in the order of the themes and of the indicators; 2 queries."""
    needs: dict[str, list[Need]] = {place.pk: [] for place in places}
    figures: dict[str, list[Figure]] = {place.pk: [] for place in places}
    for need in Need.objects.filter(place__in=places).select_related("theme").order_by("theme__order"):
        needs[need.place_id].append(need)
    for figure in Figure.objects.filter(place__in=places).select_related("dataset").order_by("indicator"):
        figures[figure.place_id].append(figure)
    return needs, figures
