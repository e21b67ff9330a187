"""The plan on paper and as a file: for those who plan the event."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from joinedup.accounts.request import Request
from joinedup.events import seating
from joinedup.events.queries import printing, seats
from joinedup.events.views.organising import planned_event
from joinedup.partners.csv_export import as_csv, csv_file


@login_required
@require_GET
@never_cache
def event_plan_print(request: Request, slug: str) -> HttpResponse:
    """Everything, or one kind of sheet only."""
    event = planned_event(request, slug, "event.plan")
    kinds = {
        "cards": _("Cards for the tables"),
        "badges": _("Badges"),
        "door": _("List for the door"),
        "people": _("A page for each person"),
    }
    only = request.GET.get("only", "")
    # A page for each person is a pile of paper: it is printed when it is asked for.
    shown = [only] if only in kinds else ["cards", "badges", "door"]
    context = {
        "event": event,
        "kinds": kinds,
        "shown": shown,
        "only": only,
        "plan": printing.to_print(event),
        "label": seating.badge_name,
    }
    return render(request, "events/print.jinja", context)


@login_required
@require_GET
@never_cache
def event_plan_csv(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "event.plan")
    return csv_file(f"plan-{event.slug}.csv", as_csv(seats.PLAN_HEADER, seats.plan_rows(event)))
