"""Who should share a table and who should not: for planners."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from joinedup.accounts.posted import number_in
from joinedup.accounts.request import Request
from joinedup.events.models import Event
from joinedup.events.views.event import planned_event
from joinedup.registration.models import Attendee
from joinedup.tables import undo
from joinedup.tables.actions.wishes import add_wish, remove_wish
from joinedup.tables.forms.wishes import WishForm
from joinedup.tables.queries import plan
from joinedup.tables.seating import attendee_label, coming


@login_required
@never_cache
def event_wishes(request: Request, slug: str) -> HttpResponse:
    """The form with its errors; the planner's page has the same form."""
    event = planned_event(request, slug, "event.plan")
    if request.method == "POST" and request.POST.get("do") == "remove":
        return _remove(request, event)
    form = WishForm(request.POST or None, event=event)
    if request.method == "POST" and form.is_valid():
        try:
            wish = add_wish(by=request.person, event=event, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            fields: list[tuple[str, object]] = [("do", "remove"), ("pk", wish.pk)]
            undo.offer(
                request, str(_("The wish is noted. Rules that the plan does not keep now are below.")), fields
            )
            return redirect(f"{reverse('event_plan', args=[slug])}#wishes")
    context = {
        "event": event,
        "form": form,
        "people": list(coming(event).select_related("partner")),
        "wishes": plan.wishes(event),
        "label": attendee_label,
    }
    return render(request, "tables/wishes.jinja", context)


def _remove(request: Request, event: Event) -> HttpResponse:
    wish = get_object_or_404(event.wishes.select_related("event"), pk=number_in(request.POST.get("pk")))
    fields: list[tuple[str, object]] = [("kind", wish.kind)]
    placed = wish.attendees.filter(standing=Attendee.Standing.PLACED)
    fields += [("attendees", each.pk) for each in placed]
    remove_wish(by=request.person, wish=wish)
    undo.offer(request, str(_("The wish is removed.")), fields)
    return redirect(f"{reverse('event_plan', args=[event.slug])}#wishes")
