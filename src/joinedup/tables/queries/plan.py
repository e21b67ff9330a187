"""The planner's page: who sits where in each round, how good the plan is, and which rules it breaks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils import timezone

from joinedup.engines import seating as engine
from joinedup.events.models import Event, Table
from joinedup.registration.models import Attendee
from joinedup.tables import checklist, seating
from joinedup.tables.broken_rules import Trouble, troubles_of
from joinedup.tables.models import PlanReport, Sitting, Wish
from joinedup.tables.queries.sittings import sittings


@dataclass(frozen=True)
class TableCard:
    """One table in one round. `leader` is the number of its leader; other facilitators sit there as guests."""

    table: Table
    sitting: Sitting | None
    people: list[Attendee]
    leader: int | None

    @property
    def is_full(self) -> bool:
        return len(self.people) >= self.table.seats_max


@dataclass(frozen=True)
class PlanRound:
    number: int
    cards: list[TableCard]
    without_seat: list[Attendee]


@dataclass(frozen=True)
class PlanPage:
    """`people`: those with a place. `arrivals` and `absent`: how many the plan does not seat yet, or seats
    although they do not come. `not_here`: how many are not checked in, on the day itself, once somebody was."""

    findings: list[checklist.NotReady]
    report: PlanReport | None
    people: list[Attendee]
    rounds: list[PlanRound] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    goals: list[dict[str, Any]] = field(default_factory=list)
    arrivals: int = 0
    absent: int = 0
    not_here: int = 0


def plan_page(event: Event) -> PlanPage:
    """The whole page; 32 queries at most."""
    report = PlanReport.objects.filter(event=event).first()
    try:
        problem = seating.problem_of(event)
    except ValidationError:
        problem = None
    findings = checklist.findings(event, problem)
    people = list(seating.coming(event).select_related("partner"))
    if report is None:
        return PlanPage(findings, None, people)
    plan = seating.stored_plan(event)
    seated = {row[3] for row in plan.assignments}
    wanted = {str(each.number) for each in people}
    return PlanPage(
        findings=findings,
        report=report,
        people=people,
        rounds=_rounds(event, people, engine.leaders(problem, plan) if problem else None),
        troubles=troubles_of(event, problem, plan, people) if problem else [],
        notes=report.report.get("notes", []),
        goals=seating.goal_lines(_worth(report, problem, plan)),
        arrivals=len(wanted - seated),
        absent=len(seated - wanted),
        not_here=_not_here(event, people),
    )


def _worth(report: PlanReport, problem: engine.Problem | None, plan: engine.Plan) -> dict[str, Any]:
    """The report with the goals as they stand now: people, topics and wishes change after a plan is made."""
    return report.report if problem is None else {**report.report, "goals": engine.goals(problem, plan)}


def _not_here(event: Event, people: list[Attendee]) -> int:
    if event.date != timezone.localdate():
        return 0
    missing = sum(each.arrived_at is None for each in people)
    return 0 if missing == len(people) else missing


def _rounds(
    event: Event, people: Iterable[Attendee], leaders: dict[tuple[int, str], str] | None
) -> list[PlanRound]:
    held: dict[int, dict[int, Sitting]] = defaultdict(dict)
    for each in sittings(event):
        held[each.round][each.table_id] = each
    tables = list(event.tables.all())
    return [
        PlanRound(
            number=number,
            cards=[_card(table, held[number].get(table.pk), number, leaders or {}) for table in tables],
            without_seat=_without_seat(people, number, held[number].values()),
        )
        for number in range(1, event.rounds + 1)
    ]


def _card(
    table: Table, sitting: Sitting | None, number: int, leaders: dict[tuple[int, str], str]
) -> TableCard:
    people = [seat.attendee for seat in sitting.seats.all()] if sitting else []
    leader = leaders.get((number, str(table.number)))
    return TableCard(table, sitting, people, int(leader) if leader else None)


def _without_seat(people: Iterable[Attendee], number: int, here: Iterable[Sitting]) -> list[Attendee]:
    seated = {seat.attendee_id for sitting in here for seat in sitting.seats.all()}
    return [each for each in people if each.pk not in seated and (not each.rounds or number in each.rounds)]


@dataclass(frozen=True)
class WishLine:
    """A wish and the people it concerns who still come. It has no effect if there are fewer than two."""

    wish: Wish
    people: list[Attendee]

    @property
    def holds(self) -> bool:
        return len(self.people) > 1


def wishes(event: Event) -> list[WishLine]:
    """2 queries."""
    placed = Attendee.objects.filter(standing=Attendee.Standing.PLACED).select_related("partner")
    found = event.wishes.prefetch_related(Prefetch("attendees", placed.order_by("number")))
    return [WishLine(each, list(each.attendees.all())) for each in found]


PLAN_HEADER = ["Round", "Table", "Topic", "No.", "Name", "Partner", "Part"]


def plan_rows(event: Event) -> list[list[object]]:
    """The stored plan as rows under PLAN_HEADER, by round, table and number; 2 queries. For a young person it
    gives neither the chosen name nor the companion, and for a companion not that they are one."""
    return [
        [
            sitting.round,
            sitting.table.number,
            sitting.topic.title if sitting.topic else "",
            seat.attendee.number,
            "" if seat.attendee.is_young else seat.attendee.name,
            "" if seat.attendee.is_young else seat.attendee.comes_for,
            "; ".join(part for part in seat.attendee.parts if part != "companion").replace("_", " "),
        ]
        for sitting in sittings(event)
        for seat in sitting.seats.all()
    ]
