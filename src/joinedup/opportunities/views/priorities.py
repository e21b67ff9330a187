"""Choosing an opportunity for the quarter, and taking it out again."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from joinedup.accounts.permissions import require
from joinedup.accounts.request import Request
from joinedup.opportunities.actions.priorities import choose, unchoose
from joinedup.opportunities.forms.one import ChairForm
from joinedup.opportunities.queries.priorities import chairs_for
from joinedup.opportunities.views.one import get_opportunity


@login_required
@require_POST
def opportunity_choose(request: Request, pk: int) -> HttpResponse:
    found = get_opportunity(request, pk)
    require(request.person, "opportunity.choose", on=found)
    form = ChairForm(request.POST, chairs=chairs_for(found))
    if not form.is_valid():
        messages.error(request, _("Choose a body of this partnership to chair it."))
        return redirect("opportunity", pk)
    try:
        choose(by=request.person, opportunity=found, chair=form.cleaned_data["chair"])
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("It is one of your three for this quarter."))
    return redirect("opportunity", pk)


@login_required
@require_POST
def opportunity_unchoose(request: Request, pk: int) -> HttpResponse:
    found = get_opportunity(request, pk)
    try:
        unchoose(by=request.person, opportunity=found)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("It is no longer one of your three for this quarter."))
    return redirect("opportunity", pk)
