"""The search page."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from joinedup.accounts.request import Request
from joinedup.web.search.queries import LONGEST
from joinedup.web.search.queries import search as ask


def search(request: Request) -> HttpResponse:
    """A place that is named exactly redirects straight to its page."""
    results = ask(request.person, request.GET.get("q", ""))
    if results.exact:
        return redirect("place", results.exact.pk)
    return render(request, "web/search.jinja", {"results": results, "longest": LONGEST})
