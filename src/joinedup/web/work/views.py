"""The page shown after signing in."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from joinedup.accounts.request import Request
from joinedup.support.fitting import funds_that_fit
from joinedup.web.work.queries import kept_by, waiting_for


@login_required
def my_work(request: Request) -> HttpResponse:
    person = request.person
    context = {
        "waiting": waiting_for(person),
        "kept": kept_by(person),
        "funds": funds_that_fit(person, timezone.localdate()),
    }
    return render(request, "web/work.jinja", context)
