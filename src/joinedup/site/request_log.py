"""Each request has a number, is counted and, where asked for, leaves one line in the log. So do attempts to sign in.

Nothing that a visitor sent gets into the log: not the path, which may hold a link that signs somebody in, but the
pattern of the address; not a name or an address, but the number of an account.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import perf_counter

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from joinedup.site import metrics
from joinedup.site.request_facts import HEADER, current, method, request_id, route

GetResponse = Callable[[HttpRequest], HttpResponse]
ASKS, CONFIRMS = {"account_request_login_code", "account_login"}, {"account_confirm_login_code"}

requests = logging.getLogger("joinedup.requests")
sign_in = logging.getLogger("joinedup.sign_in")


def noted(get_response: GetResponse) -> GetResponse:
    """Middleware around all others: the request's number, its line, its count."""

    def middleware(request: HttpRequest) -> HttpResponse:
        begun = perf_counter()
        request.request_id = request_id(request)  # type: ignore[attr-defined]
        before = current.set(request)
        try:
            response = get_response(request)
            response[HEADER] = request.request_id  # type: ignore[attr-defined]
            seconds = perf_counter() - begun
            metrics.note(method(request), route(request), response.status_code, seconds)
            said = {"status": response.status_code, "ms": round(seconds * 1000)}
            requests.info("request", extra={"fields": said})
            _note_sign_in(request, response)
            return response
        finally:
            current.reset(before)

    return middleware


@receiver(user_logged_in)
def _accepted(sender: object, request: HttpRequest | None, **_: object) -> None:
    if request is not None:
        request.has_signed_in = True  # type: ignore[attr-defined]
        sign_in.info("signed in")


@receiver(user_logged_out)
def _left(sender: object, **_: object) -> None:
    sign_in.info("signed out")


def _note_sign_in(request: HttpRequest, response: HttpResponse) -> None:
    """Whether the address has an account is not told: the page does not tell it either."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    if request.method != "POST" or name not in ASKS | CONFIRMS:
        return
    if response.status_code == 429:
        sign_in.warning("too many tries")
    elif name in ASKS:
        if response.status_code == 302:
            sign_in.info("code asked")
    elif not getattr(request, "has_signed_in", False) and (
        response.status_code == 200 or response.get("Location") == reverse("account_login")
    ):
        sign_in.warning("code refused")
