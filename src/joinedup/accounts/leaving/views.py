"""What is held about an account, as a file: for its owner, or by an administrator whom they asked."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from joinedup.accounts.leaving.own_data import take_own_data
from joinedup.accounts.models import User
from joinedup.accounts.permissions import may
from joinedup.accounts.request import Request


@login_required
def own_data(request: Request) -> HttpResponse:
    return _data_of(request, get_object_or_404(User, pk=request.user.pk))


@login_required
def person_data(request: Request, pk: int) -> HttpResponse:
    """The same for an administrator whom somebody asked for it."""
    if not may(request.person, "account.give_data"):
        raise Http404
    return _data_of(request, get_object_or_404(User, pk=pk))


def _data_of(request: Request, user: User) -> HttpResponse:
    if request.method != "POST":
        return render(request, "accounts/leaving/own_data.jinja", {"account": user})
    response = HttpResponse(take_own_data(by=request.person, user=user), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="your-data.zip"'
    return response
