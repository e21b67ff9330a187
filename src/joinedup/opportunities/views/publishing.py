"""Whether the public reads the opportunities of a partnership: to see what it would read, and to say so."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from joinedup.accounts.request import Request
from joinedup.opportunities.actions.publishing import hide_from_public, show_to_public
from joinedup.opportunities.queries import weighing
from joinedup.opportunities.queries.publishing import publishing
from joinedup.places.models import Footprint


@login_required
def opportunity_public(request: Request) -> HttpResponse:
    footprint = _footprint(request)
    if request.method == "POST":
        shows = request.POST.get("do") == "show"
        act = show_to_public if shows else hide_from_public
        try:
            act(by=request.person, footprint=footprint)
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            messages.success(
                request,
                _("The public can read them now. You can take this back below.")
                if shows
                else _("The public reads none of them any more."),
            )
        return redirect(f"{reverse('opportunity_public')}?partnership={footprint.slug}")
    return render(request, "opportunities/public.jinja", {"page": publishing(request.person, footprint)})


def _footprint(request: Request) -> Footprint:
    """The one asked for, else one that they coordinate, of those that the person reads from inside."""
    asked, own = request.GET.get("partnership"), request.person.coordinated_ids
    found = sorted(weighing.readable(request.person), key=lambda each: each.pk not in own)
    if asked:
        found = [each for each in found if each.slug == asked]
    if not found:
        raise Http404
    return found[0]
