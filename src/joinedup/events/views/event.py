"""Make an event and its room: for planners."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from joinedup.accounts.permissions import may
from joinedup.accounts.posted import number_in
from joinedup.accounts.request import Request
from joinedup.accounts.stale import one_at_a_time, watch
from joinedup.events.actions.event import add_event, change_event, set_tables
from joinedup.events.forms.event import EventForm, TablesForm
from joinedup.events.models import Event, Stop


def planned_event(request: Request, slug: str, permission: str) -> Event:
    """The event, for anyone who may do `permission` to it; 404 for everyone else."""
    event = get_object_or_404(
        Event.objects.select_related("footprint", "programme"), slug=slug, is_history=False
    )
    if not may(request.person, permission, event):
        raise Http404
    return event


@login_required
def event_add(request: Request) -> HttpResponse:
    if not may(request.person, "event.add"):
        raise Http404
    stop = _stop_asked_for(request)
    data = request.POST or None
    form = (
        EventForm.for_stop(data, person=request.person, stop=stop)
        if stop
        else EventForm(data, person=request.person)
    )
    if request.method == "POST" and form.is_valid():
        try:
            event = add_event(by=request.person, stop=stop, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            words = _(
                "The event is there, as a draft: only those who plan it see it. Next: choose its topics."
            )
            messages.success(request, words)
            return redirect("event_plan", event.slug)
    context = {"event": None, "form": form, "tables": None, "stop": stop}
    return render(request, "events/edit.jinja", context)


def _stop_asked_for(request: Request) -> Stop | None:
    """The programme's stop for which an event is to be made, if the user plans programmes."""
    if "stop" not in request.GET:
        return None
    if not may(request.person, "programme.plan"):
        raise Http404
    stops = Stop.objects.select_related("programme", "event")
    return get_object_or_404(stops, pk=number_in(request.GET["stop"]))


@login_required
@one_at_a_time
def event_edit(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "event.change")
    is_room = request.POST.get("form") == "tables"
    form = EventForm(None if is_room else request.POST or None, person=request.person, event=event)
    watch(form, event)
    tables = TablesForm.of(event, request.POST if is_room else None)
    sent = request.method == "POST" and (tables if is_room else form).is_valid()
    if sent and (is_room or not form.warns(event)):
        try:
            if is_room:
                set_tables(by=request.person, event=event, **tables.room())
            else:
                change_event(by=request.person, event=event, **form.details())
        except ValidationError as error:
            (tables if is_room else form).add_error(None, error)
        else:
            told = not is_room and form.cleaned_data["tell"] and form.moves()
            messages.success(request, _("Saved. Those who come are told.") if told else _("Saved."))
            return redirect("event_edit" if is_room else "event", event.slug)
    event = planned_event(request, slug, "event.change")
    return render(
        request, "events/edit.jinja", {"event": event, "form": form, "tables": tables, "stop": None}
    )
