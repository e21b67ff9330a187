"""Pages about accounts, for those who invite people."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from joinedup.accounts import actions, queries
from joinedup.accounts.leaving.closing import lately_closed
from joinedup.accounts.permissions import may
from joinedup.accounts.queries import is_last_role
from joinedup.accounts.request import Request
from joinedup.partners.undelivered import failing_addresses
from joinedup.web.people.forms import InviteForm

PER_PAGE = 50


@login_required
def people(request: Request) -> HttpResponse:
    _must_invite(request)
    page = Paginator(queries.people(request.person), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "closed": lately_closed(request.person),
        "failing": failing_addresses(request.person),
    }
    return render(request, "web/people.jinja", context)


@login_required
def person_invite(request: Request) -> HttpResponse:
    _must_invite(request)
    start = {"partner": request.GET.get("partner", "")}
    form = InviteForm(request.POST or None, person=request.person, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            grant = actions.invite_person(by=request.person, **form.invitation())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("We are writing to %(email)s.") % {"email": grant.user.email})
            return redirect("people")
    return render(request, "web/person_invite.jinja", {"form": form})


@login_required
def role_take_away(request: Request, pk: int) -> HttpResponse:
    grant = queries.role_to_take_away(request.person, pk)
    if grant is None:
        raise Http404
    if request.method == "GET" and is_last_role(grant):
        # With it the account closes, and what they looked after passes on.
        return redirect("person_close", grant.user_id)
    if request.method == "POST":
        try:
            actions.take_role_away(by=request.person, grant=grant)
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            messages.success(request, _("%(name)s no longer has this role.") % {"name": grant.user})
        return redirect("people")
    return render(request, "web/role_take_away.jinja", {"grant": grant})


def _must_invite(request: Request) -> None:
    if not may(request.person, "account.invite"):
        raise Http404
