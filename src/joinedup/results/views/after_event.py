"""After the day: the page of someone who attended, and the follow-up page for planners."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from joinedup.accounts.permissions import may
from joinedup.accounts.posted import attempt
from joinedup.accounts.request import Request
from joinedup.agreements.actions.reminders import ask_now
from joinedup.agreements.models import Agreement
from joinedup.events.models import Event
from joinedup.events.views.event import planned_event
from joinedup.registration.models import Attendee
from joinedup.registration.survey import survey_link
from joinedup.results.actions.thanks import thank
from joinedup.results.queries.after_event import after_page
from joinedup.results.queries.follow_up import following


@require_safe
@never_cache
def attending_after(request: Request, token: str) -> HttpResponse:
    attendee = get_object_or_404(
        Attendee.objects.select_related("event__footprint", "partner", "sector"), token=token
    )
    page = after_page(attendee, request.person, timezone.now(), timezone.localdate())
    context = {"page": page, "event": page.event, "attendee": attendee, "survey": survey_link(attendee)}
    return render(request, "results/attending_after.jinja", context)


@login_required
@never_cache
def event_after(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "event.plan")
    if request.method == "POST":
        if request.POST.get("do") == "ask":
            _ask(request, event)
        elif request.POST.get("do") == "send":
            attempt(
                request,
                lambda: thank(by=request.person, event=event),
                lambda sent: (
                    ngettext("%(n)s mail is on its way.", "%(n)s mails are on their way.", sent) % {"n": sent}
                ),
            )
        return redirect("event_after", slug)
    page = following(request.person, event, timezone.now(), timezone.localdate())
    return render(request, "results/event_after.jinja", {"event": event, "page": page})


def _ask(request: Request, event: Event) -> None:
    asked = request.POST.get("agreement", "")
    visible = Agreement.objects.visible_to(request.person).filter(event=event)
    found = visible.select_related("event__footprint", "owner_partner", "deputy_partner")
    agreement = found.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 18 else None
    if agreement is None or not may(request.person, "agreement.chase", agreement):
        messages.error(request, _("Choose an agreement of this event."))
        return
    attempt(
        request,
        lambda: ask_now(by=request.person, agreement=agreement, on=timezone.localdate()),
        lambda made: _("Asked: %(goal)s.") % {"goal": agreement.goal},
    )
