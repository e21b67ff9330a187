"""What a coordinator decides about one opportunity, from its page or from a list."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from joinedup.accounts.permissions import require
from joinedup.accounts.request import Request
from joinedup.opportunities.actions.deciding import (
    assign,
    put_back,
    set_aside,
    snooze,
    take_up,
    unassign,
    wake,
)
from joinedup.opportunities.forms.one import AssignForm, SnoozeForm
from joinedup.opportunities.models import Opportunity
from joinedup.opportunities.queries.desk import people_for
from joinedup.opportunities.views.one import get_opportunity, show


@login_required
@require_POST
def opportunity_take_up(request: Request, pk: int) -> HttpResponse:
    return _decide(request, pk, lambda found: take_up(by=request.person, opportunity=found))


@login_required
@require_POST
def opportunity_set_aside(request: Request, pk: int) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return _decide(request, pk, lambda found: set_aside(by=request.person, opportunity=found, reason=reason))


def _back_on_the_list(found: Opportunity) -> str:
    return _("Back on the list: %(heading)s") % {"heading": found.heading}


@login_required
@require_POST
def opportunity_put_back(request: Request, pk: int) -> HttpResponse:
    return _decide(
        request,
        pk,
        lambda found: put_back(by=request.person, opportunity=found),
        _back_on_the_list,
    )


@login_required
@require_POST
def opportunity_snooze(request: Request, pk: int) -> HttpResponse:
    found = get_opportunity(request, pk)
    require(request.person, "opportunity.snooze", on=found)
    form = SnoozeForm(request.POST)
    if form.is_valid():
        try:
            done = snooze(by=request.person, opportunity=found, until=form.until())
        except ValidationError as error:
            form.add_error("day" if form.cleaned_data["length"] == "day" else "length", error)
        else:
            until = done.snoozed_until or form.until()
            words = {"heading": done.heading, "day": date_format(until, "j F Y")}
            messages.success(request, _("Off the list until %(day)s: %(heading)s") % words)
            return _back(request, pk)
    return show(request, get_opportunity(request, pk), snooze_form=form)


@login_required
@require_POST
def opportunity_wake(request: Request, pk: int) -> HttpResponse:
    return _decide(
        request,
        pk,
        lambda found: wake(by=request.person, opportunity=found),
        _back_on_the_list,
    )


@login_required
@require_POST
def opportunity_assign(request: Request, pk: int) -> HttpResponse:
    found = get_opportunity(request, pk)
    require(request.person, "opportunity.assign", on=found)
    form = AssignForm(request.POST, people=people_for(found))
    if not form.is_valid():
        messages.error(request, _("Choose somebody of this partnership."))
        return redirect("opportunity", pk)
    to = form.cleaned_data["to"]
    return _decide(
        request,
        pk,
        lambda found: assign(by=request.person, opportunity=found, to=to),
        lambda _found: _("%(name)s has it now: it waits for them in My work.") % {"name": to},
    )


@login_required
@require_POST
def opportunity_unassign(request: Request, pk: int) -> HttpResponse:
    return _decide(
        request,
        pk,
        lambda found: unassign(by=request.person, opportunity=found),
        lambda _found: _("It is nobody's in particular again."),
    )


def _recorded(found: Opportunity) -> str:
    words = {"state": found.get_state_display().lower(), "heading": found.heading}
    return _("Recorded: %(state)s. %(heading)s") % words


def _decide(
    request: Request,
    pk: int,
    act: Callable[[Opportunity], Opportunity],
    say: Callable[[Opportunity], str] = _recorded,
) -> HttpResponse:
    found = get_opportunity(request, pk)
    try:
        done = act(found)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, say(done))
    return _back(request, pk)


def _back(request: Request, pk: int) -> HttpResponse:
    """To the list of changes where the button stood there, else to the page of the opportunity."""
    wanted = request.POST.get("next", "")
    ours = reverse("opportunity_changes")
    if wanted.split("?")[0] == ours and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return redirect(wanted)
    return redirect("opportunity", pk)
