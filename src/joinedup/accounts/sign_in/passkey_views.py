"""Pages of passkeys, and of taking one factor away."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from joinedup.accounts.models import User
from joinedup.accounts.request import Request
from joinedup.accounts.sign_in import second_factor as factor
from joinedup.accounts.sign_in.factor_views import set_up
from joinedup.accounts.sign_in.passkey_forms import AddPasskeyForm, RenameForm
from joinedup.accounts.sign_in.passkeys import add_passkey, are_possible, rename_passkey


@never_cache
@login_required
def passkey_add(request: Request) -> HttpResponse:
    user = get_object_or_404(User, pk=request.user.pk)
    if not are_possible() or not (factor.is_for(request.person) or factor.has_factor(user.pk)):
        raise Http404
    form = AddPasskeyForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and form.is_valid() and (response := _added(request, form)):
        return response
    context = {"form": form, "options": auth.begin_registration(user, False)}
    context["is_further"] = factor.has_factor(user.pk)
    return render(request, "accounts/sign_in/passkey_add.jinja", context)


def _added(request: Request, form: Any) -> HttpResponse | None:
    try:
        codes = add_passkey(by=request.person, here=request.session.session_key or "", **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return None
    return set_up(request, codes, _("The passkey is added."))


def _own(request: Request, pk: int, *types: str) -> Authenticator:
    return get_object_or_404(Authenticator, pk=pk, user_id=request.user.pk, type__in=types)


@never_cache
@login_required
def passkey_rename(request: Request, pk: int) -> HttpResponse:
    passkey = _own(request, pk, factor.PASSKEY)
    form = RenameForm(request.POST or None, initial={"name": str(passkey)})
    if request.method == "POST" and form.is_valid():
        rename_passkey(by=request.person, passkey=passkey, name=form.cleaned_data["name"])
        messages.success(request, _("It is called “%(name)s” now.") % {"name": form.cleaned_data["name"]})
        return redirect("second_factor")
    return render(request, "accounts/sign_in/passkey_rename.jinja", {"form": form, "passkey": passkey})


@never_cache
@login_required
def factor_remove(request: Request, pk: int) -> HttpResponse:
    """The app or a passkey, with a confirmation."""
    held = _own(request, pk, *factor.FACTORS)
    is_last = len(factor.factors_of(request.user.pk)) == 1  # type: ignore[arg-type]
    if request.method == "POST":
        try:
            factor.remove(by=request.person, pk=held.pk)
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return redirect("second_factor")
        if is_last:
            messages.success(request, _("You sign in without a second factor now."))
            return redirect("your_account")
        messages.success(request, _("It is removed."))
        return redirect("second_factor")
    context = {
        "held": held,
        "is_app": held.type == factor.APP,
        "is_last": is_last,
        "is_required": factor.is_required_of(request.person),
    }
    return render(request, "accounts/sign_in/factor_remove.jinja", context)
