"""The pages of support: the finder, an offer, and the forms that keep it true."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from joinedup.accounts import audit
from joinedup.accounts.permissions import may, require
from joinedup.accounts.request import Request
from joinedup.documents.csv_file import as_csv
from joinedup.partners.queries import visible_partners
from joinedup.support import actions
from joinedup.support.eligibility import answer, needs_checking
from joinedup.support.forms import CorrectionForm, FinderForm, OfferForm, filled_in
from joinedup.support.models import Offer
from joinedup.support.queries import (
    CSV_HEADER,
    Listed,
    by_basis,
    corrections,
    csv_rows,
    find,
    offers_for,
    provider_of,
    terms_of,
    users_of,
)

PAGE = 20
# How many closed offers are listed below the open ones before the reader asks for all.
HISTORY_FIRST = 5


@require_safe
def support(request: Request) -> HttpResponse:
    form = FinderForm(request.GET)
    question = form.question()
    found = find(request.person, question, form.cleaned_data.get("kind", ""), timezone.localdate())
    only_history = "history" in request.GET
    answers = request.GET.copy()
    for name in ("history", "page"):
        answers.pop(name, None)
    listed: QuerySet[Offer] | list[Listed] = found.history if only_history else found.open
    page: Page[Any] = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "question": question,
        "answers": answers.urlencode(),
        "found": found,
        "page": page,
        "sections": by_basis([] if only_history else page),
        "only_history": only_history,
        "history_count": found.history.count(),
        "history_first": [] if only_history else list(found.history[:HISTORY_FIRST]),
    }
    return render(request, "support/support.jinja", context)


@require_safe
def support_csv(request: Request) -> HttpResponse:
    content = as_csv(CSV_HEADER, csv_rows(offers_for(request.person)))
    name = f"support-{timezone.localdate().isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
def offer(request: Request, slug: str) -> HttpResponse:
    shown = get_object_or_404(offers_for(request.person), slug=slug)
    question = FinderForm(request.GET).question()
    on = timezone.localdate()
    initiatives = list(users_of(shown, request.person))
    history = audit.history(shown) if may(request.person, "offer.change", shown) else []
    context = {
        "offer": shown,
        "question": question,
        "is_over": shown.is_over(on),
        "said": answer(
            terms_of(shown), question.sector or None, question.place_codes, question.theme or None, on
        ),
        "needs_checking": needs_checking(shown.last_checked, on),
        "partner": provider_of(shown, request.person),
        "initiatives": initiatives,
        "seen": visible_partners(request.person, [each.partner_id for each in initiatives]),
        "history": history,
        "corrections": corrections(history),
        "differences": audit.differences,
    }
    return render(request, "support/offer.jinja", context)


@login_required
def offer_add(request: Request) -> HttpResponse:
    require(request.person, "offer.add")
    form = OfferForm(request.person, request.POST or None, is_new=True)
    return _written(
        request,
        form,
        None,
        lambda: actions.add_offer(by=request.person, facts=form.facts(), footprint=form.home()),
    )


@login_required
def offer_edit(request: Request, slug: str) -> HttpResponse:
    old = get_object_or_404(offers_for(request.person), slug=slug)
    require(request.person, "offer.change", on=old)
    form = OfferForm(request.person, request.POST or None, initial=filled_in(old))
    return _written(
        request, form, old, lambda: actions.change_offer(by=request.person, offer=old, facts=form.facts())
    )


@login_required
def offer_confirm(request: Request, slug: str) -> HttpResponse:
    old = get_object_or_404(offers_for(request.person), slug=slug)
    require(request.person, "offer.confirm", on=old)
    if request.method != "POST":
        return render(request, "support/confirm.jinja", {"offer": old})
    actions.confirm_offer(by=request.person, offer=old)
    messages.success(request, _("Thank you. It says “checked today”."))
    return redirect("offer", slug)


@login_required
def offer_correct(request: Request, slug: str) -> HttpResponse:
    """Tell its keepers what is wrong with it."""
    shown = get_object_or_404(offers_for(request.person), slug=slug)
    require(request.person, "offer.correct", on=shown)
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_offer(by=request.person, offer=shown, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Thank you. Those who keep this record are told what you wrote."))
            return redirect("offer", slug)
    return render(request, "support/correct.jinja", {"form": form, "offer": shown})


def _written(
    request: Request, form: OfferForm, old: Offer | None, write: Callable[[], Offer]
) -> HttpResponse:
    """Save a form and show the result, or show the form with its errors."""
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("offer", write().slug)
        except ValidationError as error:
            form.add_error(None, error)
    return render(request, "support/form.jinja", {"form": form, "offer": old})
