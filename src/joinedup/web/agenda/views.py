"""The agenda, for planners."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from joinedup.accounts.posted import attempt, number_in
from joinedup.accounts.queries import history_of
from joinedup.accounts.request import Request
from joinedup.accounts.stale import one_at_a_time, watch
from joinedup.events.actions.topics import accept_topic, choose_opportunity, move_topic, remove_topic
from joinedup.events.forms.topics import TopicForm
from joinedup.events.models import Event
from joinedup.events.views.event import planned_event
from joinedup.opportunities.models import Opportunity, Run
from joinedup.opportunities.views.one import get_opportunity, show
from joinedup.tables import undo
from joinedup.web.agenda import changes
from joinedup.web.agenda.queries import agenda_to_plan


@login_required
def event_topics(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "topic.choose")
    if request.method == "POST" and request.POST.get("do") == "choose":
        return _choose(request, event)
    if request.method == "POST":
        _topic_button(request, event)
        return _back(event)
    return _agenda(request, event)


def _agenda(request: Request, event: Event, refused: dict[str, Any] | None = None) -> HttpResponse:
    agenda = agenda_to_plan(request.person, event)
    context = {"event": event, "agenda": agenda, "undo": undo.offered(request), "refused": refused}
    return render(request, "web/agenda.jinja", context)


def _choose(request: Request, event: Event) -> HttpResponse:
    visible = Opportunity.objects.visible_to(request.person).select_related("theme", "place")
    pk = number_in(request.POST.get("pk"))
    found = get_object_or_404(visible, pk=pk, footprint=event.footprint_id)
    refused = _put_on(request, event, found)
    return _agenda(request, event, refused) if refused else _back(event)


def _back(event: Event) -> HttpResponse:
    """To the top of the page: a browser would else stay at the topic whose link brought it there."""
    return redirect(f"{reverse('event_topics', args=[event.slug])}#main-content")


def _put_on(request: Request, event: Event, opportunity: Opportunity) -> dict[str, Any] | None:
    """Put an opportunity on the agenda by the title that was written; where that is refused, what was written, for
    the page to show it again under the reason."""
    title = request.POST.get("title", "")
    try:
        topic = choose_opportunity(by=request.person, event=event, opportunity=opportunity, title=title)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return {"pk": opportunity.pk, "title": title, "event": event.slug}
    said = _("On the agenda of %(event)s: “%(title)s”. No table talks about it yet.")
    messages.success(request, said % {"event": event, "title": topic.title})
    return None


def _topic_button(request: Request, event: Event) -> None:
    by, button, pk = request.person, request.POST.get("do"), number_in(request.POST.get("pk"))
    if button == "table":
        changes.give_table(request, event)
        return
    topic = get_object_or_404(event.topics.select_related("event", "opportunity"), pk=pk)
    if button in {"up", "down"}:
        attempt(
            request,
            lambda: move_topic(by=by, topic=topic, up=button == "up"),
            lambda _done: _("Moved."),
        )
    elif button == "accept":
        attempt(
            request,
            lambda: accept_topic(by=by, topic=topic),
            lambda _done: _("It is on the agenda. No table talks about it yet."),
        )
    elif button == "remove":
        attempt(
            request,
            lambda: remove_topic(by=by, topic=topic),
            lambda _done: _("It is off the agenda."),
        )
    elif button in changes.CHANGES:
        changes.take_up(request, topic, button)


@login_required
@one_at_a_time
def event_topic(request: Request, slug: str, pk: int) -> HttpResponse:
    event = planned_event(request, slug, "topic.choose")
    topic = get_object_or_404(event.topics.select_related("event", "opportunity"), pk=pk)
    form = TopicForm(request.POST or None, topic=topic)
    watch(form, topic)
    if request.method == "POST" and form.is_valid():
        try:
            changes.change(request, topic, form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _back(event)
    context = {"event": event, "topic": topic, "form": form, "history": history_of(topic)}
    return render(request, "web/agenda_topic.jinja", context)


@login_required
@require_POST
def opportunity_agenda(request: Request, pk: int) -> HttpResponse:
    """Put an opportunity on the agenda of an event, from its own page."""
    found = get_opportunity(request, pk)
    event = planned_event(request, request.POST.get("event", ""), "topic.choose")
    if event.footprint_id != found.footprint_id or found.audience != Run.Audience.PARTNERSHIP:
        raise Http404
    refused = _put_on(request, event, found)
    return show(request, found, refused_topic=refused) if refused else redirect("opportunity", pk)
