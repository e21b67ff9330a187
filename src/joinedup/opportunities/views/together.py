"""Who works with whom in a partnership, as a picture with its table, and as a file."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from joinedup.accounts.request import Request
from joinedup.documents.csv_file import as_csv
from joinedup.opportunities.forms.pictures import PictureForm
from joinedup.opportunities.queries import together
from joinedup.opportunities.views.grid import dated_csv


@require_safe
def opportunity_together(request: Request) -> HttpResponse:
    form = PictureForm(request.GET, person=request.person)
    found = _asked_for(request, form)
    began_with = None
    if found and "place" not in request.GET and len(found.entries) > together.ON_ONE_CIRCLE:
        began_with = together.first_place(request.person, form.places)
        form.begin_with(began_with)
        found = _asked_for(request, form)
    context = {"form": form, "found": found, "began_with": began_with}
    return render(request, "opportunities/together.jinja", context)


@require_safe
def opportunity_together_csv(request: Request) -> HttpResponse:
    found = _asked_for(request, PictureForm(request.GET, person=request.person))
    return dated_csv("who-works-with-whom", as_csv(together.CSV_HEADER, together.csv_rows(found)))


def _asked_for(request: Request, form: PictureForm) -> together.Together | None:
    """None where the reader sees no partnership at all."""
    if form.chosen is None:
        return None
    return together.together(
        request.person, form.chosen, timezone.localdate(), place=form.place_chosen, theme=form.theme_chosen
    )
