"""What moved since a coordinator last looked."""

from __future__ import annotations

import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from joinedup.accounts.request import Request
from joinedup.opportunities.actions.reading import have_read
from joinedup.opportunities.forms.lists import ReadForm
from joinedup.opportunities.forms.one import SnoozeForm
from joinedup.opportunities.models import Opportunity
from joinedup.opportunities.queries import since as queries
from joinedup.places.models import Footprint

DAYS = ("7", "30")


@login_required
@never_cache
def opportunity_changes(request: Request) -> HttpResponse:
    footprints = _coordinated(request)
    footprint = _chosen(footprints, request.GET.get("partnership"))
    now = timezone.now()
    days = request.GET.get("days", "")
    since = queries.looked(request.person, now).at_list[footprint.pk]
    if days in DAYS:
        since = now - datetime.timedelta(days=int(days))
    asked = request.GET.get("show", "")
    show = asked if asked in queries.SHOWN_ALONE else ""
    context = {
        "footprint": footprint,
        "others": [each for each in footprints if each != footprint],
        "days": days if days in DAYS else "",
        "show": show,
        "since": since,
        "changes": queries.changes(
            request.person, footprint, since, now, show=show, page=request.GET.get("page")
        ),
        "reasons": Opportunity.Reason.choices,
        "lengths": list(SnoozeForm.LENGTHS.items()),
        "here": request.get_full_path(),
    }
    return render(request, "opportunities/changes.jinja", context)


@login_required
@require_POST
def opportunity_changes_read(request: Request) -> HttpResponse:
    footprints = _coordinated(request)
    form = ReadForm(request.POST, footprints=footprints)
    if not form.is_valid():
        messages.error(request, _("Nothing is marked as read: open this page again, then press the button."))
        return redirect("opportunity_changes")
    try:
        have_read(by=request.person, **form.cleaned_data)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Marked as read. You find it again under “the last 7 days”."))
    address = reverse("opportunity_changes")
    return redirect(f"{address}?partnership={form.cleaned_data['footprint'].slug}")


def _coordinated(request: Request) -> list[Footprint]:
    found = list(Footprint.objects.filter(pk__in=request.person.coordinated_ids).order_by("name"))
    if not found:
        raise PermissionDenied(_("Only the coordinator of a partnership reads what moved in its list."))
    return found


def _chosen(footprints: list[Footprint], slug: str | None) -> Footprint:
    """The one asked for, of those that this person coordinates; else the first of them."""
    return next((each for each in footprints if each.slug == slug), footprints[0])
