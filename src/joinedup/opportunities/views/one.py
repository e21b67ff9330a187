"""One opportunity: its page, the answers to it, what is decided."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from joinedup.accounts.queries import history_of
from joinedup.accounts.request import Request
from joinedup.opportunities import actions
from joinedup.opportunities.forms import AnswerForm, SetAsideForm
from joinedup.opportunities.models import Answer, Opportunity
from joinedup.opportunities.queries import one


def opportunity(request: Request, pk: int) -> HttpResponse:
    found = get_opportunity(request, pk)
    mine = one.parties_of(request.person, found)
    context = {
        "opportunity": found,
        "facts": one.facts(found),
        "components": [(text, found.components.get(key)) for key, text in one.COMPONENTS.items()],
        "mine": mine,
        "words": Answer.Word.choices,
        "set_aside_form": SetAsideForm(),
        "history": history_of(found) if found.footprint_id in request.person.footprint_ids else [],
    }
    return render(request, "opportunities/one.jinja", context)


@login_required
@require_POST
def opportunity_answer(request: Request, pk: int) -> HttpResponse:
    found = get_opportunity(request, pk)
    form = AnswerForm(request.POST, partners=one.parties_of(request.person, found))
    if not form.is_valid():
        raise PermissionDenied(_("This opportunity does not name your organisation."))
    given = actions.answer(by=request.person, opportunity=found, **form.cleaned_data)
    if given.word == Answer.Word.ALREADY and given.initiative:
        messages.success(request, _("Thank you. We made a draft of what you do: please complete it."))
        return redirect("initiative_edit", given.initiative.slug)
    messages.success(request, _("Thank you: your answer is recorded. You can change it here."))
    return redirect("opportunity", pk)


@login_required
@require_POST
def opportunity_take_up(request: Request, pk: int) -> HttpResponse:
    return _decision(request, pk, lambda found: actions.take_up(by=request.person, opportunity=found))


@login_required
@require_POST
def opportunity_set_aside(request: Request, pk: int) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return _decision(
        request, pk, lambda found: actions.set_aside(by=request.person, opportunity=found, reason=reason)
    )


def _decision(request: Request, pk: int, act: Callable[[Opportunity], Opportunity]) -> HttpResponse:
    found = get_opportunity(request, pk)
    try:
        done = act(found)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Recorded: %(state)s.") % {"state": done.get_state_display().lower()})
    return redirect("opportunity", pk)


def get_opportunity(request: Request, pk: int) -> Opportunity:
    found = one.one(request.person, pk)
    if found is None:
        raise Http404
    return found
