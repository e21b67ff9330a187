"""The page of a place."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from joinedup.accounts.request import Request
from joinedup.places.queries import with_page
from joinedup.places.successions import said_of
from joinedup.web.place.grid import action_class
from joinedup.web.place.history import ended_page, place_history
from joinedup.web.place.queries import place_page


def place(request: Request, code: str) -> HttpResponse:
    """A place, also as at a day; a neighbourhood redirects to the ward or authority around it. One that has ended says
    what it became: a redirect would not tell anybody why they read of another place."""
    day = request.GET.get("as_at", "")
    became, announced = said_of(code)
    if became:
        return render(request, "web/place_became.jinja", {"page": ended_page(request.person, became, day)})
    found = with_page(code)
    if found is None:
        raise Http404
    if found.pk != code:
        return redirect("place", found.pk)
    page = place_page(request.person, found, timezone.localdate(), request.GET.get("show", ""))
    context = {
        "page": page,
        "place": found,
        "action_class": action_class,
        "history": place_history(found, announced, day),
    }
    return render(request, "web/place.jinja", context)
