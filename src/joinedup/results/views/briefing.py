"""The briefing pack: for planners, and through the link in a mail."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from joinedup.accounts.permissions import may
from joinedup.accounts.request import Request
from joinedup.events.models import Event
from joinedup.results.actions.briefing import send_brief
from joinedup.results.queries import briefing as queries
from joinedup.results.views.result_sheet import word_file


def _planned(request: Request, slug: str) -> Event:
    """The event, for those who plan it; 404 for everyone else."""
    events = Event.objects.select_related("programme", "footprint", "at", "copied_from")
    found = get_object_or_404(events, slug=slug, is_history=False)
    if not may(request.person, "event.plan", found):
        raise Http404
    return found


@login_required
@never_cache
def event_brief(request: Request, slug: str) -> HttpResponse:
    event = _planned(request, slug)
    if request.method == "POST":
        try:
            number = send_brief(by=request.person, event=event)
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            said = ngettext("Sent to %(num)s address.", "Sent to %(num)s addresses.", number)
            messages.success(request, said % {"num": number})
        return redirect("event_brief", slug)
    context = {
        "event": event,
        "sheet": queries.pack(request.person, event, timezone.localdate()),
        "word": "event_brief_word",
        "key": event.slug,
        "planning": {
            "recipients": queries.recipients(event),
            "without_address": queries.without_address(event),
            "sent": queries.last_sent(event),
        },
    }
    return render(request, "results/brief.jinja", context)


@login_required
@require_safe
@never_cache
def event_brief_word(request: Request, slug: str) -> HttpResponse:
    event = _planned(request, slug)
    return word_file(f"{event.slug}-briefing", queries.pack(request.person, event, timezone.localdate()))


def _by_link(token: str) -> Event:
    event = queries.event_by_link(token)
    if event is None:
        raise Http404
    return event


@require_safe
@never_cache
def brief(request: Request, token: str) -> HttpResponse:
    """No account needed: signing in shows the holder of the link nothing more."""
    event = _by_link(token)
    context = {
        "event": event,
        "sheet": queries.pack_by_link(event, timezone.localdate()),
        "word": "brief_word",
        "key": token,
        "planning": None,
    }
    return render(request, "results/brief.jinja", context)


@require_safe
@never_cache
def brief_word(request: Request, token: str) -> HttpResponse:
    event = _by_link(token)
    return word_file(f"{event.slug}-briefing", queries.pack_by_link(event, timezone.localdate()))
