"""Pages about visits to communities and practice cards."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from joinedup.accounts.permissions import may
from joinedup.accounts.request import Request
from joinedup.accounts.stale import one_at_a_time, watch
from joinedup.documents.csv_file import as_csv, csv_file
from joinedup.partners.confirmation import thanks
from joinedup.visits import actions, queries
from joinedup.visits.card_search import practice_for
from joinedup.visits.forms import AddCardForm, CardFilter, CardForm, VisitFilter, VisitForm
from joinedup.visits.models import PracticeCard, Visit
from joinedup.visits.page import card_page, visit_page

PER_PAGE = 20


@require_safe
def visits(request: Request) -> HttpResponse:
    form = VisitFilter(request.GET, person=request.person)
    found = queries.find_visits(request.person, **form.chosen())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "visits/visits.jinja", {"form": form, "page": page, "on": timezone.localdate()})


@require_safe
def visit(request: Request, slug: str) -> HttpResponse:
    page = visit_page(request.person, slug)
    if page is None:
        raise Http404
    return render(
        request, "visits/visit.jinja", {"page": page, "visit": page.visit, "on": timezone.localdate()}
    )


@login_required
def visit_add(request: Request) -> HttpResponse:
    if not may(request.person, "visit.keep"):
        raise Http404
    form = VisitForm(request.POST or None, person=request.person)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_visit(by=request.person, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Recorded. Afterwards, say here what was learned."))
            return redirect("visit", made.slug)
    return render(request, "visits/visit_edit.jinja", {"visit": None, "form": form})


@login_required
@one_at_a_time
def visit_edit(request: Request, slug: str) -> HttpResponse:
    found = _kept(request, Visit, slug, "visit.keep")
    form = VisitForm(request.POST or None, person=request.person, visit=found)
    watch(form, found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_visit(by=request.person, visit=found, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("visit", slug)
    found = _kept(request, Visit, slug, "visit.keep")
    return render(request, "visits/visit_edit.jinja", {"visit": found, "form": form})


def _kept(request: Request, model: Any, slug: str, permission: str) -> Any:
    """The record, for anyone who may do `permission` to it; 404 for everyone else."""
    visible = model.objects.visible_to(request.person).select_related("footprint", "place")
    found = get_object_or_404(visible, slug=slug)
    if not may(request.person, permission, found):
        raise Http404
    return found


@require_safe
def practice(request: Request) -> HttpResponse:
    form = CardFilter(request.GET)
    chosen, like = form.chosen()
    cards = queries.find_cards(request.person, **chosen)
    # To order by how alike the places are, every card has to be read; otherwise just one page of them.
    rows: Any = practice_for(request.person, like, chosen.get("theme"), None, cards) if like else cards
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "like": like,
        "seen": {} if like else queries.seen_partners(request.person, page.object_list),
    }
    return render(request, "visits/practice.jinja", context)


@require_safe
def practice_csv(request: Request) -> HttpResponse:
    body = as_csv(queries.CSV_HEADER, queries.csv_rows(request.person, _asked_for(request)))
    return csv_file(f"practice-{timezone.localdate().isoformat()}.csv", body)


@require_safe
def practice_json(request: Request) -> HttpResponse:
    told = queries.documents(request.person, _asked_for(request))
    return JsonResponse({"practice": told}, json_dumps_params={"ensure_ascii": False})


def _asked_for(request: Request) -> list[PracticeCard]:
    chosen, like = CardFilter(request.GET).chosen()
    cards = queries.find_cards(request.person, **chosen)
    if like is None:
        return list(cards)
    return [each.card for each in practice_for(request.person, like, chosen.get("theme"), None, cards)]


@require_safe
def practice_card(request: Request, slug: str) -> HttpResponse:
    page = card_page(request.person, slug)
    if page is None:
        raise Http404
    return render(request, "visits/card.jinja", {"page": page, "card": page.card})


@login_required
def practice_add(request: Request) -> HttpResponse:
    if not may(request.person, "practice.add"):
        raise Http404
    found = Visit.objects.visible_to(request.person).filter(
        slug=request.GET.get("visit", "").replace("\0", "")
    )
    from_visit = found.first()
    initial = (
        {"visit": from_visit, "place": from_visit.place_id, "partner": from_visit.host_id}
        if from_visit
        else {}
    )
    form = AddCardForm(request.POST or None, person=request.person, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_card(by=request.person, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Recorded. It is found from places that need the same."))
            return redirect("practice_card", made.slug)
    return render(request, "visits/card_edit.jinja", {"card": None, "form": form})


@login_required
@one_at_a_time
def practice_edit(request: Request, slug: str) -> HttpResponse:
    found = _kept(request, PracticeCard, slug, "practice.change")
    form = CardForm(request.POST or None, person=request.person, card=found)
    watch(form, found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_card(by=request.person, card=found, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("practice_card", slug)
    found = _kept(request, PracticeCard, slug, "practice.change")
    return render(request, "visits/card_edit.jinja", {"card": found, "form": form})


@login_required
def practice_confirm(request: Request, slug: str) -> HttpResponse:
    """Mail scanners follow links, so only the button confirms."""
    found = _kept(request, PracticeCard, slug, "practice.change")
    if request.method == "POST":
        actions.confirm_card(by=request.person, card=found)
        messages.success(request, thanks(found, request.person))
        return redirect("practice_card", slug)
    return render(request, "visits/card_confirm.jinja", {"card": found})
