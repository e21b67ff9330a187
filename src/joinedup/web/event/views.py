"""The public page of an event, and the preview with its publish button: for planners."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from joinedup.accounts.person import PUBLIC
from joinedup.accounts.posted import attempt
from joinedup.accounts.request import Request
from joinedup.events.actions.publication import not_to_publish, not_to_withdraw, publish_event, withdraw_event
from joinedup.events.forms.topics import may_propose
from joinedup.events.queries.events import listed, upcoming
from joinedup.events.queries.sessions import day_for
from joinedup.events.schema_org import event_script
from joinedup.events.views.event import planned_event
from joinedup.registration.queries.survey import survey_results
from joinedup.web.event import queries as queries_queries
from joinedup.web.event.queries import event_page, past

PER_PAGE = 20


def events(request: Request) -> HttpResponse:
    today = timezone.localdate()
    page = Paginator(past(request.person, today), PER_PAGE).get_page(request.GET.get("page"))
    coming = list(upcoming(today, request.person).select_related("programme"))
    return render(request, "web/events.jinja", {"coming": coming, "page": page})


def event(request: Request, slug: str) -> HttpResponse:
    found = get_object_or_404(
        listed(request.person).select_related("programme", "footprint", "at"), slug=slug
    )
    today = timezone.localdate()
    is_published = found.results_published_on is not None
    context = {
        "event": found,
        "survey": survey_results(found) if is_published else None,
        "data": event_script(found),
        "page": queries_queries.event_page(request.person, found, today),
        "may_propose": may_propose(request.person, found),
        "day": day_for(request.person, found),
    }
    return render(request, "web/event.jinja", context)


@login_required
@never_cache
def event_show(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "event.announce")
    by = request.person
    if request.method == "POST":
        if request.POST.get("do") == "withdraw":
            attempt(
                request,
                lambda: withdraw_event(by=by, event=event),
                lambda _done: _("It is a draft again: only those who plan it see it."),
            )
        else:
            attempt(
                request,
                lambda: publish_event(by=by, event=event),
                lambda _done: _("Published: everybody finds it now, and can register."),
            )
        return redirect("event_show", slug)
    context = {
        "event": event,
        "wrong": not_to_publish(event) if event.is_draft else not_to_withdraw(event),
        "page": event_page(PUBLIC, event, timezone.localdate()),
        "day": day_for(PUBLIC, event),
        "may_propose": False,
    }
    return render(request, "web/event_show.jinja", context)
