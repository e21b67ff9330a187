"""The pages on which support is written down: from a funder's page, by hand, and changed."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts.permissions import may, require
from joinedup.accounts.request import Request
from joinedup.accounts.stale import one_at_a_time, watch
from joinedup.support import actions
from joinedup.support.forms import FunderPageForm, OfferForm, filled_in
from joinedup.support.funder_pages import held_already, read_funder_page, said_again, updated
from joinedup.support.models import Offer
from joinedup.support.queries import offers_for

# What is asked for first where the page does not say it.
ASKED = (
    "footprint", "name", "provider", "kind", "basis", "closes", "opens", "who_may_use", "sectors", "via_sectors",
    "themes", "is_general", "places", "amount_max_gbp", "purpose",
)  # fmt: skip


@login_required
def offer_read(request: Request) -> HttpResponse:
    """Paste a funder's page or give its address: what can be read fills in the form, and nothing is stored."""
    require(request.person, "offer.add")
    page = FunderPageForm(request.POST or None)
    if request.method != "POST" or not page.is_valid():
        return render(request, "support/read.jinja", {"form": page})
    read = read_funder_page(page.cleaned_data["text"], page.cleaned_data["url"], timezone.localdate())
    if not read.said:
        page.add_error(
            "text", _("Nothing about support could be read in that: paste more of it, or add it by hand.")
        )
        return render(request, "support/read.jinja", {"form": page})
    form = OfferForm(request.person, initial=read.initial, is_new=True)
    given = [str(read.initial.get(name, "")) for name in ("name", "provider", "url")]
    held = held_already(request.person, *given)
    return _page(request, form, said=read.said, held=held, is_cut=read.is_cut)


@login_required
def offer_add(request: Request) -> HttpResponse:
    """Add support that was typed or read; what is held already is said before it is added twice."""
    require(request.person, "offer.add")
    said = said_again(request.POST.get("said", ""))
    if slug := request.POST.get("instead") or request.POST.get("held"):
        return _update(request, get_object_or_404(offers_for(request.person), slug=slug), said)
    form = OfferForm(request.person, request.POST or None, is_new=True)
    held: list[Offer] = []
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        held = held_already(request.person, values["name"], values["provider"], values["url"])
        if not held or "another" in request.POST:
            try:
                made = actions.add_offer(by=request.person, facts=form.facts(), footprint=form.home())
                return redirect("offer", made.slug)
            except ValidationError as error:
                form.add_error(None, error)
    return _page(request, form, said=said, held=held)


def _update(request: Request, old: Offer, said: dict[str, tuple[str, str]]) -> HttpResponse:
    """Fill in what is held with what the page says; saved, it counts as checked today."""
    require(request.person, "offer.change", on=old)
    form = OfferForm(request.person, request.POST)
    if "instead" in request.POST:
        form.is_valid()
        merged = updated(filled_in(old), _keys(form.cleaned_data))
        return _page(request, OfferForm(request.person, initial=merged), old=old, said=said, is_update=True)
    if form.is_valid():
        try:
            actions.change_offer(by=request.person, offer=old, facts=form.facts(), checked=True)
            return redirect("offer", old.slug)
        except ValidationError as error:
            form.add_error(None, error)
    return _page(request, form, old=old, said=said, is_update=True)


def _keys(values: dict[str, Any]) -> dict[str, Any]:
    """Cleaned values as a form takes them to begin with."""
    lists = ("themes", "sectors", "via_sectors", "places")
    return {name: [each.pk for each in value] if name in lists else value for name, value in values.items()}


@login_required
@one_at_a_time
def offer_edit(request: Request, slug: str) -> HttpResponse:
    old = get_object_or_404(offers_for(request.person), slug=slug)
    require(request.person, "offer.change", on=old)
    form = OfferForm(request.person, request.POST or None, initial=filled_in(old))
    watch(form, old)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(
                "offer", actions.change_offer(by=request.person, offer=old, facts=form.facts()).slug
            )
        except ValidationError as error:
            form.add_error(None, error)
    return _page(request, form, said={}, old=old)


def _page(
    request: Request,
    form: OfferForm,
    *,
    said: dict[str, tuple[str, str]],
    held: list[Offer] | None = None,
    old: Offer | None = None,
    is_cut: bool = False,
    is_update: bool = False,
) -> HttpResponse:
    """The form; where a page was read, what it says first, then what is asked, then the rest."""
    read = [name for name in form.fields if name in said]
    asked = [name for name in form.fields if name in ASKED and name not in read] if said else []
    context = {
        "form": form,
        "offer": old,
        "said": said,
        "said_again": json.dumps(said),
        "read": read,
        "asked": asked,
        "rest": [each.name for each in form.visible_fields() if each.name not in (*read, *asked)],
        "held": [(each, may(request.person, "offer.change", each)) for each in held or []],
        "is_cut": is_cut,
        "is_update": is_update,
        "today": timezone.localdate(),
    }
    return render(request, "support/form.jinja", context)
