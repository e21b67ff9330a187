"""The buildings in which a partnership meets: for those who plan its events."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from joinedup.accounts.permissions import may
from joinedup.accounts.request import Request
from joinedup.accounts.stale import one_at_a_time, watch
from joinedup.events.actions.venues import add_venue, change_venue
from joinedup.events.forms.venues import VenueForm
from joinedup.events.queries import venues as queries


@login_required
def venues(request: Request) -> HttpResponse:
    _refuse(request)
    kept = list(queries.kept_by(request.person))
    context = {"venues": [(each, queries.is_stale(each)) for each in kept]}
    return render(request, "events/venues.jinja", context)


def _refuse(request: Request) -> None:
    if not may(request.person, "venue.keep"):
        raise Http404


@login_required
def venue_add(request: Request) -> HttpResponse:
    _refuse(request)
    form = VenueForm(request.POST or None, person=request.person)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_venue(by=request.person, **form.details())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("In the list: %(venue)s.") % {"venue": made.name})
            return redirect("venues")
    return render(request, "events/venue.jinja", {"venue": None, "form": form})


@login_required
@one_at_a_time
def venue(request: Request, pk: int) -> HttpResponse:
    _refuse(request)
    found = get_object_or_404(queries.kept_by(request.person), pk=pk)
    form = VenueForm(request.POST or None, person=request.person, venue=found)
    watch(form, found)
    if request.method == "POST" and form.is_valid():
        try:
            change_venue(by=request.person, venue=found, **form.details())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved: %(venue)s.") % {"venue": found.name})
            return redirect("venues")
    found = get_object_or_404(queries.kept_by(request.person), pk=pk)
    return render(request, "events/venue.jinja", {"venue": found, "form": form})
