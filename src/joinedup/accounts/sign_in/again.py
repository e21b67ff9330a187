"""Signing in again before what cannot be taken back: files with people in them, roles, publishing, erasing.

allauth's own reauthentication knows passwords and second factors, and no code by mail, so it does not fit by
itself; where somebody has a second factor its form is used. What was typed before is kept in the session meanwhile,
and sent by one button afterwards, so that nothing is lost.
"""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare, salted_hmac

from joinedup.accounts.models import User
from joinedup.accounts.sign_in.code_limits import VOID, may_ask, take_try
from joinedup.accounts.sign_in.second_factor import FactorAdapter

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


def asked_first(request: HttpRequest) -> HttpResponse | None:
    """To the page "Sign in again", for the pages of `AGAIN`; what was to be done waits in the session. None where
    nothing is asked."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    if request.method not in AGAIN.get(name, ()) or not request.user.is_authenticated or is_recent(request):
        return None
    posted = {key: request.POST.getlist(key) for key in request.POST if key != "csrfmiddlewaretoken"}
    request.session[WAITS] = {
        "path": request.get_full_path(), "posted": posted if request.method == "POST" else None,
    }  # fmt: skip
    return redirect("sign_in_again")


def signed_in(request: HttpRequest) -> HttpResponse:
    """On to what waited, now that somebody has signed in again."""
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


def send_code(request: HttpRequest, user: User) -> None:
    """A code by mail, for who has no second factor; it works in this session only."""
    adapter = get_adapter(request)
    if not may_ask(request, user.email, user):
        messages.error(request, adapter.error_messages["too_many_login_attempts"])
        return
    code = adapter.generate_login_code()
    request.session[CODE] = {"hash": _hashed(code), "at": time.time()}
    adapter.send_mail("account/email/login_code", user.email, {"code": code})


def may_try(request: HttpRequest, sent: dict[str, Any]) -> bool:
    """Take a try of the code that was sent. Without one left, or when it is too old, it is void."""
    is_old = time.time() - sent["at"] > settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT
    if not is_old and take_try(f"again:{request.session.session_key}:{sent['at']}"):
        return True
    request.session.pop(CODE, None)
    messages.error(request, VOID)
    return False


def may_try_factor(request: HttpRequest) -> bool:
    """Take a try of the second factor. A session has few, or who holds one would use up those that its owner needs to
    sign in."""
    if ratelimit.consume(request, action="again_by_factor", key=request.session.session_key):
        return True
    messages.error(request, FactorAdapter.error_messages["rate_limited"])
    return False


def is_the_code(typed: str, sent: dict[str, Any]) -> bool:
    return constant_time_compare(_hashed(typed), sent["hash"])


def _hashed(code: str) -> str:
    figures = "".join(each for each in code if each.isdigit())
    return salted_hmac("joinedup.accounts.again", figures, algorithm="sha256").hexdigest()
