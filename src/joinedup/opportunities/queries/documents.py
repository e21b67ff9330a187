"""The engine's answer for programs, and the short list for an event."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone

from joinedup.engines.opportunities import Move, Party
from joinedup.engines.opportunities import Opportunity as Found
from joinedup.engines.opportunities.shortlist import shortlist as diverse
from joinedup.engines.opportunities.strength import Parts
from joinedup.opportunities import engine
from joinedup.opportunities.models import BEST_FIRST, Opportunity, Run
from joinedup.opportunities.queries.lists import OPEN_STATES, awake
from joinedup.places.models import Footprint, Place


def document(footprint: Footprint, place: Place, as_of: datetime.date, limit: int | None) -> dict[str, Any]:
    """The JSON document of `joinedup opportunities`: a fresh run on what the partnership shares."""
    inside = {place.pk, *Place.objects.filter(parent=place).values_list("pk", flat=True)}
    found = engine.run(footprint, Run.Audience.PARTNERSHIP, as_of).result
    here = [each for each in found.opportunities if inside & set(each.places)]
    return {
        "as_of": as_of.isoformat(),
        "opportunities": [each.as_dict() for each in here[:limit]],
        "gaps": [
            {"place": gap.place, "theme": gap.theme, "ask": list(gap.ask)}
            for gap in found.gaps
            if gap.place in inside
        ],
    }


def looked_on(footprint: Footprint) -> datetime.date | None:
    """The day for which the partnership's opportunities were last worked out; None if they never were. One query."""
    runs = Run.objects.filter(footprint=footprint, audience=Run.Audience.PARTNERSHIP)
    return runs.order_by("-as_of").values_list("as_of", flat=True).first()


def footprints_covering(place: Place) -> QuerySet[Footprint]:
    """The partnerships that cover a place or what it lies in; of a county also those of its districts."""
    covering = Q(places__in=[code for code in (place.pk, place.parent_id) if code])
    if place.kind == Place.Kind.COUNTY:
        covering |= Q(places__parent=place)
    return Footprint.objects.filter(covering).distinct()


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
    """A diverse short list for an event of the partnership: see `engines.opportunities.shortlist`.

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
    rows = found.select_related("place", "theme").prefetch_related("parties").order_by(*BEST_FIRST)[:2000]
    every = {_as_found(row): row for row in rows}
    return [every[each] for each in diverse(every, size)]


def _as_found(row: Opportunity) -> Found:
    """A stored opportunity with as much of the engine's as a short list asks for."""
    moves = [
        Move(
            kind=move["kind"],
            places=(row.place_id,),
            theme=row.theme_id,
            parties=tuple(Party(party["id"], party["name"], party["part"]) for party in move["parties"]),
            decision="",
            sentence="",
            first_step="",
            parts=Parts(fit=0.0),
        )
        for move in row.moves
    ]
    return Found((row.place_id,), row.theme_id, row.score or 0.0, row.key, tuple(moves), apart=row.key)
