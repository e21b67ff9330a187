"""The pages of support: the finder, an offer, and the forms that keep it true."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from joinedup.accounts import audit
from joinedup.accounts.permissions import may, require
from joinedup.accounts.queries import history_of
from joinedup.accounts.request import Request
from joinedup.documents.csv_file import as_csv, csv_file
from joinedup.partners.models import Partner
from joinedup.partners.queries import visible_partners
from joinedup.support import actions
from joinedup.support.checks import needs_checking
from joinedup.support.eligibility import answer
from joinedup.support.fitting import own_marks, say_not_for_us, take_back_not_for_us
from joinedup.support.forms import CorrectionForm, FinderForm, KeeperForm, ReopeningForm
from joinedup.support.keepers import by_mail, kept_by
from joinedup.support.models import Offer
from joinedup.support.queries import (
    CSV_HEADER,
    FittingOffers,
    Listed,
    by_basis,
    corrections,
    csv_rows,
    find,
    known_of,
    offers_for,
    provider_of,
    terms_of,
    to_share,
    users_of,
)
from joinedup.support.reminders import confirm_from_mail

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
    # Filled in is what is known; nothing is asked with it before somebody presses the button.
    context = {
        "form": form if request.GET else FinderForm(known_of(request.person)),
        "question": question,
        "answers": answers.urlencode(),
        "found": found,
        "page": page,
        "sections": by_basis([] if only_history else page),
        "only_history": only_history,
        "held": _held(found),
        "today": timezone.localdate(),
        "history_first": [] if only_history else list(found.history[:HISTORY_FIRST]),
    }
    return render(request, "support/support.jinja", context)


def _held(found: FittingOffers) -> dict[str, int]:
    """How much of what is held stands where, for a page on which nothing is open."""
    return {
        "shelf": sum(len(listed) for listed in found.shelf.values()),
        "expected": len(found.expected),
        "history": found.history.count(),
    }


@require_safe
def support_csv(request: Request) -> HttpResponse:
    """All that the reader may see; with `?public`, what a list for other installations may hold."""
    offers = offers_for(request.person)
    chosen = to_share(offers) if "public" in request.GET else offers
    name = f"support-{timezone.localdate().isoformat()}.csv"
    return csv_file(name, as_csv(CSV_HEADER, csv_rows(chosen)))


@require_safe
def offer(request: Request, slug: str) -> HttpResponse:
    shown = get_object_or_404(offers_for(request.person), slug=slug)
    form = FinderForm(request.GET)
    question = form.question()
    on = timezone.localdate()
    initiatives = list(users_of(shown, request.person))
    entries = audit.history(shown) if may(request.person, "offer.change", shown) else []
    context = {
        "offer": shown,
        "form": form,
        "question": question,
        "is_over": shown.is_over(on),
        "today": on,
        "said": answer(
            terms_of(shown), question.sector or None, question.place_codes, question.theme or None, on
        ),
        "needs_checking": needs_checking(shown, on),
        "kept_by": kept_by(shown),
        "partner": provider_of(shown, request.person),
        "initiatives": initiatives,
        "seen": visible_partners(request.person, [each.partner_id for each in initiatives]),
        "history": history_of(shown, entries),
        "corrections": corrections(entries),
    }
    return render(request, "support/offer.jinja", context)


@login_required
def offer_confirm(request: Request, slug: str) -> HttpResponse:
    old = get_object_or_404(offers_for(request.person), slug=slug)
    require(request.person, "offer.confirm", on=old)
    if request.method != "POST":
        is_over = old.is_over(timezone.localdate())
        return render(request, "support/confirm.jinja", {"offer": old, "is_over": is_over})
    actions.confirm_offer(by=request.person, offer=old)
    messages.success(request, _("Thank you. It says “checked today”."))
    return redirect("offer", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def offer_check_by_mail(request: Request, token: str) -> HttpResponse:
    """From a reminder, without signing in: only the button confirms, then the next that is due follows."""
    asked = by_mail(token, timezone.localdate())
    if asked is None:
        return render(request, "support/check_dead.jinja", status=404)
    if request.method == "POST":
        confirm_from_mail(token=token, on=timezone.localdate())
        messages.success(request, _("Thank you. It says “checked today”."))
        return redirect("offer_check_by_mail", asked.following or token)
    context = {"asked": asked, "offer": asked.offer, "is_over": asked.offer.is_over(timezone.localdate())}
    return render(request, "support/check_by_mail.jinja", context)


@login_required
def offer_reopen(request: Request, slug: str) -> HttpResponse:
    """Say when what closed is expected to open again; emptied, it is taken back."""
    old = get_object_or_404(offers_for(request.person), slug=slug)
    require(request.person, "offer.reopen", on=old)
    form = ReopeningForm(
        request.POST or None, initial={"reopens": old.reopens, "said_by": old.reopens_said_by}
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.expect_reopening(by=request.person, offer=old, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Noted. It stays closed until somebody changes its dates."))
            return redirect("offer", slug)
    return render(request, "support/reopen.jinja", {"form": form, "offer": old})


@login_required
def offer_keeper(request: Request, slug: str) -> HttpResponse:
    """Say who looks after it."""
    old = get_object_or_404(offers_for(request.person), slug=slug)
    require(request.person, "offer.change", on=old)
    form = KeeperForm(old, request.POST or None, initial={"owner": old.owner_id})
    if request.method == "POST" and form.is_valid():
        actions.hand_over(by=request.person, offer=old, **form.cleaned_data)
        messages.success(request, _("Noted. They are reminded when a check is due."))
        return redirect("offer", slug)
    return render(request, "support/keeper.jinja", {"form": form, "offer": old})


@login_required
@require_POST
def offer_not_for_us(request: Request, slug: str, partner: int) -> HttpResponse:
    offer = get_object_or_404(offers_for(request.person), slug=slug)
    own = get_object_or_404(Partner.objects.filter(pk__in=request.person.partner_ids), pk=partner)
    mark = say_not_for_us(by=request.person, offer=offer, partner=own)
    day = date_format(mark.until, "j F Y")
    said = _("“%(name)s” is not suggested to you again before %(day)s. You can undo that below.")
    messages.success(request, said % {"name": offer.name, "day": day})
    return redirect(f"{reverse('my_work')}#funds")


@login_required
@require_POST
def offer_for_us_again(request: Request, pk: int) -> HttpResponse:
    mark = get_object_or_404(own_marks(request.person), pk=pk)
    take_back_not_for_us(by=request.person, mark=mark)
    messages.success(request, _("Undone: it is suggested again while it is open."))
    return redirect(f"{reverse('my_work')}#funds")


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
