"""The first page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from joinedup.accounts.request import Request
from joinedup.web.home.queries import home as ask


def home(request: Request) -> HttpResponse:
    page = ask(request.person, timezone.localdate(), request.GET.get("show", ""))
    return render(request, "web/home.jinja", {"page": page})
