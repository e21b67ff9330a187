"""Pages for somebody who leaves: what passes to whom, and the undo within a day."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from joinedup.about.queries import reply_addresses
from joinedup.accounts.leaving.closing import can_be_undone, close_account, undo_closing
from joinedup.accounts.leaving.erasure import erase_account, role_in_words
from joinedup.accounts.leaving.fates import CALLED
from joinedup.accounts.leaving.handover import colleagues, fellow_members, left_by, scope_of
from joinedup.accounts.models import Closing, User
from joinedup.accounts.permissions import may
from joinedup.accounts.queries import people
from joinedup.accounts.request import Request
from joinedup.web.people.forms import HandoverForm
from joinedup.web.people.handover import duties, only_administrator_undoes


@login_required
def person_close(request: Request, pk: int) -> HttpResponse:
    if pk == request.person.user_id:
        return redirect("account_close")
    return _close(request, get_object_or_404(User, pk=pk, is_active=True))


@login_required
def account_close(request: Request) -> HttpResponse:
    """The same for oneself."""
    return _close(request, get_object_or_404(User, pk=request.user.pk))


def _close(request: Request, user: User) -> HttpResponse:
    if not may(request.person, "account.close", scope_of(user, request.person)):
        return _refused(request, user)
    left = left_by(user, request.person)
    form = HandoverForm(
        request.POST if request.method == "POST" else None,
        left=left,
        colleagues=colleagues(user, request.person),
        fellows=fellow_members(user),
        may_erase=user.pk == request.person.user_id or may(request.person, "account.erase"),
    )
    if request.method == "POST" and form.is_valid():
        try:
            closing = close_account(
                by=request.person,
                user=user,
                to=form.chosen(),
                and_erase=form.cleaned_data.get("and_erase", False),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _closed(request, user, closing)
    context = {"account": user, "form": form, "ends": [each for each in left if not each.passes]}
    context |= {
        "duties": duties(user, request.person),
        "only_administrator_undoes": only_administrator_undoes(user),
        "ask": reply_addresses(),
    }
    return render(request, "web/person_close.jinja", context)


def _closed(request: Request, user: User, closing: Closing) -> HttpResponse:
    if user.pk == request.person.user_id:
        logout(request)
        messages.success(request, _("Your account is closed. You have signed out everywhere."))
        return redirect("home")
    messages.success(request, _("The account of %(name)s is closed.") % {"name": user})
    return redirect("person_closed", closing.pk)


def _refused(request: Request, user: User) -> HttpResponse:
    """A coordinator who knows somebody with roles elsewhere too is told who can close the account."""
    if not (may(request.person, "account.invite") and people(request.person).filter(pk=user.pk).exists()):
        raise Http404
    return render(
        request, "web/person_close.jinja", {"account": user, "form": None, "ends": [], "duties": []}
    )


@login_required
def person_closed(request: Request, pk: int) -> HttpResponse:
    closing = get_object_or_404(Closing.objects.select_related("user"), pk=pk)
    is_own = closing.user_id == request.person.user_id
    if is_own or not may(request.person, "account.close", scope_of(closing.user, request.person)):
        raise Http404
    if request.method == "POST":
        try:
            undo_closing(by=request.person, closing=closing)
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            messages.success(request, _("The account of %(name)s is open again.") % {"name": closing.user})
        return redirect("people")
    names = {
        each.pk: str(each) for each in User.objects.filter(pk__in=[each["to"] for each in closing.passed])
    }
    passed = {(CALLED.get(each["key"], each["key"]), names.get(each["to"], "")) for each in closing.passed}
    context = {"closing": closing, "passed": sorted(passed), "can_be_undone": can_be_undone(closing)}
    return render(request, "web/person_closed.jinja", context)


@login_required
def person_erase(request: Request, pk: int) -> HttpResponse:
    """Erase a closed account now: for who asks after it was closed. It cannot be undone, and the page says so."""
    user = get_object_or_404(User, pk=pk, is_active=False)
    if not may(request.person, "account.erase"):
        raise Http404
    if request.method == "POST":
        name = str(user)
        done = erase_account(by=request.person, user=user)
        messages.success(request, _("The account of %(name)s is erased.") % {"name": name})
        if done.left:
            sentence = _(
                "The name is still part of the name of: %(records)s. Change it there if it is to go."
            )
            messages.warning(request, sentence % {"records": ", ".join(done.left)})
        return redirect("people")
    return render(request, "web/person_erase.jinja", {"account": user, "role": role_in_words(user)})
