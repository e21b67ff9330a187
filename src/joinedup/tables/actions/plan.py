"""Plan the tables, adapt the plan on the day, and move people by hand."""

from __future__ import annotations

from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.engines import seating as engine
from joinedup.events.models import Event, Topic
from joinedup.registration.models import Attendee
from joinedup.tables import seating
from joinedup.tables.models import PlanReport, Sitting
from joinedup.tables.seating import problem_of, stored_plan


def plan_event(
    *,
    by: Person,
    event: Event,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 1,
) -> PlanReport:
    """Plan who sits with whom and on which topic, and store it in one transaction in place of an earlier
    plan.

    The search itself runs before the transaction, so that nobody waits for it. Raises ValidationError if the
    room contradicts itself, nobody comes, or the plan would change a table where something was agreed.
    """
    require(by, "event.plan", on=event)
    problem = problem_of(event, seed=seed)
    if not problem.people:
        raise ValidationError("Nobody has a place yet: there is nobody to seat.")
    if event.agreements.exclude(sitting=None).exists():
        raise ValidationError(
            "Something was agreed at these tables, so they are not planned anew. Fit in changes instead."
        )
    found = engine.plan(problem, seconds=seconds, iterations=iterations)
    return _store(by, event, found, seed, "event.plan")


def replan_event(*, by: Person, event: Event) -> PlanReport:
    """Adapt the plan to who came and who did not, moving as few people as possible."""
    require(by, "event.plan", on=event)
    stored = PlanReport.objects.filter(event=event).first()
    if stored is None:
        raise ValidationError("There is no plan yet: plan the tables first.")
    after = problem_of(event, seed=stored.seed)
    arrivals, absent = seating.unseated(event)
    present = [person for person in after.people if person.id not in arrivals]
    gone = tuple(engine.Person(id=who) for who in absent)
    before = replace(after, people=(*present, *gone))
    new = [person for person in after.people if person.id in arrivals]
    agreed = event.agreements.exclude(sitting=None).values_list("sitting__round", "sitting__table__number")
    # A table where something was agreed keeps the topic of that agreement.
    held = [(number, str(table)) for number, table in agreed.distinct()]
    found = engine.replan(before, stored_plan(event), absent, new, held=held)
    return _store(by, event, found, stored.seed, "event.replan")


@transaction.atomic
def _store(by: Person, event: Event, plan: engine.Plan, seed: int, action: str) -> PlanReport:
    before = {"seats": len(stored_plan(event).assignments)}
    report = seating.keep(event, plan, seed)
    goals = plan.report["goals"]
    after = {"seats": len(plan.assignments), "goals": goals, "moved": plan.report.get("moved")}
    audit.record(by=by, action=action, on=event, before=before, after=after)
    return report


@transaction.atomic
def move_person(*, by: Person, event: Event, attendee: Attendee, number: int, table: int) -> PlanReport:
    """Put one person at another table in one round, whatever it costs: the page showed the cost before.

    Someone without a seat in that round gets one.
    """
    stored = _plan_to_change(by, event, attendee)
    moved, cost, _ = seating.try_move(event, attendee, number, table)
    seating.change_seats(event, number, {attendee.pk: table})
    after = {"attendee": attendee.number, "round": number, "table": table, "cost": cost}
    audit.record(by=by, action="event.move_person", on=event, after=after)
    return _keep_report(stored, moved)


@transaction.atomic
def swap_people(*, by: Person, event: Event, attendee: Attendee, other: Attendee, number: int) -> PlanReport:
    """Two people change places in one round, whatever it costs."""
    stored = _plan_to_change(by, event, attendee, other)
    problem, plan = problem_of(event), stored_plan(event)
    if attendee.pk == other.pk:
        raise ValidationError("Choose two different people to change places.")
    try:
        moved, cost, _ = engine.swap(problem, plan, str(attendee.number), str(other.number), number)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    at = {row[3]: int(row[1]) for row in plan.assignments if row[0] == number}
    places = {attendee.pk: at[str(other.number)], other.pk: at[str(attendee.number)]}
    seating.change_seats(event, number, places)
    people = [attendee.number, other.number]
    after = {"attendees": people, "round": number, "cost": cost}
    audit.record(by=by, action="event.swap_people", on=event, after=after)
    return _keep_report(stored, moved)


@transaction.atomic
def set_topic(*, by: Person, sitting: Sitting, topic: Topic | None) -> Sitting:
    """Let a table talk about another topic in one round, or about none; everybody stays where they sit."""
    require(by, "event.plan", on=sitting.event)
    if topic is not None and (topic.event_id != sitting.event_id or not topic.is_chosen):
        raise ValidationError(_("This topic is not on the agenda of this event."))
    if sitting.agreements.exists():
        raise ValidationError(_("Something was agreed at this table, so it keeps its topic."))
    # By key: the audit trail keeps no title that may repeat what a young person said.
    before = {"table": str(sitting), "topic": sitting.topic_id}
    sitting.topic = topic
    sitting.save(update_fields=["topic"])
    after = {"table": str(sitting), "topic": sitting.topic_id}
    audit.record(by=by, action="event.set_topic", on=sitting.event, before=before, after=after)
    return sitting


def _plan_to_change(by: Person, event: Event, *people: Attendee) -> PlanReport:
    require(by, "event.plan", on=event)
    stored = PlanReport.objects.filter(event=event).first()
    if stored is None or any(each.event_id != event.pk for each in people):
        raise ValidationError("There is no plan yet: plan the tables first.")
    return stored


def _keep_report(stored: PlanReport, changed: engine.Plan) -> PlanReport:
    stored.report = {**stored.report, **changed.report}
    stored.save(update_fields=["report", "at"])
    return stored
