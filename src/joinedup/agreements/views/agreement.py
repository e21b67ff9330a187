"""What was agreed, and what came of it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from joinedup.accounts.permissions import Scope, may
from joinedup.accounts.queries import history_of
from joinedup.accounts.request import Request
from joinedup.accounts.stale import one_at_a_time, watch
from joinedup.agreements.actions.agreement import (
    change_agreement,
    record_agreement,
    report_progress,
    start_agreement,
)
from joinedup.agreements.actions.successors import take_over
from joinedup.agreements.forms.agreement import (
    AgreementFilterForm,
    AgreementForm,
    ChosenEventForm,
    ReportForm,
)
from joinedup.agreements.forms.agreement_defaults import from_agreement, from_opportunity, roles_in
from joinedup.agreements.history import chain_of
from joinedup.agreements.models import Agreement
from joinedup.agreements.queries import agreement as queries
from joinedup.agreements.queries.named_bodies import named_for
from joinedup.agreements.queries.successors import to_take_over
from joinedup.agreements.queries.verdicts import said
from joinedup.documents.csv_file import as_csv, csv_file
from joinedup.events.queries.events import events_to_agree_at
from joinedup.opportunities.models import Opportunity, Run
from joinedup.opportunities.queries.lists import OPEN_STATES
from joinedup.opportunities.queries.one import one

PER_PAGE = 25


@login_required
@never_cache
def opportunity_agree(request: Request, pk: int) -> HttpResponse:
    """Turn an accepted opportunity into an agreement, without typing anything again."""
    found = _to_agree(request, pk)
    events = events_to_agree_at(found, timezone.localdate())
    if not events:
        return render(request, "agreements/agree.jinja", {"opportunity": found, "form": None, "chosen": None})
    sent, by = request.POST or None, request.person
    chosen = ChosenEventForm(sent, events=events, initial={"event": events[0].slug})
    roles, named = roles_in(found, by), list(found.parties.all())
    initial = from_opportunity(found, by, roles)
    form = AgreementForm(sent, person=by, event=events[0], named=named, roles=roles, initial=initial)
    if request.method == "POST" and all([chosen.is_valid(), form.is_valid()]):
        event = chosen.cleaned_data["event"]
        try:
            agreed = record_agreement(by=by, event=event, opportunity=found, **form.parts())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Agreed: %(goal)s.") % {"goal": agreed.goal})
            return redirect("agreement", agreed.pk)
    context = {"opportunity": found, "form": form, "chosen": chosen, "events": events}
    return render(request, "agreements/agree.jinja", context)


def _to_agree(request: Request, pk: int) -> Opportunity:
    """An open opportunity of a partnership, for someone who may write an agreement at its events."""
    found = one(request.person, pk)
    if found is None or found.audience != Run.Audience.PARTNERSHIP or found.state not in OPEN_STATES:
        raise Http404
    if not may(request.person, "agreement.record", Scope(footprints=frozenset({found.footprint_id}))):
        raise Http404
    return found


@require_GET
def agreements(request: Request) -> HttpResponse:
    today = timezone.localdate()
    form = AgreementFilterForm(request.GET, person=request.person)
    found = queries.find_agreements(request.person, today, **form.chosen())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    kept, due = queries.kept_this_year(request.person, today)
    context = {
        "form": form,
        "page": page,
        "lines": queries.lines(request.person, page.object_list, today),
        "kept": kept,
        "due": due,
        "year": today.year,
    }
    return render(request, "agreements/agreements.jinja", context)


@require_GET
def agreements_csv(request: Request) -> HttpResponse:
    today = timezone.localdate()
    form = AgreementFilterForm(request.GET, person=request.person)
    found = queries.find_agreements(request.person, today, **form.chosen())
    body = as_csv(queries.CSV_HEADER, queries.csv_rows(request.person, found, today))
    return csv_file("agreements.csv", body)


@require_GET
def agreement(request: Request, pk: int) -> HttpResponse:
    page = queries.agreement_page(request.person, pk, timezone.localdate())
    if page is None:
        raise Http404
    context = {
        "page": page,
        "agreement": page.agreement,
        "chain": chain_of(page.agreement, request.person),
        "history": history_of(page.agreement) if page.is_inside else [],
        "young": said(page.agreement),
        "take_over": to_take_over(request.person, page.agreement, timezone.localdate()),
        "answers": [
            each for each in named_for(request.person, pk) if not (each.naming and each.naming.answer)
        ],
    }
    return render(request, "agreements/agreement.jinja", context)


def _mine(request: Request, pk: int, permission: str) -> Agreement:
    """The agreement, for someone who may do `permission` to it; 404 for everyone else."""
    visible = Agreement.objects.visible_to(request.person).select_related(
        "event__footprint", "owner_partner", "deputy_partner", "commitment", "opportunity", "place"
    )
    found = get_object_or_404(visible, pk=pk)
    if not may(request.person, permission, found):
        raise Http404
    return found


@login_required
@one_at_a_time
def agreement_edit(request: Request, pk: int) -> HttpResponse:
    found = _mine(request, pk, "agreement.change")
    initial = from_agreement(found)
    form = AgreementForm(request.POST or None, person=request.person, event=found.event, initial=initial)
    watch(form, found)
    if request.method == "POST" and form.is_valid():
        try:
            change_agreement(by=request.person, agreement=found, **form.parts())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("agreement", pk)
    return render(request, "agreements/agreement_edit.jinja", {"agreement": found, "form": form})


@login_required
@require_POST
def agreement_take_over(request: Request, pk: int) -> HttpResponse:
    """One button: the body that took over stands in the place of the old one."""
    found = queries.agreement_page(request.person, pk, timezone.localdate())
    asked = to_take_over(request.person, found.agreement, timezone.localdate()) if found else []
    old = next((each.old for each in asked if str(each.old.pk) == request.POST.get("partner")), None)
    if found is None or old is None:
        raise Http404
    try:
        new = take_over(by=request.person, agreement=found.agreement, partner=old)
        messages.success(
            request, _("%(new)s takes over. “Correct it” below changes that again.") % {"new": new.name}
        )
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("agreement", pk)


@login_required
@require_POST
def agreement_start(request: Request, pk: int) -> HttpResponse:
    found = _mine(request, pk, "agreement.start")
    try:
        initiative = start_agreement(by=request.person, agreement=found)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("agreement", pk)
    messages.success(request, _("Started: the local action is recorded. Add what is still missing here."))
    return redirect("initiative", initiative.slug)


@login_required
def agreement_report(request: Request, pk: int) -> HttpResponse:
    found = _mine(request, pk, "agreement.report")
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            report_progress(by=request.person, agreement=found, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("text", error)
        else:
            messages.success(request, _("Thank you: your report is on the page."))
            return redirect("agreement", pk)
    return render(request, "agreements/report.jinja", {"agreement": found, "form": form})
