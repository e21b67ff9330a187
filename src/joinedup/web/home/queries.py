"""What the first page shows, in a fixed number of database queries."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from joinedup.accounts.person import Person
from joinedup.agreements.queries.agreement import kept_this_year
from joinedup.events.models import Event
from joinedup.events.queries.events import next_event
from joinedup.opportunities.models import Opportunity
from joinedup.places.models import Place
from joinedup.web.layers import Layer, layer

NEWEST = 3
TAKEN_UP = (
    Opportunity.State.TAKEN_UP,
    Opportunity.State.ON_AGENDA,
    Opportunity.State.AGREED,
    Opportunity.State.STARTED,
)


@dataclass(frozen=True)
class Home:
    """`kept` of `due` agreements this year; `share` in per cent, None if none was due. `example`: a place to find."""

    layer: Layer
    example: Place | None
    next_event: Event | None
    kept: int
    due: int
    share: int | None
    taken_up: list[Opportunity]


def home(person: Person, on: datetime.date, show: str) -> Home:
    """The first page for `person`, on a day. `show`: the theme whose need the map shows, or empty."""
    covered = Place.objects.filter(footprints__isnull=False, kind=Place.Kind.LOCAL_AUTHORITY, ended=None)
    places = list(covered.distinct().order_by("name"))
    kept, due = kept_this_year(person, on)
    coming = next_event(person, on)
    near = person.footprint_ids or ({coming.footprint_id} if coming else set())
    own = covered.filter(footprints__in=near).order_by("name").first()
    return Home(
        layer=layer(places, show),
        example=own or next(iter(places), None),
        next_event=coming,
        kept=kept,
        due=due,
        share=round(100 * kept / due) if due else None,
        taken_up=newest_taken_up(person),
    )


def newest_taken_up(person: Person) -> list[Opportunity]:
    """The newest opportunities that somebody took up and that `person` may see, each once. One query."""
    rows = (
        Opportunity.objects.visible_to(person)
        .filter(state__in=TAKEN_UP)
        .select_related("place", "theme")
        .order_by("-decided_on", "-last_seen", "key", "audience")
    )
    once: dict[tuple[int, str], Opportunity] = {}
    for row in rows[: NEWEST * 2]:
        once.setdefault((row.footprint_id, row.key), row)
    return list(once.values())[:NEWEST]
