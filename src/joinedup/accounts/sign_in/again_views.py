"""The page "Sign in again", and on from it to what waited."""

from __future__ import annotations

from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from joinedup.accounts.models import User
from joinedup.accounts.request import Request
from joinedup.accounts.sign_in import again
from joinedup.accounts.sign_in.code_forms import AgainCodeForm
from joinedup.accounts.sign_in.factor_forms import AgainForm
from joinedup.accounts.sign_in.passkey_forms import AgainPasskeyForm
from joinedup.accounts.sign_in.second_factor import has_factor


@never_cache
@login_required
def sign_in_again(request: Request) -> HttpResponse:
    """A code by mail, or the second factor for who has one; then on to where somebody was going."""
    user = get_object_or_404(User, pk=request.user.pk)
    if has_factor(user.pk):
        return _by_factor(request, user)
    if request.method == "POST" and request.POST.get("do") == "send":
        again.send_code(request, user)
        return redirect("sign_in_again")
    sent, form = request.session.get(again.CODE), None
    is_typed = request.method == "POST" and "code" in request.POST
    if sent:
        if is_typed and not again.may_try(request, sent):
            return redirect("sign_in_again")
        form = AgainCodeForm(request.POST if is_typed else None, sent=sent)
        if is_typed and form.is_valid():
            return again.signed_in(request)
    context = {"form": form, "has_factor": False, "email": user.email}
    return render(request, "accounts/sign_in/again.jinja", context)


def _by_factor(request: Request, user: User) -> HttpResponse:
    posted = request.POST if request.method == "POST" else {}
    form = AgainForm(posted if "code" in posted else None, user=user)
    passkey = AgainPasskeyForm(posted if "credential" in posted else None, user=user)
    if (form.is_bound or passkey.is_bound) and not again.may_try_factor(request):
        return redirect("sign_in_again")
    for each in (form, passkey):
        if each.is_bound and each.is_valid():
            each.save()
            return again.signed_in(request)
    context = {"form": form, "passkey": passkey, "has_factor": True}
    if form.has_passkey:
        context["options"] = begin_authentication(user)
    return render(request, "accounts/sign_in/again.jinja", context)


@never_cache
@login_required
def signed_in_again(request: Request) -> HttpResponse:
    """One button that sends what waited."""
    waits = request.session.pop(again.WAITS, None)
    if not waits or waits["posted"] is None or not again.is_recent(request):
        return redirect("my_work")
    context = {"path": waits["path"], "posted": waits["posted"]}
    return render(request, "accounts/sign_in/again_on.jinja", context)
