"""Calendar files and feeds. Each has an ETag of its content, so that asking again gets a short answer."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from joinedup.accounts.models import Preference
from joinedup.accounts.request import Request
from joinedup.agreements import calendar as calendar
from joinedup.events.views.calendar import calendar_file


@require_safe
def my_calendar(request: Request, token: str) -> HttpResponseBase:
    """The secret URL that someone gave to their calendar; making a new one turns the old one into a 404."""
    preference = get_object_or_404(
        Preference.objects.select_related("user"), calendar_token=token, user__is_active=True
    )
    return calendar_file(request, "joinedup", calendar.my_calendar(preference.user), is_private=True)
