"""The coverage grid of a partnership, as a page and as a file."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from joinedup.accounts.request import Request
from joinedup.documents.csv_file import as_csv, csv_file
from joinedup.evidence.plain_words import need_word
from joinedup.opportunities.forms.pictures import PictureForm
from joinedup.opportunities.queries import grid
from joinedup.opportunities.queries.reading import is_inside
from joinedup.places.queries import whole_counties


@require_safe
def opportunity_grid(request: Request) -> HttpResponse:
    form = PictureForm(request.GET, person=request.person)
    context = {
        "form": form,
        "for_members": form.chosen is not None and not is_inside(request.person, form.chosen),
        "grid": _asked_for(request, form),
        "counties": whole_counties(form.places),
        "states": list(grid.State),
        "need_word": need_word,
    }
    return render(request, "opportunities/grid.jinja", context)


@require_safe
def opportunity_grid_csv(request: Request) -> HttpResponse:
    found = _asked_for(request, PictureForm(request.GET, person=request.person))
    return dated_csv("coverage", as_csv(grid.CSV_HEADER, grid.csv_rows(found)))


def _asked_for(request: Request, form: PictureForm) -> grid.Grid | None:
    """None where the reader sees no partnership from inside: a grid says where nothing is recorded, which in public
    would read as if nobody did anything."""
    if form.chosen is None or not is_inside(request.person, form.chosen):
        return None
    return grid.grid(
        request.person,
        form.chosen,
        places=form.places,
        themes=form.themes,
        place=form.place_chosen,
        theme=form.theme_chosen,
    )


def dated_csv(name: str, content: bytes) -> HttpResponse:
    return csv_file(f"{name}-{timezone.localdate().isoformat()}.csv", content)
