"""People add the opportunities that they see."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from joinedup.accounts.request import Request
from joinedup.opportunities import actions
from joinedup.opportunities.forms import SpotForm
from joinedup.places.models import Footprint


@login_required
def opportunity_spot(request: Request) -> HttpResponse:
    footprint = own_footprint(request)
    form = SpotForm(request.POST or None, person=request.person, footprint=footprint)
    if request.method == "POST" and form.is_valid():
        try:
            spotted = actions.spot(by=request.person, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("sentence", error)
        except PermissionDenied:
            form.add_error("parties", _("Name your own organisation among those who could work together."))
        else:
            messages.success(request, _("Thank you: your opportunity is on the list."))
            return redirect("opportunity", spotted.pk)
    return render(request, "opportunities/spot.jinja", {"form": form, "footprint": footprint})


def own_footprint(request: Request) -> Footprint:
    footprint = Footprint.objects.filter(pk__in=request.person.footprint_ids).first()
    if footprint is None:
        raise PermissionDenied(
            _("Only members of a partnership can add an opportunity. Ask its coordinator.")
        )
    return footprint
