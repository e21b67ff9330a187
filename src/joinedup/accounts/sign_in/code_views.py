"""Signing in with a code sent by mail, and signing out. allauth does the work; every URL is our own."""

from __future__ import annotations

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.account.utils import get_login_redirect_url
from allauth.account.views import confirm_login_code, request_login_code
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from joinedup.accounts.links import read_link
from joinedup.accounts.models import User
from joinedup.accounts.sign_in.code_limits import VOID, may_guess, remember_browser

WELCOME_DAYS = 14
# A number that no account has.
NOBODY = "0"


def sign_in(request: HttpRequest) -> HttpResponse:
    """One field: the address that the code goes to. People already signed in are redirected to where they
    were going."""
    if request.user.is_authenticated:
        return redirect(get_login_redirect_url(request))
    response: HttpResponse = request_login_code(request)
    _look_up_alike(request)
    return response


def confirm_code(request: HttpRequest) -> HttpResponse:
    if request.method == "POST" and not may_guess(request):
        response: HttpResponse = redirect("account_login")
    else:
        response = confirm_login_code(request)
        _look_up_alike(request)
    if request.user.is_authenticated:
        remember_browser(request, response)
    was_refused = response.status_code == 302 and response["Location"] == reverse("account_login")
    # A closed account is sent to the same page and has been told why.
    if request.method == "POST" and was_refused and not messages.get_messages(request):
        messages.error(request, VOID)
    return response


def _look_up_alike(request: HttpRequest) -> None:
    """Let the page of the code look for an account where there is none too, or it would take longer where there is."""
    waits = request.session.get(LOGIN_SESSION_KEY) if request.method == "POST" else None
    if waits and waits["user_pk"] is None:
        request.session[LOGIN_SESSION_KEY] = {**waits, "user_pk": NOBODY}


def joining(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/sign_in/joining.jinja")


def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """The page that an invitation's link leads to: one button, which asks for a code as the sign-in page
    does."""
    link = read_link("welcome", token, days=WELCOME_DAYS)
    invited = User.objects.filter(pk=link.pk, is_active=True).first() if link else None
    return render(request, "accounts/sign_in/welcome.jinja", {"invited": invited})
