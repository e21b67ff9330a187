"""Queries for planners: which table, on which topic, with whom."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet

from joinedup.accounts.permissions import Scope
from joinedup.events.models import Event
from joinedup.tables.models import PlanReport, Seat, Sitting, scope_of_table


def sittings(event: Event) -> QuerySet[Sitting]:
    """Every table of every round with the people there; 2 queries."""
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


def scope(pk: int) -> Scope:
    """Who may write at this table; nobody where there is none. 2 queries either way, so that whoever may not waits no
    longer for a table that is there than for one that is not."""
    here = list(
        Seat.objects.filter(sitting=pk).values_list("attendee", "attendee__partner", "attendee__parts")
    )
    event = Event.objects.only("footprint").filter(sittings=pk).first()
    return Scope() if event is None else scope_of_table(event, here)


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
            {
                "number": seat.attendee.number,
                "partner": seat.attendee.partner.slug if seat.attendee.partner else None,
            }
            for seat in sitting.seats.all()
        ],
    }
