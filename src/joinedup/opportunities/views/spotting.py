"""People add the opportunities that they see: first what and where, then who. Nothing is kept before the end."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from joinedup.accounts.request import Request
from joinedup.opportunities.actions.spotting import spot, withdraw
from joinedup.opportunities.forms.spotting import SpotForm
from joinedup.opportunities.models import Opportunity
from joinedup.opportunities.queries import beside, spotting

FIRST_STEP = ("sentence", "place", "theme")


@login_required
def opportunity_spot(request: Request) -> HttpResponse:
    if request.method != "POST":
        form = SpotForm(person=request.person, initial={"place": request.GET.get("place", "")[:9]})
        return _what(request, form)
    form = SpotForm(request.POST, person=request.person)
    done = request.POST.get("do")
    valid = form.is_valid()
    if done == "back":
        return _what(request, SpotForm(person=request.person, initial=form.kept()), form)
    if any(name in form.errors for name in FIRST_STEP):
        return _what(request, form, form)
    if not valid or done != "add":
        return _who(request, form)
    try:
        values = {name: value for name, value in form.cleaned_data.items() if name != "find"}
        made = spot(by=request.person, **values)
    except ValidationError as error:
        form.add_error(None, error)
        return _who(request, form)
    return _thanks(request, made)


def _what(request: Request, form: SpotForm, sent: SpotForm | None = None) -> HttpResponse:
    """The first step. What the second step had goes along, hidden; what is wrong with it is said there."""
    for name in set(form.errors) - set(FIRST_STEP):
        del form.errors[name]
    kept = sent.kept() if sent else {"parties": [], "first_step": ""}
    context = {"form": form, "kept": kept, "is_covered": spotting.places_to_choose().exists()}
    return render(request, "opportunities/spot.jinja", context)


def _who(request: Request, form: SpotForm) -> HttpResponse:
    """The second step: ones like it that are there already, and who could work together."""
    person, given = request.person, form.cleaned_data
    footprint, place, theme = form.footprint, given["place"], given["theme"]
    assert footprint is not None
    ticked = list(given.get("parties", ()))
    like = beside.like(person, place.pk, theme.pk if theme else None, [each.pk for each in ticked])
    context = {
        "form": form,
        "footprint": footprint,
        "is_member": spotting.is_member(person, footprint),
        "like": list(like[: beside.SIMILAR]),
        "choice": spotting.choice(person, footprint, place, theme, ticked=ticked, text=given.get("find", "")),
    }
    return render(request, "opportunities/spot_who.jinja", context)


def _thanks(request: Request, made: Opportunity) -> HttpResponse:
    if spotting.is_own_only(request.person, made):
        name = made.footprint.name
        messages.success(request, _("Thank you: it is on the list of %(name)s.") % {"name": name})
        return redirect("opportunity_mine")
    messages.success(request, _("Thank you: your opportunity is on the list."))
    return redirect("opportunity", made.pk)


@login_required
@require_GET
def opportunity_mine(request: Request) -> HttpResponse:
    return render(request, "opportunities/mine.jinja", {"mine": spotting.mine(request.person)})


@login_required
@require_POST
def opportunity_withdraw(request: Request, pk: int) -> HttpResponse:
    own = spotting.own(request.person, pk)
    if own is None:
        raise Http404
    try:
        withdraw(by=request.person, opportunity=own)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Taken back: it is no longer on the list."))
    return redirect("opportunity_mine")
