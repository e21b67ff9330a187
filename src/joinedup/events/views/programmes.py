"""Series of events: the public pages, and planning them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from joinedup.accounts.permissions import may
from joinedup.accounts.posted import number_in
from joinedup.accounts.request import Request
from joinedup.accounts.stale import one_at_a_time, watch
from joinedup.documents.csv_file import as_csv, csv_file
from joinedup.events.actions.programmes import (
    add_programme,
    add_stop,
    change_programme,
    move_stop,
    remove_stop,
)
from joinedup.events.forms.programmes import ProgrammeForm, StopForm
from joinedup.events.models import Programme, Stop
from joinedup.events.queries import programmes as queries

# Where the session keeps how to undo the last button, until the plan has been shown with it.
UNDO = "undo_stop"


@require_safe
def programmes(request: Request) -> HttpResponse:
    lines = queries.lines(request.person, timezone.localdate())
    return render(request, "events/programmes.jinja", {"lines": lines})


@require_safe
def programme_csv(request: Request, slug: str) -> HttpResponse:
    found = _seen(request, slug)
    plan = queries.plan_of(request.person, found, timezone.localdate())
    return csv_file(f"{found.slug}.csv", as_csv(queries.CSV_HEADER, queries.csv_rows(plan)))


def _seen(request: Request, slug: str) -> Programme:
    return get_object_or_404(queries.seen_by(request.person, timezone.localdate()), slug=slug)


def _planned(request: Request, slug: str) -> Programme:
    """The programme, for those who plan programmes; 404 for everyone else."""
    if not may(request.person, "programme.plan"):
        raise Http404
    return get_object_or_404(Programme, slug=slug)


@login_required
def programme_add(request: Request) -> HttpResponse:
    if not may(request.person, "programme.plan"):
        raise Http404
    form = ProgrammeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_programme(by=request.person, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("name", error)
        else:
            messages.success(request, _("The programme is there. Next: say where it goes when."))
            return redirect("programme_plan", made.slug)
    return render(request, "events/programme_edit.jinja", {"programme": None, "form": form})


@login_required
@one_at_a_time
def programme_edit(request: Request, slug: str) -> HttpResponse:
    found = _planned(request, slug)
    form = ProgrammeForm.of(found, request.POST or None)
    watch(form, found)
    if request.method == "POST" and form.is_valid():
        try:
            change_programme(by=request.person, programme=found, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("name", error)
        else:
            messages.success(request, _("Saved."))
            return redirect("programme", found.slug)
    found = _planned(request, slug)
    return render(request, "events/programme_edit.jinja", {"programme": found, "form": form})


@login_required
@never_cache
def programme_plan(request: Request, slug: str) -> HttpResponse:
    """Add or remove a stop; the last change can be undone."""
    found, today = _planned(request, slug), timezone.localdate()
    form = StopForm(request.POST if request.POST.get("do") == "add" else None, on=today)
    if request.method == "POST" and _stop_button(request, found, form):
        return redirect("programme_plan", found.slug)
    undo = request.session.pop(UNDO) if UNDO in request.session else None
    context = {
        "programme": found,
        "form": form,
        "plan": queries.plan_of(request.person, found, today),
        "stops": list(found.stops.select_related("event")),
        "undo": undo if undo and undo["programme"] == found.pk else None,
    }
    return render(request, "events/programme_plan.jinja", context)


def _stop_button(request: Request, programme: Programme, form: StopForm) -> bool:
    """Do what a button of the plan asked for; False if the form has to be shown again."""
    button = request.POST.get("do")
    if button == "add":
        if not form.is_valid():
            return False
        try:
            stop = add_stop(by=request.person, programme=programme, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
            return False
        _done(request, stop, _("In the plan: %(stop)s."), {"do": "remove", "pk": stop.pk})
    elif button == "remove":
        stop = _stop(programme, request)
        fields = {"do": "add", "region": stop.region, "month": f"{stop.month:%Y-%m}", "note": stop.note}
        try:
            remove_stop(by=request.person, stop=stop)
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            _done(request, stop, _("Out of the plan: %(stop)s."), fields)
    return True


def _stop(programme: Programme, request: Request) -> Stop:
    wanted = number_in(request.POST.get("pk"))
    return get_object_or_404(programme.stops.select_related("event", "programme"), pk=wanted)


def _done(request: Request, stop: Stop, words: str, undo: dict[str, Any]) -> None:
    messages.success(request, words % {"stop": stop})
    request.session[UNDO] = {"programme": stop.programme_id, "to": "", "fields": undo}


@login_required
@never_cache
def stop(request: Request, pk: int) -> HttpResponse:
    """Move one stop to another month or region."""
    if not may(request.person, "programme.plan"):
        raise Http404
    found = get_object_or_404(Stop.objects.select_related("programme", "event"), pk=pk)
    before = {"region": found.region, "month": f"{found.month:%Y-%m}", "note": found.note}
    form = StopForm(request.POST or None, on=timezone.localdate(), stop=found)
    if request.method == "POST" and form.is_valid():
        try:
            move_stop(by=request.person, stop=found, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            _done(request, found, _("Saved: %(stop)s."), before)
            request.session[UNDO]["to"] = reverse("stop", args=[pk])
            return redirect("programme_plan", found.programme.slug)
    found = get_object_or_404(Stop.objects.select_related("programme", "event"), pk=pk)
    return render(request, "events/stop.jinja", {"stop": found, "form": form})
