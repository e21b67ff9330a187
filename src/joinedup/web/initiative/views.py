"""Pages about local action."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from joinedup.accounts.request import Request
from joinedup.web.initiative.queries import initiative_page


@require_safe
def initiative(request: Request, slug: str) -> HttpResponse:
    page = initiative_page(request.person, slug)
    if page is None:
        raise Http404
    context = {"page": page, "initiative": page.initiative, "inside": page.history is not None}
    context["lead_ended"] = page.lead is not None and page.lead.is_succeeded(timezone.localdate())
    return render(request, "web/initiative.jinja", context)
