"""The agenda, for planners."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from joinedup.accounts.posted import attempt, decimal_in, number_in, numbers_in
from joinedup.accounts.request import Request
from joinedup.events.actions.topics import (
    accept_topic,
    choose_opportunity,
    merge_topics,
    move_topic,
    narrow_topic,
    remove_topic,
    separate_topics,
    widen_topic,
)
from joinedup.events.models import Event, Topic
from joinedup.events.views.event import planned_event
from joinedup.opportunities.models import Opportunity, Run
from joinedup.places.models import Place
from joinedup.tables import undo
from joinedup.web.agenda.queries import agenda_to_plan


@login_required
def event_topics(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "topic.choose")
    if request.method == "POST":
        _topic_button(request, event)
        return redirect("event_topics", event.slug)
    context = {
        "event": event,
        "agenda": agenda_to_plan(request.person, event),
        "undo": undo.offered(request),
    }
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
    elif button in CHANGES:
        _change(request, topic, button)


CHANGES = {"widen", "narrow", "merge", "separate"}


def _change(request: Request, topic: Topic, button: str) -> None:
    """Take up a proposal, or take that back: what the topic was is in the button that undoes it."""
    by, post, event = request.person, request.POST, topic.event
    places = list(Place.objects.filter(pk__in=post.getlist("places")).order_by("name"))
    was: list[tuple[str, object]] = [("title", topic.title)]
    was += [("places", place.pk) for place in topic.places.all()]
    try:
        if button == "widen":
            places = [place for place in places if event.footprint and place in event.footprint.places.all()]
            widen_topic(by=by, topic=topic, places=places)
            said = _("Now about more places: %(title)s") % {"title": topic.title}
            undo.offer(request, said, [("do", "narrow"), ("pk", topic.pk), *was])
        elif button == "merge":
            others = list(
                event.topics.filter(pk__in=numbers_in(post.getlist("with"))).order_by("order", "pk")
            )
            was += [("weight", topic.weight), *(("parties", party.pk) for party in topic.parties.all())]
            merge_topics(by=by, topic=topic, others=others)
            said = _("Now one topic: %(title)s") % {"title": topic.title}
            parts = [("parts", each.pk) for each in others]
            undo.offer(request, said, [("do", "separate"), ("pk", topic.pk), *parts, *was])
        elif button == "narrow":
            narrow_topic(by=by, topic=topic, places=places, title=post.get("title", ""))
            messages.success(request, _("Back to what it was: %(title)s") % {"title": topic.title})
        else:
            separate_topics(
                by=by,
                topic=topic,
                parts=numbers_in(post.getlist("parts")),
                title=post.get("title", ""),
                weight=decimal_in(post.get("weight")),
                parties=topic.parties.filter(pk__in=numbers_in(post.getlist("parties"))),
                places=topic.places.filter(pk__in=post.getlist("places")),
            )
            messages.success(request, _("They are topics by themselves again."))
    except ValidationError as error:
        messages.error(request, error.messages[0])


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
