"""A named body's answer, from its mail or signed in. Mail scanners follow links, so only a button answers."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from joinedup.accounts.permissions import may
from joinedup.accounts.posted import number_in
from joinedup.accounts.request import Request
from joinedup.agreements.actions.named_bodies import (
    answer_naming,
    answer_naming_by_mail,
    ask_named_again,
    confirm_agreement,
    take_back_confirmation,
)
from joinedup.agreements.models import Agreement
from joinedup.agreements.naming import named_bodies
from joinedup.agreements.queries.named_bodies import named_by_mail, named_for, whole


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def naming_by_mail(request: Request, token: str) -> HttpResponse:
    named = named_by_mail(token)
    if named is None:
        return render(request, "agreements/by_mail_dead.jinja", status=404)
    if request.method == "POST":
        answer, version = request.POST.get("answer", ""), request.POST.get("version", "")
        try:
            answer_naming_by_mail(token=token, answer=answer, version=version)
        except (ValidationError, PermissionDenied) as error:
            messages.error(request, _sentence(error))
        else:
            messages.success(request, _thanks(answer))
        return redirect("naming_by_mail", token)
    return render(request, "agreements/named_by_mail.jinja", {"every": [named], "agreement": named.agreement})


@login_required
@never_cache
def agreement_answer(request: Request, pk: int) -> HttpResponse:
    """Like the page from the mail, when signed in: for each of their bodies that the agreement names."""
    every = named_for(request.person, pk)
    if not every:
        raise Http404
    if request.method == "POST":
        chosen = number_in(request.POST.get("partner"))
        answer, version = request.POST.get("answer", ""), request.POST.get("version", "")
        partner = next((each.partner for each in every if each.partner.pk == chosen), None)
        if partner is None:
            raise Http404
        try:
            answer_naming(
                by=request.person,
                agreement=every[0].agreement,
                partner=partner,
                answer=answer,
                version=version,
            )
        except ValidationError as error:
            messages.error(request, _sentence(error))
        else:
            messages.success(request, _thanks(answer))
        return redirect("agreement_answer", pk)
    return render(
        request, "agreements/named_by_mail.jinja", {"every": every, "agreement": every[0].agreement}
    )


def _sentence(error: ValidationError | PermissionDenied) -> str:
    return error.messages[0] if isinstance(error, ValidationError) else str(error)


def _thanks(answer: str) -> str:
    if answer == "yes":
        return _("Thank you: your yes is kept. You can change it on this page.")
    return _(
        "Thank you: whoever wrote it and the coordinator are told, and can name another. Your name is not public."
    )


@login_required
@require_POST
def agreement_settle(request: Request, pk: int) -> HttpResponse:
    """For coordinators: ask a body again, confirm what was written through a table's link, or take that back."""
    visible = whole(Agreement.objects.visible_to(request.person))
    found = get_object_or_404(visible, pk=pk)
    if not may(request.person, "agreement.confirm", found):
        raise Http404
    do, by = request.POST.get("do", ""), request.person
    try:
        if do == "confirm":
            confirm_agreement(by=by, agreement=found)
            said = _("Confirmed: whoever may see it by its marking reads it now.")
        elif do == "take_back":
            take_back_confirmation(by=by, agreement=found)
            said = _("Taken back: it is for the partnership again.")
        else:
            partner = named_bodies(found).get(number_in(request.POST.get("partner")))
            if partner is None:
                raise Http404
            ask_named_again(by=by, agreement=found, partner=partner)
            said = _("%(partner)s is asked by mail.") % {"partner": partner.name}
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, said)
    return redirect("agreement", pk)
