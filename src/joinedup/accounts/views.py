"""Pages about one's own account: details, browsers, ways to sign in."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from joinedup.accounts import actions
from joinedup.accounts.forms import DetailsForm
from joinedup.accounts.models import Grant, User
from joinedup.accounts.queries import number_of, signed_in
from joinedup.accounts.request import Request
from joinedup.accounts.sign_in.second_factor import has_factor, is_for
from joinedup.accounts.sign_in.services import links_of, unlink
from joinedup.accounts.sign_in.sessions import sessions_of


@login_required
def account_details(request: Request) -> HttpResponse:
    user = get_object_or_404(User, pk=request.user.pk)
    form = DetailsForm(request.POST or None, initial={"name": user.name, "job": user.job})
    if request.method == "POST" and form.is_valid():
        actions.change_details(by=request.person, **form.cleaned_data)
        messages.success(request, _("Your details are changed."))
        return redirect("my_work")
    return render(request, "accounts/details.jinja", {"form": form})


@login_required
def your_account(request: Request) -> HttpResponse:
    """What an account is, and the browsers where it is signed in, each to be ended."""
    user = get_object_or_404(User, pk=request.user.pk)
    here = request.session.session_key or ""
    sessions = sessions_of(user)
    if request.method == "POST" and "link" in request.POST:
        return _unlinked(request)
    if request.method == "POST":
        chosen = {str(number_of(each)): each.pk for each in sessions}
        key = chosen.get(request.POST.get("session", ""), "")
        if request.POST.get("do") == "others":
            actions.end_own_sessions(by=request.person, but=here)
        elif request.POST.get("do") == "all":
            actions.end_own_sessions(by=request.person)
            messages.success(request, _("You have signed out everywhere."))
            return redirect("home")
        elif key:
            actions.end_own_sessions(by=request.person, only=key)
        messages.success(request, _("Signed out there."))
        return redirect("your_account")
    grants = Grant.objects.filter(user=user).select_related("partner", "footprint")
    context = {
        "account": user,
        "rows": signed_in(sessions, here),
        "grants": grants,
        "has_factor": has_factor(user.pk),
    }
    context |= {"factor_is_for": is_for(request.person), "links": links_of(user.pk)}
    return render(request, "accounts/yours.jinja", context)


def _unlinked(request: Request) -> HttpResponse:
    number = request.POST["link"]
    try:
        unlink(by=request.person, pk=int(number) if number.isdecimal() and len(number) < 16 else 0)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Removed. If you sign in there again, it comes back."))
    return redirect("your_account")
