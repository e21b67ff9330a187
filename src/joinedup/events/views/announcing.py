"""What everybody would see of an event, and the button that shows it to them: for those who plan it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from joinedup.accounts.person import PUBLIC
from joinedup.accounts.request import Request
from joinedup.events.actions.publishing import (
    not_to_publish,
    not_to_withdraw,
    publish_event,
    withdraw_event,
)
from joinedup.events.queries.day import day_for
from joinedup.events.queries.events import event_page
from joinedup.events.views.organising import attempt, planned_event


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
    return render(request, "events/show.jinja", context)
