"""What to do when worried about somebody: a page for everyone, which stores nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from joinedup.accounts.sign_in.factor_required import always_open


@always_open
def worried(request: HttpRequest) -> HttpResponse:
    return render(request, "web/worried.jinja")
