"""One opportunity: its page, and what the partners that it names say to it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from joinedup.accounts.queries import history_of
from joinedup.accounts.request import Request
from joinedup.opportunities.actions.answering import answer, take_back
from joinedup.opportunities.forms.one import AnswerForm, SetAsideForm, SnoozeForm
from joinedup.opportunities.models import Answer, Opportunity
from joinedup.opportunities.queries import beside, one, reasons, who
from joinedup.opportunities.queries.desk import desk


def opportunity(request: Request, pk: int) -> HttpResponse:
    found = get_opportunity(request, pk)
    if copy := one.members_copy(request.person, found):
        return redirect("opportunity", copy)
    return show(request, found)


def show(request: Request, found: Opportunity, **forms: Any) -> HttpResponse:
    """Its page; `forms` are those to be shown again with what was typed and what is wrong with it, and
    `refused_topic` {title, event (slug)}, which could not be put on an agenda."""
    everyone, told = one.named(found), reasons.told(request.person, found)
    around = who.around_the_table(request.person, found, everyone)
    context = {
        "opportunity": found,
        "told": told,
        "standing": one.standing(everyone),
        "around": around,
        "declined": around.declined if around else everyone,
        "map": who.where(found, around),
        "words": Answer.Word.choices,
        "answer_form": AnswerForm(partners=one.parties_of(request.person, found)),
        "desk": desk(request.person, found),
        "beside": beside.of(request.person, found),
        "inside": found.footprint_id in request.person.footprint_ids,
        "set_aside_form": SetAsideForm(),
        "snooze_form": SnoozeForm(),
        "refused_topic": None,
        "history": history_of(found) if found.footprint_id in request.person.footprint_ids else [],
    }
    return render(request, "opportunities/one.jinja", context | forms)


@login_required
@require_POST
def opportunity_answer(request: Request, pk: int) -> HttpResponse:
    found = get_opportunity(request, pk)
    form = AnswerForm(request.POST, partners=one.parties_of(request.person, found))
    if not form.is_valid():
        if "partner" in form.errors:
            raise PermissionDenied(_("This opportunity does not name your organisation."))
        messages.error(request, _("Choose one of the answers, and a day like 31 March 2027."))
        return redirect("opportunity", pk)
    try:
        given = answer(by=request.person, opportunity=found, **form.cleaned_data)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("opportunity", pk)
    if given.word == Answer.Word.ALREADY and given.initiative:
        messages.success(request, _("Thank you. We made a draft of what you do: please complete it."))
        return redirect("initiative_edit", given.initiative.slug)
    messages.success(request, _("Thank you: your answer is recorded. You can change it here."))
    return redirect("opportunity", pk)


@login_required
@require_POST
def opportunity_answer_back(request: Request, pk: int) -> HttpResponse:
    found = get_opportunity(request, pk)
    partner = next(
        (p for p in one.parties_of(request.person, found) if str(p.pk) == request.POST.get("partner")), None
    )
    if partner is None:
        raise PermissionDenied(_("This opportunity does not name your organisation."))
    try:
        take_back(
            by=request.person, opportunity=found, partner=partner, move=request.POST.get("move", "")[:40]
        )
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Your answer is taken back."))
    return redirect("opportunity", pk)


def get_opportunity(request: Request, pk: int) -> Opportunity:
    found = one.one(request.person, pk)
    if found is None:
        raise Http404
    return found
