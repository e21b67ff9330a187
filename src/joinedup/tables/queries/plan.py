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
from joinedup.tables.queries.reasons import Reasons, why_here
from joinedup.tables.queries.sittings import sittings


@dataclass(frozen=True)
class TableCard:
    """One table in one round. `leader` is the number of its leader; other facilitators sit there as guests.
    `about`: the theme and places of its topic; `reasons`: {number: why they sit there}, for adults of whom something
    says so."""

    table: Table
    sitting: Sitting | None
    people: list[Attendee]
    leader: int | None
    about: str
    reasons: dict[int, str]

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
    """The whole page; 34 queries at most."""
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
        rounds=_rounds(event, people, problem, plan),
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
    event: Event, people: Iterable[Attendee], problem: engine.Problem | None, plan: engine.Plan
) -> list[PlanRound]:
    held: dict[int, dict[int, Sitting]] = defaultdict(dict)
    for each in sittings(event):
        held[each.round][each.table_id] = each
    tables = list(event.tables.all())
    leaders = engine.leaders(problem, plan) if problem else {}
    reasons = Reasons(problem.people, problem.topics) if problem else Reasons((), ())
    about = _about(event)
    return [
        PlanRound(
            number=number,
            cards=[
                _card(
                    table,
                    held[number].get(table.pk),
                    leaders.get((number, str(table.number))),
                    about,
                    reasons,
                )
                for table in tables
            ],
            without_seat=_without_seat(people, number, held[number].values()),
        )
        for number in range(1, event.rounds + 1)
    ]


def _about(event: Event) -> dict[int, str]:
    """{topic: "Training and work, Exeter"}; 2 queries."""
    return {
        topic.pk: ", ".join(
            [*([topic.theme.name] if topic.theme else []), *(place.name for place in topic.places.all())]
        )
        for topic in event.topics.select_related("theme").prefetch_related("places")
    }


def _card(
    table: Table, sitting: Sitting | None, leader: str | None, about: dict[int, str], reasons: Reasons
) -> TableCard:
    people = [seat.attendee for seat in sitting.seats.all()] if sitting else []
    topic = sitting.topic_id if sitting else None
    return TableCard(
        table=table,
        sitting=sitting,
        people=people,
        leader=int(leader) if leader else None,
        about=about.get(topic or 0, ""),
        reasons=why_here(people, topic, reasons),
    )


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
