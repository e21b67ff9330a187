"""Signing in by an organisation's own service: there, and back."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account.signals import user_logged_in
from allauth.account.utils import get_login_redirect_url, get_next_redirect_url
from allauth.core import ratelimit
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from joinedup.accounts.models import User
from joinedup.accounts.person import Person
from joinedup.accounts.sign_in.code_limits import remember_browser
from joinedup.accounts.sign_in.openid import (
    DOWN,
    EXPIRED,
    FAULTS,
    TOO_OFTEN,
    detail_of,
    provider_of,
    turned_back,
)
from joinedup.accounts.sign_in.second_factor import SERVICE_FACTOR
from joinedup.accounts.sign_in.services import SignInService, link, service_called


def _called(slug: str) -> SignInService:
    found = service_called(slug)
    if found is None:
        raise Http404
    return found


@never_cache
def sign_in_service(request: HttpRequest, slug: str) -> HttpResponse:
    """On to the service. A page in between, as a form of ours may not be sent to another site, nor led to one."""
    there = _called(slug)
    if request.user.is_authenticated:
        return redirect(get_login_redirect_url(request))
    if request.method != "POST":
        return redirect("account_login")
    to = get_next_redirect_url(request) or ""
    if not ratelimit.consume(request, action="sign_in_service"):
        return turned_back(request, there, TOO_OFTEN, to=to)
    nonce = secrets.token_urlsafe(24)
    try:
        leads = provider_of(request, there).redirect(
            request, AuthProcess.LOGIN, next_url=to, auth_params={"nonce": nonce}, nonce=nonce
        )
    except FAULTS as error:
        return turned_back(request, there, DOWN, to=to, detail=detail_of(error))
    return render(request, "accounts/sign_in/service.jinja", {"there": there, "address": leads["Location"]})


@never_cache
def sign_in_service_back(request: HttpRequest, slug: str) -> HttpResponse:
    """Back from the service, with a code that it changes into who somebody is."""
    there = _called(slug)
    if request.user.is_authenticated:
        return redirect(get_login_redirect_url(request))
    held = statekit.get_states(request).get(request.GET.get("state", ""))
    if held is None:
        return turned_back(request, there, EXPIRED)
    client = provider_of(request, there).get_oauth2_adapter(request)
    client.nonce = held[0].get("nonce", "")
    try:
        response: HttpResponse = OAuth2CallbackView.adapter_view(client)(request)
    except FAULTS as error:
        return turned_back(request, there, DOWN, to=held[0].get("next") or "", detail=detail_of(error))
    if request.user.is_authenticated:
        remember_browser(request, response)
    return response


@receiver(user_logged_in)
def _signed_in(sender: object, request: HttpRequest, user: User, **more: Any) -> None:
    """Once they are in, after their second factor too."""
    sociallogin = more.get("sociallogin")
    there = service_called(sociallogin.account.provider) if sociallogin is not None else None
    if sociallogin is None or there is None:
        return
    link(by=Person.of(user), service=there, subject=sociallogin.account.uid)
    if sociallogin.state.get("second_factor"):
        request.session[SERVICE_FACTOR] = True
