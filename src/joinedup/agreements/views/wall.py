"""The page for the projector."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from joinedup.accounts.request import Request
from joinedup.agreements.queries.wall import wall
from joinedup.events.views.event import planned_event


@login_required
@require_GET
@never_cache
def event_wall(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "event.plan")
    context = {"event": event, "wall": wall(request.person, event)}
    return render(request, "agreements/wall.jinja", context)


@login_required
@require_GET
@never_cache
def event_wall_new(request: Request, slug: str) -> HttpResponse:
    """The part of the page that changes, for the script that polls every ten seconds."""
    event = planned_event(request, slug, "event.plan")
    context = {"event": event, "wall": wall(request.person, event)}
    return render(request, "agreements/wall_new.jinja", context)
