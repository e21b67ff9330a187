"""Pages about people with accounts: for those who invite them, and for everyone about themselves."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from joinedup.accounts import actions
from joinedup.accounts.forms import DetailsForm
from joinedup.accounts.models import User
from joinedup.accounts.request import Request


@login_required
def account_details(request: Request) -> HttpResponse:
    user = get_object_or_404(User, pk=request.user.pk)
    form = DetailsForm(request.POST or None, initial={"name": user.name, "job": user.job})
    if request.method == "POST" and form.is_valid():
        actions.change_details(by=request.person, **form.cleaned_data)
        messages.success(request, _("Your details are changed."))
        return redirect("my_work")
    return render(request, "accounts/details.jinja", {"form": form})
