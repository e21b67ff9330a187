"""Which mails somebody gets: chosen here when signed in, or turned off from the mail by anybody who got it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from joinedup.accounts import actions
from joinedup.accounts.forms import MailsForm
from joinedup.accounts.links import address_of
from joinedup.accounts.models import Preference, User
from joinedup.accounts.one_click import answer_mail_program, dead_link
from joinedup.accounts.preferences import preference_of, read_off_link
from joinedup.accounts.request import Request
from joinedup.accounts.sign_in.factor_required import always_open


@login_required
def account_mails(request: Request) -> HttpResponse:
    held = preference_of(get_object_or_404(User, pk=request.user.pk))
    wanted = [each for each in Preference.Mail.values if each not in held.not_wanted]
    is_calendar = request.POST.get("do") == "calendar"
    start = {"digest": held.digest, "wanted": wanted}
    form = MailsForm(None if is_calendar else request.POST or None, initial=start)
    if request.method == "POST" and is_calendar:
        actions.renew_calendar(by=request.person)
        messages.success(request, _("Your calendar has a new address. The old one no longer works."))
        return redirect("account_mails")
    if request.method == "POST" and form.is_valid():
        actions.change_mails(by=request.person, **form.chosen())
        messages.success(request, _("Saved."))
        return redirect("account_mails")
    # Reading stores nothing: if nothing is stored yet, a button makes the URL.
    stored = Preference.objects.filter(user=held.user).exists()
    calendar = address_of("my_calendar", held.calendar_token)
    context = {"form": form, "calendar": calendar, "has_calendar": stored}
    return render(request, "accounts/mails.jinja", context)


@always_open
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mails_off(request: Request, token: str) -> HttpResponse:
    """For whoever has an account. The link itself is the secret."""
    answer = answer_mail_program(
        request, token, read=read_off_link, turn_off=lambda: actions.turn_off(token=token)
    )
    return _by_button(request, token) if answer is None else answer


@csrf_protect
def _by_button(request: Request, token: str) -> HttpResponse:
    off = read_off_link(token)
    if off is None:
        return dead_link(request)
    if request.method == "POST":
        actions.turn_off(token=token)
        return redirect("mails_off", token)
    return render(request, "accounts/mails_off.jinja", {"off": off})
