"""Queries about events: the list, and what an event's public page shows."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts.person import Person
from joinedup.events.models import Event, Topic
from joinedup.opportunities.models import Opportunity
from joinedup.opportunities.queries.lists import copies_read
from joinedup.taxonomy.models import NO_SECTOR

# Counts below this are given as "a few", so that nobody can be identified.
FEW = 3


def listed(person: Person, on: datetime.date | None = None) -> QuerySet[Event]:
    """The events that `person` may find, on a day."""
    found: QuerySet[Event] = Event.objects.visible_to(person, on)
    return found


def upcoming(on: datetime.date, person: Person | None = None) -> QuerySet[Event]:
    """Coming events, next first; those without a date last. With `person`, those they may find."""
    found = listed(person, on) if person else Event.objects.all()
    return found.filter(Q(date__gte=on) | Q(date=None), is_history=False).order_by(
        F("date").asc(nulls_last=True), "name"
    )


def next_event(
    person: Person, on: datetime.date | None = None, footprints: Iterable[int] | None = None
) -> Event | None:
    """The next event with a date, the person's own partnerships first; if partnerships are given, only of these. As
    much of it as a line tells; 1 query."""
    coming = upcoming(on or timezone.localdate(), person).exclude(date=None)
    coming = coming.filter(cancelled_on=None, is_draft=False)
    if footprints is not None:
        coming = coming.filter(footprint__in=list(footprints))
    if person.footprint_ids:
        own = Case(When(footprint__in=person.footprint_ids, then=Value(0)), default=Value(1))
        coming = coming.order_by(own, "date", "name")
    return coming.only("name", "slug", "date", "footprint", "is_demonstration").first()


def events_to_agree_at(opportunity: Opportunity, on: datetime.date) -> list[Event]:
    """The published events of its partnership, the likeliest place to have agreed on it first: those with it
    on their agenda, then the next, then the last; 3 queries."""
    holding = set(Topic.objects.filter(opportunity__key=opportunity.key).values_list("event", flat=True))
    events = Event.objects.filter(footprint=opportunity.footprint_id, is_history=False, is_draft=False)
    ahead = list(
        events.filter(Q(date__gte=on) | Q(date=None)).order_by(F("date").asc(nulls_last=True), "name")
    )
    behind = list(events.filter(date__lt=on).order_by("-date", "name"))
    return sorted([*ahead, *behind], key=lambda event: event.pk not in holding)


def event_by_slug(person: Person, slug: str) -> Event:
    """The event with that slug. Raises ValidationError, listing coming events, if there is none."""
    found = Event.objects.select_related("footprint").filter(slug=slug).first()
    if found is None:
        known = ", ".join(upcoming(timezone.localdate()).values_list("slug", flat=True)[:5]) or "none"
        raise ValidationError(f"There is no event “{slug}”. To come: {known}.")
    return found


@dataclass(frozen=True)
class SectorCount:
    sector: str
    words: str


def sector_counts(sectors: Iterable[tuple[int | None, str | None]]) -> list[SectorCount]:
    """How many of each (order, name) of a sector, in order, given so that nobody can be identified. Residents,
    who have none, come last."""
    residents = (NO_SECTOR[0], str(NO_SECTOR[1]))
    named = ((order, name) if order is not None and name else residents for order, name in sectors)
    counts = sorted(Counter(named).items())
    return [SectorCount(name, str(n) if n >= FEW else _("a few")) for (_order, name), n in counts]


@dataclass(frozen=True)
class AgendaTopic:
    """A topic as this reader may know it: what is behind it may be shared with the partnership only."""

    title: str
    theme: str
    opportunity: Opportunity | None
    from_young_people: bool


def is_over(event: Event, on: datetime.date) -> bool:
    return event.is_history or (event.date is not None and event.date < on)


def agenda(person: Person, event: Event) -> list[AgendaTopic]:
    """The topics of an event. If the reader may not see a topic's opportunity, it goes by its theme; 3 queries at
    most."""
    said = Exists(Topic.objects.filter(pk=OuterRef("pk"), contributions__isnull=False))
    chosen = event.topics.filter(is_chosen=True).annotate(said=said).select_related("theme", "opportunity")
    topics = list(chosen.only("event", "title", "theme__name", "opportunity__key"))
    pairs = {(event.footprint_id, t.opportunity.key) for t in topics if t.opportunity}
    read = copies_read(person, Opportunity.objects.all(), pairs)
    seen = {each.key: each for each in read.values()}
    return [_agenda_topic(topic, seen) for topic in topics]


def _agenda_topic(topic: Any, seen: dict[str, Opportunity]) -> AgendaTopic:
    opportunity = seen.get(topic.opportunity.key) if topic.opportunity else None
    title = topic_title(topic, is_seen=opportunity is not None)
    return AgendaTopic(title, topic.theme.name if topic.theme else "", opportunity, topic.said)


def topic_title(topic: Topic, *, is_seen: bool) -> str:
    """The title a reader may know: a topic whose opportunity they cannot see goes by its theme. No query."""
    if topic.opportunity_id is None or is_seen:
        return topic.title
    return topic.theme.name if topic.theme else _("Working together")


def holding(event: Event) -> int:
    """How many people come to an event or wait for a place, as it is now; 1 query."""
    return event.attendees.filter(standing__in=("placed", "waiting")).count()
