"""The page of a programme: where it has been, what is planned, what was agreed."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from joinedup.accounts.request import Request
from joinedup.events.forms.programmes import month_in
from joinedup.events.queries.programmes import plan_of, seen_by
from joinedup.web.event.queries import with_agreed


@require_safe
def programme(request: Request, slug: str) -> HttpResponse:
    person, today = request.person, timezone.localdate()
    found = get_object_or_404(seen_by(person, today), slug=slug)
    start = month_in(request.GET.get("from", ""))
    plan = plan_of(person, found, today, start, seen=with_agreed(person, today))
    return render(request, "web/programme.jinja", {"programme": found, "plan": plan})
