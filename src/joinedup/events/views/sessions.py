"""The day of an event: its agenda, hosts and speakers. For planners."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from joinedup.accounts.permissions import may
from joinedup.accounts.request import Request
from joinedup.accounts.stale import one_at_a_time, watch
from joinedup.events.actions import sessions as actions
from joinedup.events.forms.sessions import SessionForm, SpeakerForm
from joinedup.events.models import Session, Speaker
from joinedup.events.queries.sessions import day_of
from joinedup.events.views.event import planned_event


@login_required
@never_cache
def event_day(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "event.plan")
    return render(request, "events/sessions.jinja", {"event": event, "day": day_of(event)})


@login_required
@never_cache
def event_session(request: Request, slug: str) -> HttpResponse:
    """Add a part of the day."""
    event = planned_event(request, slug, "event.plan")
    form = SessionForm(request.POST or None, event=event)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_session(by=request.person, event=event, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("On the agenda: %(title)s.") % {"title": made.title})
            return redirect("event_day", event.slug)
    return render(request, "events/session.jinja", {"event": event, "session": None, "form": form})


@login_required
@never_cache
@one_at_a_time
def session(request: Request, pk: int) -> HttpResponse:
    found = _session(request, pk)
    event = found.event
    if request.POST.get("do") == "remove":
        actions.remove_session(by=request.person, session=found)
        messages.success(request, _("Off the agenda: %(title)s.") % {"title": found.title})
        return redirect("event_day", event.slug)
    form = SessionForm(request.POST or None, event=event, session=found)
    watch(form, found)
    if request.method == "POST" and form.is_valid():
        sure = request.POST.get("forget") == "yes"
        try:
            actions.change_session(by=request.person, session=found, forget_notes=sure, **form.cleaned_data)
        except actions.NotesWouldGo:
            return render(
                request, "events/session_notes.jinja", {"event": event, "session": found, "form": form}
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved: %(title)s.") % {"title": found.title})
            return redirect("event_day", event.slug)
    context = {"event": event, "session": _session(request, pk), "form": form}
    return render(request, "events/session.jinja", context)


def _session(request: Request, pk: int) -> Session:
    found = get_object_or_404(Session.objects.select_related("event__footprint"), pk=pk)
    if not may(request.person, "event.plan", found):
        raise Http404
    return found


@login_required
@never_cache
def event_speaker(request: Request, slug: str) -> HttpResponse:
    """Add somebody who hosts, chairs or speaks."""
    event = planned_event(request, slug, "event.plan")
    form = SpeakerForm(request.POST or None, person=request.person, event=event)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_speaker(by=request.person, event=event, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Added."))
            return redirect("event_day", event.slug)
    return render(request, "events/speaker.jinja", {"event": event, "speaker": None, "form": form})


@login_required
@never_cache
@one_at_a_time
def speaker(request: Request, pk: int) -> HttpResponse:
    found = _speaker(request, pk)
    event = found.event
    if request.POST.get("do") == "remove":
        actions.remove_speaker(by=request.person, speaker=found)
        messages.success(request, _("Taken off: nothing is kept of them here."))
        return redirect("event_day", event.slug)
    form = SpeakerForm(request.POST or None, person=request.person, event=event, speaker=found)
    watch(form, found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_speaker(by=request.person, speaker=found, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("event_day", event.slug)
    context = {"event": event, "speaker": _speaker(request, pk), "form": form}
    return render(request, "events/speaker.jinja", context)


def _speaker(request: Request, pk: int) -> Speaker:
    found = get_object_or_404(Speaker.objects.select_related("event__footprint", "session"), pk=pk)
    if not may(request.person, "event.plan", found):
        raise Http404
    return found
