"""The tables: planned, changed on the day, and people moved by hand. For planners."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from joinedup.accounts.posted import attempt, number_in
from joinedup.accounts.request import Request
from joinedup.events.models import Event
from joinedup.events.views.event import planned_event
from joinedup.registration.models import Attendee
from joinedup.tables import seating, undo
from joinedup.tables.actions.plan import move_person, plan_event, replan_event, swap_people
from joinedup.tables.models import PlanReport, Seat
from joinedup.tables.queries import plan, seat_changes

# Long enough for the goals to stop growing for some 120 people, short enough to wait for.
SECONDS = 4.0


@login_required
@never_cache
def event_plan(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "event.plan")
    if request.method == "POST":
        return redirect(f"{reverse('event_plan', args=[event.slug])}{_plan_button(request, event)}")
    page = plan.plan_page(event)
    context = {
        "event": event,
        "page": page,
        "undo": undo.offered(request),
        "wishes": plan.wishes(event),
        "label": seating.attendee_label,
        **_trial(request, event, page.report),
    }
    return render(request, "tables/plan.jinja", context)


def _move_asked(values: Any, event: Event) -> tuple[Attendee | None, int, int]:
    who = event.attendees.select_related("partner").filter(pk=number_in(values.get("who"))).first()
    return who, number_in(values.get("round")), number_in(values.get("to"))


def _trial(request: Request, event: Event, report: PlanReport | None) -> dict[str, Any]:
    """What a move would cost and break, before anybody confirms it: at one table, with the possible swaps
    there, or at every table if none is named. Nothing is stored."""
    nothing: dict[str, Any] = {"trial": None, "trial_error": ""}
    who, number, to = _move_asked(request.GET, event)
    if report is None or who is None:
        return nothing
    try:
        tables = seat_changes.options(event, who, number)
    except ValidationError as error:
        return nothing | {"trial_error": error.messages[0]}
    chosen = [each for each in tables if each.table == to]
    if request.GET.get("to") and not chosen:
        return nothing | {"trial_error": _("There is no such table.")}
    partners = seat_changes.partners(event, who, number, to) if chosen and not chosen[0].is_here else []
    trial = {"who": who, "round": number, "to": to, "tables": chosen or tables, "partners": partners}
    return nothing | {"trial": trial}


@login_required
@require_GET
@never_cache
def event_plan_moves(request: Request, slug: str) -> JsonResponse:
    """What a move to each table would cost, while somebody is dragged on the planner's page."""
    event = planned_event(request, slug, "event.plan")
    who, number, _to = _move_asked(request.GET, event)
    if who is None:
        return JsonResponse({"error": _("Choose somebody who comes.")}, status=400)
    try:
        tables = seat_changes.options(event, who, number)
    except ValidationError as error:
        return JsonResponse({"error": error.messages[0]}, status=400)
    return JsonResponse(
        {
            "tables": [
                {
                    "table": each.table,
                    "here": each.is_here,
                    "full": each.is_full,
                    "words": each.words,
                    "breaks": each.breaks,
                }
                for each in tables
            ]
        }
    )


def _plan_button(request: Request, event: Event) -> str:
    """Do what a button asked for; returns where on the page to look next."""
    by, button = request.person, request.POST.get("do")
    if button == "plan":
        attempt(
            request,
            lambda: plan_event(by=by, event=event, seconds=SECONDS),
            lambda _done: _("The tables are planned."),
        )
    elif button == "changes":
        attempt(
            request,
            lambda: replan_event(by=by, event=event),
            lambda report: _fitted_in(report.report),
        )
    elif button in {"move", "swap"}:
        return _by_hand(request, event)
    return ""


def _fitted_in(report: dict[str, Any]) -> str:
    words = _(
        "Fitted in: %(seated)s got a seat, %(left)s gave one back, %(moved)s others changed their table."
    )
    return words % {name: report.get(name, 0) for name in ("seated", "left", "moved")}


def _by_hand(request: Request, event: Event) -> str:
    """Move somebody, or swap two people, and offer to undo it."""
    by, (who, number, to) = request.person, _move_asked(request.POST, event)
    attendee = get_object_or_404(Attendee, pk=who.pk if who else -1)
    here: list[tuple[str, object]] = [("who", attendee.pk), ("round", number)]
    try:
        if request.POST.get("do") == "swap":
            people = event.attendees.select_related("partner")
            other = get_object_or_404(people, pk=number_in(request.POST.get("with")))
            swap_people(by=by, event=event, attendee=attendee, other=other, number=number)
            said = _("%(who)s and %(other)s changed places in round %(round)s.")
            names = {"who": seating.badge_name(attendee), "other": seating.badge_name(other), "round": number}
            undo.offer(request, said % names, [("do", "swap"), *here, ("with", other.pk)])
        else:
            seat = Seat.objects.filter(sitting__event=event, sitting__round=number, attendee=attendee)
            was = seat.values_list("sitting__table__number", flat=True).first()
            move_person(by=by, event=event, attendee=attendee, number=number, table=to)
            said = _("%(who)s moved to table %(table)s in round %(round)s.")
            names = {"who": seating.badge_name(attendee), "table": to, "round": number}
            undo.offer(request, said % names, [("do", "move"), *here, ("to", was or "")])
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return f"#round-{number}"
