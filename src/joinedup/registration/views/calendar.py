"""Calendar files and feeds. Each has an ETag of its content, so that asking again gets a short answer."""

from __future__ import annotations

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from joinedup.accounts.request import Request
from joinedup.events.views.calendar import calendar_file
from joinedup.registration.calendar import attendee_calendar
from joinedup.registration.models import Attendee


@require_safe
def attending_calendar(request: Request, token: str) -> HttpResponseBase:
    attendee = get_object_or_404(
        Attendee.objects.select_related("event__programme", "event__at"), token=token
    )
    if attendee.event.date is None:
        raise Http404
    body = attendee_calendar(attendee)
    return calendar_file(request, attendee.event.slug, body, is_private=True)
