"""Offers to lead a table, with a button to accept and one to decline: for planners only."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from joinedup.accounts.posted import attempt, number_in
from joinedup.accounts.request import Request
from joinedup.events.views.event import planned_event
from joinedup.tables.actions.leaders import answer_offer
from joinedup.tables.queries.leaders import offers


@login_required
@never_cache
def event_offers(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "event.plan")
    if request.method == "POST":
        made = event.attendees.select_related("event")
        attendee = get_object_or_404(made, pk=number_in(request.POST.get("who")))
        answer = {"accept": "accepted", "decline": "declined"}.get(request.POST.get("do", ""), "")
        said = {
            "accepted": _("Accepted: they are told, and their link works on the day."),
            "declined": _("Declined: they are told, and keep their place."),
            "": _("Taken back: the offer waits again."),
        }[answer]
        attempt(
            request,
            lambda: answer_offer(by=request.person, attendee=attendee, answer=answer),
            lambda _attendee: said,
        )
        return redirect("event_offers", slug)
    return render(request, "tables/leaders.jinja", {"event": event, "offers": offers(event)})
