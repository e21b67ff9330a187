"""What came of a series of events."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from joinedup.accounts.request import Request
from joinedup.documents.csv_file import as_csv, csv_file
from joinedup.events.queries.programmes import seen_by
from joinedup.results.queries import programme_results as queries


@require_safe
def programme_results(request: Request, slug: str) -> HttpResponse:
    today = timezone.localdate()
    found = get_object_or_404(seen_by(request.person, today), slug=slug)
    results = queries.programme_results(request.person, found, today)
    return render(request, "results/programme_results.jinja", {"programme": found, "results": results})


@require_safe
def programme_results_csv(request: Request, slug: str) -> HttpResponse:
    today = timezone.localdate()
    found = get_object_or_404(seen_by(request.person, today), slug=slug)
    rows = queries.csv_rows(queries.programme_results(request.person, found, today))
    return csv_file(f"{found.slug}-results.csv", as_csv(queries.CSV_HEADER, rows))
