"""The agenda of an event, and proposals for it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from joinedup.accounts.request import Request
from joinedup.events.actions.topics import change_topic, propose_topic
from joinedup.events.forms.topics import ProposalForm, TopicForm, may_propose
from joinedup.events.queries import events as queries
from joinedup.events.views.event import planned_event


@login_required
def event_topic(request: Request, slug: str, pk: int) -> HttpResponse:
    event = planned_event(request, slug, "topic.choose")
    topic = get_object_or_404(event.topics.select_related("event", "opportunity"), pk=pk)
    form = TopicForm(request.POST or None, topic=topic)
    if request.method == "POST" and form.is_valid():
        try:
            change_topic(by=request.person, topic=topic, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("event_topics", event.slug)
    return render(request, "events/topic.jinja", {"event": event, "topic": topic, "form": form})


@login_required
def event_propose(request: Request, slug: str) -> HttpResponse:
    events = queries.listed(request.person).select_related("footprint")
    found = get_object_or_404(events, slug=slug, is_history=False)
    if not may_propose(request.person, found):
        raise Http404
    form = ProposalForm(request.POST or None, person=request.person, event=found)
    if request.method == "POST" and form.is_valid():
        try:
            propose_topic(by=request.person, event=found, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, _("Thank you. Those who plan the event decide, and you will see it here.")
            )
            return redirect("event", found.slug)
    return render(request, "events/propose.jinja", {"event": found, "form": form})
