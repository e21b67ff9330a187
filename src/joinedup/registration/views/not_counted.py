"""Those who do not count yet: places held for strangers, and young people who wait for a companion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from joinedup.accounts.posted import attempt, number_in
from joinedup.accounts.request import Request
from joinedup.events.models import Event
from joinedup.events.views.event import planned_event
from joinedup.registration.actions.companions import ask_companion, cancel_young, vouch
from joinedup.registration.actions.held_places import confirm_by_hand
from joinedup.registration.models import Attendee


@login_required
@require_POST
@never_cache
def event_apart(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "event.vouch")
    who = _attendee(event, request.POST.get("who"))
    act = _what(request, event, who).get(request.POST.get("do", ""))
    if act is not None:
        attempt(request, act, lambda _done: str(_("Saved.")))
    return redirect(f"{reverse('event_people', args=[event.slug])}#apart")


def _attendee(event: Event, typed: str | None) -> Attendee:
    return get_object_or_404(event.attendees.select_related("event", "partner"), pk=number_in(typed))


def _what(request: Request, event: Event, who: Attendee) -> dict[str, Callable[[], Any]]:
    """What each button does to this person."""
    by = request.person

    def with_companion(said_yes: bool) -> Attendee:
        companion = _attendee(event, request.POST.get("companion"))
        return ask_companion(by=by, young=who, companion=companion, has_said_yes=said_yes)

    return {
        "confirm": lambda: confirm_by_hand(by=by, attendee=who),
        "know": lambda: vouch(by=by, attendee=who),
        "forget": lambda: vouch(by=by, attendee=who, known=False),
        "ask": lambda: with_companion(False),
        "attach": lambda: with_companion(True),
        "cancel": lambda: cancel_young(by=by, young=who),
    }
