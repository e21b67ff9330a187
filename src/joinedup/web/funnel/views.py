"""How far opportunities went."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from joinedup.accounts.request import Request
from joinedup.documents.csv_file import as_csv, csv_file
from joinedup.web.funnel import queries
from joinedup.web.funnel.forms import PathsForm


@require_safe
def opportunity_paths(request: Request) -> HttpResponse:
    form, counted, public = _asked(request)
    context = {
        "form": form,
        "number": len(counted),
        "report": queries.report(counted, public=public),
        "steps": queries.steps_for(public=public),
        "public": public,
        "fewest": queries.FEWEST,
        "least": queries.LEAST_FOR_A_SHARE,
    }
    return render(request, "web/funnel.jinja", context)


@require_safe
def opportunity_paths_csv(request: Request) -> HttpResponse:
    _form, counted, public = _asked(request)
    body = as_csv(queries.csv_header(public=public), queries.csv_rows(queries.report(counted, public=public)))
    return csv_file("how-far-opportunities-went.csv", body)


def _asked(request: Request) -> tuple[PathsForm, list[queries.Path], bool]:
    """The filters, what remains after them, and whether only what is public is counted."""
    public = queries.is_public(request.person)
    every = queries.paths(request.person, timezone.localdate())
    form = PathsForm(request.GET, every, public=public)
    return form, form.of(every), public
