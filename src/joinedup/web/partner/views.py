"""Pages about partners."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from joinedup.accounts.request import Request
from joinedup.documents.csv_file import as_csv, csv_file
from joinedup.partners.forms import (
    PartnerFilter,
)
from joinedup.partners.old_addresses import leads_on
from joinedup.partners.queries import count_by_sector, find_partners
from joinedup.web.partner.queries import (
    ASKS_HEADER,
    CSV_HEADER,
    ask_rows,
    csv_rows,
    initiatives_each,
    partner_page,
)

PAGE = 25


@require_safe
def partners(request: Request) -> HttpResponse:
    form = PartnerFilter(request.GET)
    found = find_partners(request.person, **form.chosen())
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "led": initiatives_each(request.person, page.object_list),
        "by_sector": count_by_sector(found),
    }
    return render(request, "web/partners.jinja", context)


@require_safe
def partners_csv(request: Request) -> HttpResponse:
    found = find_partners(request.person, **PartnerFilter(request.GET).chosen())
    content = as_csv(CSV_HEADER, csv_rows(request.person, found))
    name = f"partners-{timezone.localdate().isoformat()}.csv"
    return csv_file(name, content)


@require_safe
def asks_csv(request: Request) -> HttpResponse:
    """What the partners of the list need and can give."""
    found = find_partners(request.person, **PartnerFilter(request.GET).chosen())
    name = f"needs-and-offers-{timezone.localdate().isoformat()}.csv"
    return csv_file(name, as_csv(ASKS_HEADER, ask_rows(request.person, found)))


@require_safe
@leads_on
def partner(request: Request, slug: str) -> HttpResponse:
    page = partner_page(request.person, slug)
    if page is None:
        raise Http404
    return render(
        request,
        "web/partner.jinja",
        {"page": page, "partner": page.partner, "inside": page.history is not None},
    )
