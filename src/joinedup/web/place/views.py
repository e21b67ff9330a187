"""The page of a place."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from joinedup.accounts.request import Request
from joinedup.places.queries import with_page
from joinedup.web.place.grid import action_class
from joinedup.web.place.queries import place_page


def place(request: Request, code: str) -> HttpResponse:
    """A place; a neighbourhood redirects to the ward or authority around it."""
    found = with_page(code)
    if found is None:
        raise Http404
    if found.pk != code:
        return redirect("place", found.pk)
    page = place_page(request.person, found, timezone.localdate(), request.GET.get("show", ""))
    return render(request, "web/place.jinja", {"page": page, "place": found, "action_class": action_class})
