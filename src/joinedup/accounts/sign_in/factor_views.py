"""Pages of the second factor: set up an app, keep the recovery codes, sign in with either, reset another's."""

from __future__ import annotations

import base64
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import authenticate
from allauth.mfa.totp.internal.auth import clear_totp_secret
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from joinedup.accounts.models import User
from joinedup.accounts.permissions import may
from joinedup.accounts.request import Request
from joinedup.accounts.sign_in import second_factor as factor
from joinedup.accounts.sign_in.code_limits import remember_browser
from joinedup.accounts.sign_in.factor_forms import SetUpForm
from joinedup.accounts.sign_in.passkeys import are_possible


def second_step(request: HttpRequest) -> HttpResponse:
    """After the code from the mail, for who has a second factor."""
    response: HttpResponse = authenticate(request)
    if request.user.is_authenticated:
        remember_browser(request, response)
    return response


@never_cache
@login_required
def second_factor(request: Request) -> HttpResponse:
    if not factor.has_factor(request.user.pk):  # type: ignore[arg-type]
        return _set_up(request)
    return _when_on(request)


@never_cache
@login_required
def second_factor_app(request: Request) -> HttpResponse:
    """An app beside passkeys."""
    return _set_up(request)


def _set_up(request: Request) -> HttpResponse:
    user = get_object_or_404(User, pk=request.user.pk)
    held = factor.factors_of(user.pk)
    if any(each.type == factor.APP for each in held):
        return redirect("second_factor")
    if not held and not factor.is_for(request.person):
        raise Http404
    form = SetUpForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and form.is_valid():
        codes = factor.turn_on(by=request.person, secret=form.secret, here=request.session.session_key or "")
        clear_totp_secret(request)
        return set_up(request, codes, _("The app is set up."))
    context = {"form": form, "is_further": bool(held), "are_passkeys_possible": are_possible()}
    return render(request, "accounts/sign_in/second_factor.jinja", _picture(user, form) | context)


def set_up(request: Request, codes: list[str], words: str) -> HttpResponse:
    """On from the page where a factor was added: to the recovery codes that came with the first one."""
    if codes:
        factor.remember_codes(request, codes)
        return redirect("second_factor_codes")
    messages.success(request, words)
    return redirect("second_factor")


def _picture(user: User, form: Any) -> dict[str, Any]:
    adapter = get_adapter()
    drawn = adapter.build_totp_svg(adapter.build_totp_url(user, form.secret)).encode()
    secret = " ".join(form.secret[n : n + 4] for n in range(0, len(form.secret), 4))
    return {
        "picture": "data:image/svg+xml;base64," + base64.b64encode(drawn).decode(),
        "secret": secret,
        "is_required": settings.SECOND_FACTOR == factor.REQUIRED,
    }


def _when_on(request: Request) -> HttpResponse:
    do = request.POST.get("do") if request.method == "POST" else ""
    if do == "codes":
        factor.remember_codes(request, factor.new_codes(by=request.person))
        return redirect("second_factor_codes")
    if do == "off":
        try:
            factor.turn_off(by=request.person)
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return redirect("second_factor")
        messages.success(request, _("You sign in without a second factor now."))
        return redirect("your_account")
    held = factor.factors_of(request.user.pk)  # type: ignore[arg-type]
    context = {
        "held": [(each, each.type == factor.APP) for each in held],
        "has_app": any(each.type == factor.APP for each in held),
        "is_required": factor.is_required_of(request.person),
        "are_passkeys_possible": are_possible(),
    }
    return render(request, "accounts/sign_in/second_factor_on.jinja", context)


@never_cache
@login_required
def second_factor_codes(request: Request) -> HttpResponse:
    """The recovery codes, once: as text to print, and as a file."""
    codes = factor.codes_to_show(request)
    if not codes:
        return redirect("your_account")
    if request.method == "POST" and request.POST.get("do") == "kept":
        request.session.pop("new_codes", None)
        messages.success(request, _("Your second factor is set up."))
        return redirect("your_account")
    if request.method == "POST":
        text = _("Recovery codes for JoinedUp. Each works once.") + "\n\n" + "\n".join(codes) + "\n"
        response = HttpResponse(text, content_type="text/plain; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="joinedup-recovery-codes.txt"'
        return response
    return render(request, "accounts/sign_in/second_factor_codes.jinja", {"codes": codes})


@login_required
def second_factor_reset(request: Request, pk: int) -> HttpResponse:
    if not may(request.person, "account.reset_factor"):
        raise Http404
    user = get_object_or_404(User, pk=pk)
    if request.method == "POST":
        try:
            factor.reset(by=request.person, user=user)
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            messages.success(
                request,
                _("%(name)s signs in with a code alone now, and can set it up again.") % {"name": user},
            )
        return redirect("people")
    return render(request, "accounts/sign_in/second_factor_reset.jinja", {"account": user})
