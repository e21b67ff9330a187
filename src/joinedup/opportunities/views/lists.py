"""The list, as a page and as a file, and having it worked out again."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from joinedup.accounts.request import Request
from joinedup.documents.csv_file import as_csv, csv_file
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.forms.lists import FilterForm
from joinedup.opportunities.models import Run
from joinedup.opportunities.queries import lists, since
from joinedup.opportunities.queries.priorities import chosen_for
from joinedup.places.models import Footprint

PER_PAGE = 12
# The other ways to look at the same list.
OTHER_WAYS = {
    "opportunity_grid": gettext_lazy("What is done where: the grid"),
    "opportunity_together": gettext_lazy("Who works with whom"),
    "opportunity_why_not": gettext_lazy("Why is something not here?"),
    "opportunity_paths": gettext_lazy("How far they went"),
}


def opportunities(request: Request) -> HttpResponse:
    form = FilterForm(request.GET, person=request.person)
    found = lists.listing(request.person, **form.chosen())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    changed = since.last_changes(request.person, page.object_list, timezone.now())
    form.count(lists.kinds(request.person, **form.chosen()))
    context = {
        "form": form,
        "page": page,
        "lines": lists.lines(request.person, page.object_list, changed),
        "chosen": chosen_for(request.person),
        "last_run": lists.last_run(request.person),
        "other_ways": [(reverse(name), label) for name, label in OTHER_WAYS.items()],
    }
    return render(request, "opportunities/list.jinja", context)


@require_GET
def opportunities_csv(request: Request) -> HttpResponse:
    form = FilterForm(request.GET, person=request.person)
    found = lists.listing(request.person, **form.chosen())
    body = as_csv(lists.CSV_HEADER, lists.csv_rows(request.person, found))
    return csv_file("opportunities.csv", body)


@login_required
@require_POST
def opportunity_refresh(request: Request) -> HttpResponse:
    footprint = Footprint.objects.filter(pk__in=request.person.coordinated_ids).order_by("pk").first()
    if footprint is None:
        raise PermissionDenied(_("Only the coordinator of a partnership can have its list worked out again."))
    runs = refresh(by=request.person, footprint=footprint)
    found = sum(run.found for run in runs if run.audience == Run.Audience.PARTNERSHIP)
    said = _("Worked out again from today’s records: %(number)s found for %(name)s.") % {
        "number": found,
        "name": footprint.name,
    }
    more = lists.listing(request.person).count() - found
    if more > 0 and len(request.person.footprint_ids) == 1:
        said += " " + ngettext(
            "The list holds %(num)s more, which people added or took up before.",
            "The list holds %(num)s more, which people added or took up before.",
            more,
        ) % {"num": more}
    messages.success(request, said)
    return redirect("opportunities")
