"""The results of an event on one page, on screen and in Word."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from joinedup.accounts.request import Request
from joinedup.documents.sheet import Sheet
from joinedup.documents.sheet_word import as_word
from joinedup.documents.word import TYPE
from joinedup.events.models import Event
from joinedup.events.queries.events import listed
from joinedup.results.queries.result_sheet import since_sheet


def _found(request: Request, slug: str) -> Event:
    return get_object_or_404(listed(request.person).select_related("programme", "footprint"), slug=slug)


@require_safe
def event_since(request: Request, slug: str) -> HttpResponse:
    event = _found(request, slug)
    sheet = since_sheet(request.person, event, timezone.localdate())
    return render(request, "results/result_sheet.jinja", {"event": event, "sheet": sheet})


@require_safe
def event_since_word(request: Request, slug: str) -> HttpResponse:
    event = _found(request, slug)
    return word_file(f"{event.slug}-since", since_sheet(request.person, event, timezone.localdate()))


def word_file(name: str, sheet: Sheet) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}-{sheet.on.isoformat()}.docx"'}
    return HttpResponse(as_word(sheet), content_type=TYPE, headers=headers)
