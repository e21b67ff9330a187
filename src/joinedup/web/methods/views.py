"""The pages of a sceptic: what is held, from whom, how old, and how each figure is made."""

from django.http import HttpResponse
from django.shortcuts import render

from joinedup.accounts.request import Request
from joinedup.accounts.sign_in.factor_required import always_open
from joinedup.web.methods import queries as methods_page


@always_open
def methods(request: Request) -> HttpResponse:
    return render(request, "web/methods.jinja", {"methods": methods_page.everything()})
