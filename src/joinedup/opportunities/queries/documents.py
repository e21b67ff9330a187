"""The engine's answer for programs, and the short list for an event."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone

from joinedup.engines import matching
from joinedup.opportunities import engine
from joinedup.opportunities.models import BEST_FIRST, Opportunity, Run
from joinedup.opportunities.queries.lists import OPEN_STATES, awake
from joinedup.places.models import Footprint, Place


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


def document_for(place: str, as_of: datetime.date | None, limit: int | None) -> dict[str, Any]:
    """As `document`, for a place by code or name. Raises ValidationError with a sentence when there is none."""
    found = list(
        Place.objects.filter(Q(pk=place.upper()) | Q(name__iexact=place))
        .exclude(kind=Place.Kind.LSOA)
        .order_by("kind", "pk")
    )
    if not found:
        raise ValidationError(
            f"There is no place called “{place}” here: give its code, or the name of an authority."
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
    found = (
        Opportunity.objects.filter(
            footprint=footprint, audience=Run.Audience.PARTNERSHIP, state__in=OPEN_STATES, score__isnull=False
        )
        .exclude(marking="named")
        .filter(awake(timezone.localdate()))
    )
    if without_topics:
        found = found.filter(topics__isnull=True)
    rows = {each.key: each for each in found.prefetch_related("parties").order_by(*BEST_FIRST)[:2000]}
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
