"""How much each part of a strength counts in a partnership: to read, to try out, to change."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from joinedup.accounts.request import Request
from joinedup.opportunities.actions.weighing import weigh, weigh_as_shipped
from joinedup.opportunities.forms.weighing import WeighForm
from joinedup.opportunities.queries import weighing
from joinedup.places.models import Footprint


@login_required
def opportunity_weights(request: Request) -> HttpResponse:
    """To read; with a POST, to save what was typed or to see what it would do."""
    footprints = _footprints(request)
    found = weighing.weighed(request.person, footprints[0])
    context: dict[str, Any] = {"weighed": found, "others": footprints[1:], "preview": None}
    if request.method != "POST":
        reason = found.weighting.reason if found.weighting else ""
        context["form"] = WeighForm(initial={**asdict(found.weights), "reason": reason})
        return render(request, "opportunities/weights.jinja", context)
    if not found.may_change:
        raise PermissionDenied(_("Only the coordinator of the partnership says what counts."))
    is_preview = request.POST.get("do") == "preview"
    form = context["form"] = WeighForm(request.POST, is_preview=is_preview)
    if form.is_valid() and is_preview:
        day = timezone.localdate()
        context["preview"] = weighing.preview(request.person, found.footprint, form.weights(), day)
    elif form.is_valid() and _saved(request, found.footprint, form):
        return _to(found.footprint)
    return render(request, "opportunities/weights.jinja", context)


def _saved(request: Request, footprint: Footprint, form: WeighForm) -> bool:
    reason = form.cleaned_data["reason"]
    try:
        weigh(by=request.person, footprint=footprint, weights=form.weights(), reason=reason)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("Saved. The list of opportunities now stands in this order."))
    return True


@login_required
@require_POST
def opportunity_weights_as_shipped(request: Request) -> HttpResponse:
    footprint = _footprints(request)[0]
    try:
        weigh_as_shipped(by=request.person, footprint=footprint)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Every part counts as shipped again, and the list is worked out anew."))
    return _to(footprint)


def _footprints(request: Request) -> list[Footprint]:
    """Those that the person reads from inside: first the one asked for, else one that they coordinate. One that they
    do not read is as good as none."""
    asked, own = request.GET.get("partnership"), request.person.coordinated_ids
    found = sorted(
        weighing.readable(request.person), key=lambda each: (each.slug != asked, each.pk not in own)
    )
    if not found or (asked and found[0].slug != asked):
        raise Http404
    return found


def _to(footprint: Footprint) -> HttpResponseRedirect:
    return redirect(f"{reverse('opportunity_weights')}?partnership={footprint.slug}")
