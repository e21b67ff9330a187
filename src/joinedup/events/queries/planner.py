"""Questions of those who plan an event: what could be on the agenda, who sits where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Case, F, IntegerField, Prefetch, QuerySet, Value, When

from joinedup.accounts.person import Person
from joinedup.events.models import Agreement, Event, PlanReport, Seat, Sitting, Topic
from joinedup.opportunities.models import Opportunity, Run

CANDIDATES = 30


@dataclass(frozen=True)
class Agenda:
    """What is on the agenda, and what could be."""

    chosen: list[Topic]
    proposed: list[Topic]
    opportunities: list[Opportunity]
    voices: list[Any]
    has_young_people: bool


def agenda_to_plan(person: Person, event: Event) -> Agenda:
    """The topics and the best of what could become one: taken-up opportunities first, then by strength;
    8 queries."""
    topics = list(
        event.topics.select_related("theme", "opportunity", "proposed_by").prefetch_related(
            "parties", "sittings"
        )
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
        .order_by(taken_first, F("placed").desc(nulls_last=True), "key")
    )
    contribution = apps.get_model("voice", "Contribution")
    voices = contribution.objects.filter(conversation__event=event, state="shown", topics=None)
    return Agenda(
        chosen=[t for t in topics if t.is_chosen],
        proposed=[t for t in topics if not t.is_chosen],
        opportunities=list(open_ones[:CANDIDATES]),
        voices=list(voices),
        has_young_people=any(t.contribution_id for t in topics if t.is_chosen),
    )


def sittings(event: Event) -> QuerySet[Sitting]:
    """Every table of every round with who sits there; 2 queries."""
    seats = Seat.objects.select_related("attendee__partner", "attendee__sector").order_by("attendee__number")
    return (
        event.sittings.select_related("table", "topic__theme", "topic__opportunity")
        .prefetch_related(Prefetch("seats", seats))
        .order_by("round", "table__number")
    )


def by_round(event: Event) -> list[tuple[int, list[Sitting]]]:
    """[(round, its tables)]; 2 queries."""
    rounds: dict[int, list[Sitting]] = {}
    for each in sittings(event):
        rounds.setdefault(each.round, []).append(each)
    return sorted(rounds.items())


def sitting(pk: int) -> Sitting | None:
    """One table in one round with its people, topic, facts and what was agreed there; 6 queries at most."""
    seats = Seat.objects.select_related("attendee__partner", "attendee__sector").order_by("attendee__number")
    return (
        Sitting.objects.select_related(
            "event__footprint",
            "table",
            "topic__theme",
            "topic__opportunity__place",
            "topic__opportunity__theme",
        )
        .prefetch_related(Prefetch("seats", seats), "topic__parties", "topic__opportunity__parties")
        .filter(pk=pk)
        .first()
    )


def agreed_here(person: Person, at: Sitting) -> list[Agreement]:
    """What was agreed at a table, of what `person` may see; 1 query."""
    return list(Agreement.objects.visible_to(person).filter(sitting=at).select_related("owner_partner"))


def plan_document(event: Event) -> dict[str, Any]:
    """The stored plan as one JSON document, by registration numbers and partners, without names; 3 queries.

    `lines` says the same for a terminal.
    """
    kept = PlanReport.objects.filter(event=event).first()
    report = kept.report if kept else {}
    rounds: list[dict[str, Any]] = [
        {"round": number, "tables": [_table(each) for each in tables]} for number, tables in by_round(event)
    ]
    lines = [f"{event.name}: {sum(len(each['tables']) for each in rounds)} tables in {len(rounds)} rounds"]
    for each in rounds:
        lines.append(f"Round {each['round']}")
        lines += [
            f"  Table {table['table']}: {table['topic'] or 'no topic'} ({len(table['people'])} people)"
            for table in each["tables"]
        ]
    lines += [f"Not kept: {each['sentence']}" for each in report.get("broken", [])]
    lines += report.get("notes", [])
    return {"event": event.slug, "rounds": rounds, "report": report, "lines": lines}


def _table(sitting: Sitting) -> dict[str, Any]:
    return {
        "table": sitting.table.number,
        "topic": sitting.topic.title if sitting.topic else None,
        "people": [
            {"number": seat.attendee.number, "partner": seat.attendee.partner.slug}
            for seat in sitting.seats.all()
        ],
    }
