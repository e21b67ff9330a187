"""The agenda and the tables: for those who plan the event."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from joinedup.accounts.request import Request
from joinedup.events import actions, readiness, seating
from joinedup.events.forms import TopicForm
from joinedup.events.models import Attendee, Event, PlanReport
from joinedup.events.queries import planner
from joinedup.events.queries.events import agenda
from joinedup.events.views.organising import attempt, number_in, planned_event
from joinedup.opportunities.models import Opportunity, Run

# Long enough for the goals to stop growing at London size, short enough to wait for.
SECONDS = 4.0


@login_required
def event_topics(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "topic.choose")
    if request.method == "POST":
        _topic_button(request, event)
        return redirect("event_topics", event.slug)
    context = {"event": event, "agenda": planner.agenda_to_plan(request.person, event)}
    return render(request, "events/topics.jinja", context)


def _topic_button(request: Request, event: Event) -> None:
    by, button, pk = request.person, request.POST.get("do"), number_in(request.POST.get("pk"))
    if button == "choose":
        visible = Opportunity.objects.visible_to(by).select_related("theme", "place")
        found = get_object_or_404(visible, pk=pk, footprint=event.footprint_id)
        title = request.POST.get("title", "")
        attempt(
            request,
            lambda: actions.choose_opportunity(by=by, event=event, opportunity=found, title=title),
            lambda topic: _("On the agenda: %(title)s") % {"title": topic.title},
        )
        return
    topic = get_object_or_404(event.topics.select_related("event", "opportunity"), pk=pk)
    if button in {"up", "down"}:
        attempt(
            request,
            lambda: actions.move_topic(by=by, topic=topic, up=button == "up"),
            lambda _done: _("Moved."),
        )
    elif button == "accept":
        attempt(
            request, lambda: actions.accept_topic(by=by, topic=topic), lambda _done: _("It is on the agenda.")
        )
    elif button == "remove":
        attempt(
            request,
            lambda: actions.remove_topic(by=by, topic=topic),
            lambda _done: _("It is off the agenda."),
        )


@login_required
@require_POST
def opportunity_agenda(request: Request, pk: int) -> HttpResponse:
    """Put an opportunity on the agenda of an event, from its own page."""
    found = get_object_or_404(
        Opportunity.objects.visible_to(request.person).select_related("theme", "place"), pk=pk
    )
    event = planned_event(request, request.POST.get("event", ""), "topic.choose")
    if event.footprint_id != found.footprint_id or found.audience != Run.Audience.PARTNERSHIP:
        raise Http404
    attempt(
        request,
        lambda: actions.choose_opportunity(by=request.person, event=event, opportunity=found),
        lambda topic: _("On the agenda of %(event)s: %(title)s") % {"event": event, "title": topic.title},
    )
    return redirect("opportunity", pk)


@login_required
def event_topic(request: Request, slug: str, pk: int) -> HttpResponse:
    event = planned_event(request, slug, "topic.choose")
    topic = get_object_or_404(event.topics.select_related("event", "opportunity"), pk=pk)
    form = TopicForm(request.POST or None, topic=topic)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_topic(by=request.person, topic=topic, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("event_topics", event.slug)
    return render(request, "events/topic.jinja", {"event": event, "topic": topic, "form": form})


@login_required
@never_cache
def event_plan(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "event.plan")
    if request.method == "POST":
        _plan_button(request, event)
        return redirect("event_plan", event.slug)
    report = PlanReport.objects.filter(event=event).first()
    kept: dict[str, Any] = report.report if report else {}
    context = {
        "event": event,
        "findings": readiness.findings(event),
        "rounds": planner.by_round(event),
        "tables": list(event.tables.all()),
        "report": report,
        "broken": kept.get("broken", []),
        "notes": kept.get("notes", []),
        "goals": seating.goal_lines(kept),
        "changes": seating.unseated(event) if report else ([], []),
        "label": seating.attendee_label,
        **_trial(request, event, kept),
    }
    return render(request, "events/plan.jinja", context)


def _move_asked(values: Any, event: Event) -> tuple[Attendee | None, int, int]:
    who = event.attendees.select_related("partner").filter(pk=number_in(values.get("who"))).first()
    return who, number_in(values.get("round")), number_in(values.get("to"))


def _trial(request: Request, event: Event, report: dict[str, Any]) -> dict[str, Any]:
    """What a move would cost and break, before anybody confirms it; nothing is stored."""
    nothing: dict[str, Any] = {"trial": None, "trial_error": ""}
    who, number, to = _move_asked(request.GET, event)
    if not report or who is None:
        return nothing
    try:
        _moved, cost, newly = seating.try_move(event, who, number, to)
    except ValidationError as error:
        return nothing | {"trial_error": error.messages[0]}
    return nothing | {"trial": {"who": who, "round": number, "to": to, "cost": cost, "newly": newly}}


def _plan_button(request: Request, event: Event) -> None:
    by, button = request.person, request.POST.get("do")
    if button == "plan":
        attempt(
            request,
            lambda: actions.plan_event(by=by, event=event, seconds=SECONDS),
            lambda _done: _("The tables are planned."),
        )
    elif button == "changes":
        attempt(
            request,
            lambda: actions.replan_event(by=by, event=event),
            lambda report: (
                _("Fitted in; %(moved)s others changed their table.") % {"moved": report.report["moved"]}
            ),
        )
    elif button == "move":
        who, number, to = _move_asked(request.POST, event)
        attendee = get_object_or_404(Attendee, pk=who.pk if who else -1)
        attempt(
            request,
            lambda: actions.move_person(by=by, event=event, attendee=attendee, number=number, table=to),
            lambda _done: _("Moved."),
        )


@login_required
@require_GET
@never_cache
def event_plan_print(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "event.plan")
    rounds = planner.by_round(event)
    people: dict[int, Any] = {}
    for number, tables in rounds:
        for table in tables:
            for seat in table.seats.all():
                person = people.setdefault(seat.attendee.number, {"attendee": seat.attendee, "tables": {}})
                person["tables"][number] = table
    context = {
        "event": event,
        "rounds": rounds,
        "people": [people[number] for number in sorted(people)],
        "agenda": agenda(request.person, event),
        "label": seating.badge_name,
    }
    return render(request, "events/print.jinja", context)
