"""Calendar files and feeds. Each has an ETag of its content, so that asking again gets a short answer."""

from __future__ import annotations

import hashlib

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from joinedup.accounts.person import PUBLIC
from joinedup.accounts.request import Request
from joinedup.events import calendar
from joinedup.events.queries.events import listed
from joinedup.events.queries.programmes import seen_by


def calendar_file(request: Request, name: str, body: bytes, *, is_private: bool) -> HttpResponseBase:
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{name}.ics"'
    response["ETag"] = etag
    patch_cache_control(response, private=is_private, public=not is_private, max_age=300)
    return get_conditional_response(request, etag=etag, response=response) or response


@require_safe
def event_calendar(request: Request, slug: str) -> HttpResponseBase:
    event = get_object_or_404(
        listed(request.person).select_related("programme", "at"),
        slug=slug,
        date__isnull=False,
        is_draft=False,
    )
    return calendar_file(request, event.slug, calendar.event_calendar(event), is_private=False)


@require_safe
def programme_calendar(request: Request, slug: str) -> HttpResponseBase:
    """What is public about the series: a calendar asks anonymously."""
    programme = get_object_or_404(seen_by(PUBLIC, timezone.localdate()), slug=slug)
    body = calendar.programme_calendar(programme, PUBLIC)
    return calendar_file(request, programme.slug, body, is_private=False)
