"""Questions about opportunities, each in a fixed number of database queries."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.engines import matching
from joinedup.opportunities import engine
from joinedup.opportunities.frames import figure_id
from joinedup.opportunities.models import Answer, Opportunity, Run
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint, Place

OPEN_STATES = [
    Opportunity.State.SUGGESTED,
    Opportunity.State.TAKEN_UP,
    Opportunity.State.ON_AGENDA,
    Opportunity.State.AGREED,
    Opportunity.State.STARTED,
]
COMPONENTS = {
    "gap": "How much need is not met, and for how many people",
    "fit": "How well the partners, the place and the theme fit",
    "effect": "How strong the evidence for the approach is",
    "urgency": "How soon it has to happen",
    "newness": "How new the link between the partners is",
}


def _reader_rows(person: Person) -> QuerySet[Opportunity]:
    """One row for each opportunity: members read their partnership's, everybody else the public's.

    Both runs may find the same thing; a member must not see it twice.
    """
    visible = Opportunity.objects.visible_to(person)
    if person.is_operator or person.sees_every_partnership:
        return visible.filter(audience=Run.Audience.PARTNERSHIP)
    return visible.exclude(audience=Run.Audience.PUBLIC, footprint__in=person.footprint_ids)


def listing(person: Person, **filters: Any) -> QuerySet[Opportunity]:
    """What `person` may see, best first. Filters: place (code, with its parts), theme, kind, sector, state."""
    found = _reader_rows(person).select_related("place", "theme").prefetch_related("parties")
    if place := filters.get("place"):
        found = found.filter(Q(place=place) | Q(place__parent=place))
    if theme := filters.get("theme"):
        found = found.filter(theme=theme)
    if kind := filters.get("kind"):
        found = found.filter(kind=kind)
    if sector := filters.get("sector"):
        found = found.filter(pk__in=Opportunity.objects.filter(parties__sector=sector).values("pk"))
    if state := filters.get("state"):
        found = found.filter(state=state)
    else:
        found = found.filter(state__in=OPEN_STATES)
    return found.order_by("-score", "key")


def last_run(person: Person) -> Run | None:
    """When the list of this person's partnership was last worked out; nothing for those who have none."""
    if not person.footprint_ids:
        return None
    return Run.objects.filter(footprint__in=person.footprint_ids, audience=Run.Audience.PARTNERSHIP).first()


def best_for_place(person: Person, place: Place, limit: int = 5) -> list[Opportunity]:
    """The best open ones in a place, no more than two of a kind, so that five are not five versions of one."""
    taken: dict[str, int] = {}
    best = []
    for each in listing(person, place=place.pk)[: limit * 20]:
        if taken.get(each.kind, 0) < 2:
            taken[each.kind] = taken.get(each.kind, 0) + 1
            best.append(each)
        if len(best) == limit:
            break
    return best


@dataclass(frozen=True)
class Fact:
    """One reason, and the page it came from."""

    text: str
    link: str


def one(person: Person, pk: int) -> Opportunity | None:
    """The opportunity with everything its page shows, or None where `person` may not see it."""
    return (
        Opportunity.objects.visible_to(person)
        .select_related("place", "theme", "footprint")
        .prefetch_related(
            Prefetch("parties", Partner.objects.select_related("sector")),
            "initiatives",
            "offers",
            "figures",
            Prefetch("answers", Answer.objects.select_related("partner", "initiative")),
            "topics__event",
            "agreements",
        )
        .filter(pk=pk)
        .first()
    )


def facts(opportunity: Opportunity) -> list[Fact]:
    """Each `because`, with a link to the record or figure. Uses what `one` fetched."""
    figures = {figure_id(f.indicator, f.place_id): f.pk for f in opportunity.figures.all()}
    known = {
        "partner": {p.slug for p in opportunity.parties.all()},
        "initiative": {i.slug for i in opportunity.initiatives.all()},
        "offer": {o.slug for o in opportunity.offers.all()},
    }
    found = []
    for each in opportunity.because:
        link = ""
        record = each.get("record")
        if record and record["type"] in known:
            link = reverse(record["type"], args=[record["id"]])
        elif name := engine.figure_name(each):
            link = reverse("figure", args=[figures[name]]) if name in figures else ""
        if not link and record and record["type"] == "place":
            link = reverse("place", args=[record["id"]])
        found.append(Fact(text=each["text"], link=link or reverse("place", args=[opportunity.place_id])))
    return found


def document(footprint: Footprint, place: Place, as_of: datetime.date, limit: int | None) -> dict[str, Any]:
    """The JSON document of `joinedup opportunities`: a fresh run on what the partnership shares."""
    inside = {
        place.pk,
        *Place.objects.filter(parent=place, footprints=footprint).values_list("pk", flat=True),
    }
    result = engine.run(footprint, Run.Audience.PARTNERSHIP, as_of, places=inside, limit=limit)
    return result.as_dict()


def footprints_covering(place: Place) -> QuerySet[Footprint]:
    """The partnerships that cover a place or what it lies in."""
    return Footprint.objects.filter(places__in=[c for c in (place.pk, place.parent_id) if c]).distinct()


def parties_of(person: Person, opportunity: Opportunity) -> list[Partner]:
    """The named partners that `person` speaks for."""
    return [p for p in opportunity.parties.all() if p.pk in person.partner_ids]


def document_for(place: str, as_of: datetime.date | None, limit: int | None) -> dict[str, Any]:
    """As `document`, for a place by code or name. Raises ValidationError with a sentence when there is none."""
    found = list(
        Place.objects.filter(Q(pk=place.upper()) | Q(name__iexact=place))
        .exclude(kind=Place.Kind.LSOA)
        .order_by("kind", "pk")
    )
    if not found:
        raise ValidationError(
            f"There is no place called “{place}” here: give a code such as E09000019, or a borough's name."
        )
    footprint = footprints_covering(found[0]).order_by("pk").first()
    if footprint is None:
        raise ValidationError(
            f"No partnership covers {found[0].name} yet: start one in the browser, or try “joinedup demo”."
        )
    return document(footprint, found[0], as_of or timezone.localdate(), limit)


def shortlist(footprint: Footprint, size: int, *, without_topics: bool = False) -> list[Opportunity]:
    """A diverse short list for an event of the partnership: see `engines.matching.shortlist`.

    `without_topics` leaves out what is or was on an event's agenda.
    """
    found = Opportunity.objects.filter(
        footprint=footprint, audience=Run.Audience.PARTNERSHIP, state__in=OPEN_STATES, score__isnull=False
    ).exclude(marking="named")
    if without_topics:
        found = found.filter(topics__isnull=True)
    rows = {each.key: each for each in found.prefetch_related("parties").order_by("-score", "key")[:2000]}
    chosen = matching.shortlist(
        [
            matching.Opportunity(
                id=each.key,
                kind=each.kind,
                score=each.score or 0.0,
                place=each.place_id,
                theme=each.theme_id or "",
                parties=[partner.slug for partner in each.parties.all()],
                initiatives=[],
                offers=[],
                sentence=each.sentence,
                because=[],
                first_step=each.first_step,
                components=each.components,
                would_change=[],
                ask=each.is_ask,
                marking=each.marking,
                only_parties=False,
            )
            for each in rows.values()
        ],
        size,
    )
    return [rows[each.id] for each in chosen]
