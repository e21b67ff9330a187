"""Pages for a list of support of another installation: bring it, look and tick, undo, drop."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from joinedup.accounts.permissions import require
from joinedup.accounts.request import Request
from joinedup.spreadsheets.forms import OfferListForm
from joinedup.spreadsheets.offer_list_actions import accept_list, bring_list, drop_list, undo_list
from joinedup.spreadsheets.offer_lists import lists_of, preview
from joinedup.spreadsheets.parse import MOST_BYTES
from joinedup.support.models import OfferList

SHOWN = 20


@login_required
def offer_lists(request: Request) -> HttpResponse:
    require(request.person, "offer.bring_list")
    form = OfferListForm(request.person, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            brought = bring_list(
                by=request.person,
                footprint=form.home(),
                content=file.read(MOST_BYTES + 1),
                file_name=file.name,
            )
            return redirect("offer_list", brought.pk)
        except ValidationError as error:
            form.add_error("file", error.messages[0])
    context = {"form": form, "lists": lists_of(request.person)[:SHOWN]}
    return render(request, "spreadsheets/offer_lists.jinja", context)


@login_required
def offer_list(request: Request, pk: int) -> HttpResponse:
    brought = get_object_or_404(lists_of(request.person), pk=pk)
    require(request.person, "offer.bring_list", on=brought)
    if brought.state != OfferList.State.WAITING:
        return redirect("offer_lists")
    ticked = {int(each) for each in request.POST.getlist("row") if each.isascii() and each.isdigit()}
    refused = ""
    if request.method == "POST":
        try:
            made, changed = accept_list(by=request.person, brought=brought, rows=ticked)
        except ValidationError as error:
            refused = error.messages[0]
        else:
            said = _("Accepted: %(made)s new, %(changed)s changed. You can undo it below.")
            messages.success(request, said % {"made": made, "changed": changed})
            return redirect("offer_lists")
    seen = preview(request.person, brought)
    context = {"brought": brought, "seen": seen, "refused": refused, "ticked": ticked}
    return render(request, "spreadsheets/offer_list.jinja", context)


@login_required
def offer_list_undo(request: Request, pk: int) -> HttpResponse:
    brought = get_object_or_404(lists_of(request.person), pk=pk)
    require(request.person, "offer.bring_list", on=brought)
    if brought.state != OfferList.State.ACCEPTED:
        return redirect("offer_lists")
    refused = ""
    if request.method == "POST":
        try:
            made, changed = undo_list(by=request.person, brought=brought)
        except ValidationError as error:
            refused = error.messages[0]
        else:
            said = _("Undone: %(made)s removed, %(changed)s as they were before.")
            messages.success(request, said % {"made": made, "changed": changed})
            return redirect("offer_lists")
    return render(request, "spreadsheets/offer_list_undo.jinja", {"brought": brought, "refused": refused})


@login_required
@require_POST
def offer_list_drop(request: Request, pk: int) -> HttpResponse:
    brought = get_object_or_404(lists_of(request.person), pk=pk)
    try:
        drop_list(by=request.person, brought=brought)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Thrown away: nothing of it is kept."))
    return redirect("offer_lists")
