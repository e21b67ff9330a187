"""The list, and having it worked out again."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from joinedup.accounts.request import Request
from joinedup.opportunities import actions
from joinedup.opportunities.forms import FilterForm
from joinedup.opportunities.models import Run
from joinedup.opportunities.queries import lists
from joinedup.places.models import Footprint

PER_PAGE = 20


def opportunities(request: Request) -> HttpResponse:
    form = FilterForm(request.GET)
    found = lists.listing(request.person, **form.chosen())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "last_run": lists.last_run(request.person),
    }
    return render(request, "opportunities/list.jinja", context)


@login_required
@require_POST
def opportunity_refresh(request: Request) -> HttpResponse:
    footprint = Footprint.objects.filter(pk__in=request.person.coordinated_ids).order_by("pk").first()
    if footprint is None:
        raise PermissionDenied(_("Only the coordinator of a partnership can have its list worked out again."))
    runs = actions.refresh(by=request.person, footprint=footprint)
    found = sum(run.found for run in runs if run.audience == Run.Audience.PARTNERSHIP)
    messages.success(
        request, _("Worked out again from today's records: %(number)s found.") % {"number": found}
    )
    return redirect("opportunities")
