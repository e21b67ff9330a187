"""Signing in again before what cannot be taken back: files with people in them, roles, publishing, erasing.

allauth's own reauthentication knows passwords and second factors, and no code by mail, so it does not fit by
itself; where somebody has a second factor its form is used. What was typed before is kept in the session meanwhile,
and sent by one button afterwards, so that nothing is lost.
"""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from joinedup.accounts.code_limits import may_ask, take_try
from joinedup.accounts.forms import CODE as CODE_LABEL
from joinedup.accounts.forms import CODE_HELP, FIGURES, AgainForm
from joinedup.accounts.models import User
from joinedup.accounts.passkey_forms import AgainPasskeyForm
from joinedup.accounts.request import Request
from joinedup.accounts.second_factor import has_factor

ANY, POST = ("GET", "HEAD", "POST"), ("POST",)
# Names of pages, and which requests to them need a sign-in that is not old.
AGAIN: dict[str, tuple[str, ...]] = {
    # Files with people in them.
    "event_people_csv": ANY,
    "event_invitations_csv": ANY,
    "event_arrivals_csv": ANY,
    "event_plan_csv": ANY,
    "first_run_invitations": ANY,
    "own_data": POST,
    "person_data": POST,
    # Who may do what.
    "person_invite": POST,
    "account_close": POST,
    "person_close": POST,
    "person_erase": POST,
    "second_factor": ANY,
    "second_factor_app": ANY,
    "passkey_add": ANY,
    "passkey_rename": ANY,
    "factor_remove": ANY,
    "second_factor_reset": POST,
    # What everybody reads then.
    "event_show": POST,
    "event_publish": POST,
    "opportunity_public": POST,
}
WAITS, CODE = "again_waits", "again_code"


def is_recent(request: HttpRequest) -> bool:
    """Whether the person in this browser signed in lately (`SIGN_IN_AGAIN_AFTER`)."""
    return time.time() - float(request.session.get("signed_in_at", 0)) < settings.SIGN_IN_AGAIN_AFTER


class Guard(MiddlewareMixin):
    """Middleware: leads to the page "Sign in again" and back, for the pages of `AGAIN`."""

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if (
            request.method not in AGAIN.get(name, ())
            or not request.user.is_authenticated
            or is_recent(request)
        ):
            return None
        posted = {key: request.POST.getlist(key) for key in request.POST if key != "csrfmiddlewaretoken"}
        request.session[WAITS] = {
            "path": request.get_full_path(), "posted": posted if request.method == "POST" else None,
        }  # fmt: skip
        return redirect("sign_in_again")


class CodeForm(forms.Form):
    """The code that was sent."""

    code = forms.CharField(
        max_length=20, label=CODE_LABEL, help_text=CODE_HELP, widget=forms.TextInput(attrs=dict(FIGURES))
    )

    def __init__(self, *args: Any, sent: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sent = sent

    def clean_code(self) -> str:
        code = "".join(each for each in self.cleaned_data["code"] if each.isdigit())
        if not constant_time_compare(_hashed(code), self.sent["hash"]):
            raise get_adapter().validation_error("incorrect_code")
        return code


def _hashed(code: str) -> str:
    return salted_hmac("joinedup.accounts.again", code, algorithm="sha256").hexdigest()


@never_cache
@login_required
def sign_in_again(request: Request) -> HttpResponse:
    """A code by mail, or the second factor for who has one; then on to where somebody was going."""
    user = get_object_or_404(User, pk=request.user.pk)
    if has_factor(user.pk):
        return _by_factor(request, user)
    if request.method == "POST" and request.POST.get("do") == "send":
        _send(request, user)
        return redirect("sign_in_again")
    sent, form = request.session.get(CODE), None
    is_typed = request.method == "POST" and "code" in request.POST
    if sent:
        if is_typed and not _may_try(request, sent):
            return redirect("sign_in_again")
        form = CodeForm(request.POST if is_typed else None, sent=sent)
        if is_typed and form.is_valid():
            return _on(request)
    return render(request, "accounts/again.jinja", {"form": form, "has_factor": False, "email": user.email})


def _by_factor(request: Request, user: User) -> HttpResponse:
    posted = request.POST if request.method == "POST" else {}
    form = AgainForm(posted if "code" in posted else None, user=user)
    passkey = AgainPasskeyForm(posted if "credential" in posted else None, user=user)
    for each in (form, passkey):
        if each.is_bound and each.is_valid():
            each.save()
            return _on(request)
    context = {"form": form, "passkey": passkey, "has_factor": True}
    if form.has_passkey:
        context["options"] = begin_authentication(user)
    return render(request, "accounts/again.jinja", context)


def _send(request: Request, user: User) -> None:
    adapter = get_adapter(request)
    if not may_ask(request, user.email, user):
        messages.error(request, adapter.error_messages["too_many_login_attempts"])
        return
    code = adapter.generate_login_code()
    figures = "".join(each for each in code if each.isdigit())
    request.session[CODE] = {"hash": _hashed(figures), "at": time.time()}
    adapter.send_mail("account/email/login_code", user.email, {"code": code})


def _may_try(request: Request, sent: dict[str, Any]) -> bool:
    is_old = time.time() - sent["at"] > settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT
    if not is_old and take_try(f"again:{request.session.session_key}:{sent['at']}"):
        return True
    request.session.pop(CODE, None)
    messages.error(
        request,
        _("That code no longer works: it is too old, or was typed wrong three times. Ask for a new one."),
    )
    return False


def _on(request: Request) -> HttpResponse:
    request.session.pop(CODE, None)
    request.session["signed_in_at"] = time.time()
    request.session.cycle_key()
    waits = request.session.get(WAITS)
    if not waits:
        return redirect("your_account")
    if waits["posted"] is None:
        request.session.pop(WAITS)
        # The path came from a request to this site, never from what somebody typed.
        return redirect(waits["path"])
    return redirect("signed_in_again")


@never_cache
@login_required
def signed_in_again(request: Request) -> HttpResponse:
    """One button that sends what waited."""
    waits = request.session.pop(WAITS, None)
    if not waits or waits["posted"] is None or not is_recent(request):
        return redirect("my_work")
    return render(request, "accounts/again_on.jinja", {"path": waits["path"], "posted": waits["posted"]})
