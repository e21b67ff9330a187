"""Queries for planners: what is on the agenda and what could be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, Value, When

from joinedup.accounts.person import Person
from joinedup.events.models import Event, Topic
from joinedup.opportunities.models import Opportunity, Run
from joinedup.opportunities.queries.documents import shortlist
from joinedup.registration.models import YOUNG, Attendee
from joinedup.tables.queries.agenda_fit import AgendaFit, agenda_fit
from joinedup.tables.queries.topic_tables import TopicTables, topic_tables
from joinedup.voice.models import Contribution

CANDIDATES = 30
SHORT = 12


@dataclass(frozen=True)
class Agenda:
    """What is on the agenda, and what could be. Each topic has `wanted`: how many young people chose it.

    `places`: how many topics the room has tables for, None before it is set up; `short`: the short list, as
    varied as the need; `opportunities`: the best of the others.
    """

    chosen: list[Topic]
    proposed: list[Topic]
    short: list[Opportunity]
    opportunities: list[Opportunity]
    voices: list[Any]
    places: int | None
    young_people: int
    has_young_people: bool
    fit: AgendaFit | None
    tables: TopicTables

    @property
    def without_table(self) -> list[Topic]:
        return self.tables.without(self.chosen)


def agenda_to_plan(person: Person, event: Event) -> Agenda:
    """The topics, the short list for what is still free, and the best of the rest: taken-up opportunities
    first, then by strength, and how they fit those who come; 40 queries."""
    wanted = Count("votes", Q(votes__attendee__standing__in=Attendee.COMING), distinct=True)
    said = Count("contributions", distinct=True)
    topics: list[Any] = list(
        event.topics.annotate(wanted=wanted, said=said)
        .select_related("theme", "opportunity", "proposed_by")
        .prefetch_related("parties", "places", "parts")
    )
    keys = [t.opportunity.key for t in topics if t.opportunity]
    taken_first = Case(
        When(state=Opportunity.State.TAKEN_UP, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    open_ones = (
        Opportunity.objects.visible_to(person)
        .filter(
            footprint=event.footprint_id,
            audience=Run.Audience.PARTNERSHIP,
            state__in=[Opportunity.State.SUGGESTED, Opportunity.State.TAKEN_UP],
        )
        .exclude(key__in=keys)
        .select_related("theme", "place")
        .prefetch_related("parties")
        .order_by(taken_first, F("score").desc(nulls_last=True), "key")
    )
    chosen = [t for t in topics if t.is_chosen]
    proposed = [t for t in topics if not t.is_chosen and t.part_of_id is None]
    proposed.sort(key=lambda t: -t.wanted)
    places = event.tables.count() * event.rounds
    short = _short(person, event, min(SHORT, places - len(chosen)) if places else SHORT)
    voices = Contribution.objects.filter(
        conversation__event=event, state=Contribution.State.SHOWN, topic=None
    )
    voices = voices.exclude(age_band=Contribution.ADULT)
    come = event.attendees.filter(standing__in=Attendee.COMING).values_list("parts", flat=True)
    return Agenda(
        chosen=chosen,
        proposed=proposed,
        short=short,
        opportunities=[each for each in open_ones[: CANDIDATES + SHORT] if each not in short][:CANDIDATES],
        voices=list(voices),
        places=places or None,
        young_people=sum(YOUNG in parts for parts in come),
        has_young_people=any(t.said or t.wanted for t in chosen),
        fit=agenda_fit(event),
        tables=topic_tables(event),
    )


def _short(person: Person, event: Event, size: int) -> list[Opportunity]:
    """The short list of the partnership, in its order, as far as `person` may see it; 4 queries."""
    if event.footprint is None or size < 1:
        return []
    order = [each.pk for each in shortlist(event.footprint, size, without_topics=True)]
    visible = Opportunity.objects.visible_to(person).select_related("theme", "place")
    held = {each.pk: each for each in visible.prefetch_related("parties").filter(pk__in=order)}
    return [held[pk] for pk in order if pk in held]
