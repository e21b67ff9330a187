"""The plan on paper and as a file: for planners."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from joinedup.accounts.request import Request
from joinedup.documents.csv_file import as_csv, csv_file
from joinedup.events.views.event import planned_event
from joinedup.tables import seating
from joinedup.tables.queries import plan, printouts


@login_required
@require_GET
@never_cache
def event_plan_print(request: Request, slug: str) -> HttpResponse:
    """Everything, or only one kind of sheet."""
    event = planned_event(request, slug, "event.plan")
    kinds = {
        "cards": _("Cards for the tables"),
        "badges": _("Badges"),
        "door": _("List for the door"),
        "people": _("A page for each person"),
    }
    only = request.GET.get("only", "")
    # A page for each person is a lot of paper, so it is printed only on request.
    shown = [only] if only in kinds else ["cards", "badges", "door"]
    to_print = printouts.to_print(event, with_reasons="people" in shown)
    context = {
        "event": event,
        "kinds": kinds,
        "shown": shown,
        "only": only,
        "plan": to_print,
        # A badge is worn where others see it, so it has none.
        "squares": printouts.squares(event, to_print) if {"door", "people"} & {*shown} else {},
        "label": seating.badge_name,
    }
    return render(request, "tables/printouts.jinja", context)


@login_required
@require_GET
@never_cache
def event_plan_csv(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "event.plan")
    return csv_file(f"plan-{event.slug}.csv", as_csv(plan.PLAN_HEADER, plan.plan_rows(event)))
