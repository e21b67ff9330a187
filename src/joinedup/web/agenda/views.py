"""The agenda, for planners."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from joinedup.accounts.posted import attempt, number_in
from joinedup.accounts.request import Request
from joinedup.events.actions.topics import accept_topic, choose_opportunity, move_topic, remove_topic
from joinedup.events.models import Event
from joinedup.events.views.event import planned_event
from joinedup.opportunities.models import Opportunity, Run
from joinedup.web.agenda.queries import agenda_to_plan


@login_required
def event_topics(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "topic.choose")
    if request.method == "POST":
        _topic_button(request, event)
        return redirect("event_topics", event.slug)
    context = {"event": event, "agenda": agenda_to_plan(request.person, event)}
    return render(request, "web/agenda.jinja", context)


def _topic_button(request: Request, event: Event) -> None:
    by, button, pk = request.person, request.POST.get("do"), number_in(request.POST.get("pk"))
    if button == "choose":
        visible = Opportunity.objects.visible_to(by).select_related("theme", "place")
        found = get_object_or_404(visible, pk=pk, footprint=event.footprint_id)
        title = request.POST.get("title", "")
        attempt(
            request,
            lambda: choose_opportunity(by=by, event=event, opportunity=found, title=title),
            lambda topic: _("On the agenda: %(title)s") % {"title": topic.title},
        )
        return
    topic = get_object_or_404(event.topics.select_related("event", "opportunity"), pk=pk)
    if button in {"up", "down"}:
        attempt(
            request,
            lambda: move_topic(by=by, topic=topic, up=button == "up"),
            lambda _done: _("Moved."),
        )
    elif button == "accept":
        attempt(request, lambda: accept_topic(by=by, topic=topic), lambda _done: _("It is on the agenda."))
    elif button == "remove":
        attempt(
            request,
            lambda: remove_topic(by=by, topic=topic),
            lambda _done: _("It is off the agenda."),
        )


@login_required
@require_POST
def opportunity_agenda(request: Request, pk: int) -> HttpResponse:
    """Put an opportunity on the agenda of an event, from its own page."""
    found = get_object_or_404(
        Opportunity.objects.visible_to(request.person).select_related("theme", "place"), pk=pk
    )
    event = planned_event(request, request.POST.get("event", ""), "topic.choose")
    if event.footprint_id != found.footprint_id or found.audience != Run.Audience.PARTNERSHIP:
        raise Http404
    attempt(
        request,
        lambda: choose_opportunity(by=request.person, event=event, opportunity=found),
        lambda topic: _("On the agenda of %(event)s: %(title)s") % {"event": event, "title": topic.title},
    )
    return redirect("opportunity", pk)
