"""How the places of an event are taken, for whom some are reserved, and who waits: for planners."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from joinedup.accounts.permissions import may
from joinedup.accounts.posted import attempt, number_in
from joinedup.accounts.request import Request
from joinedup.events.models import Event
from joinedup.events.views.event import planned_event
from joinedup.registration.actions.reserved_places import reserve, take_away_reservation
from joinedup.registration.forms.reserved_places import ReservationForm
from joinedup.registration.queries.reserved_places import places_of
from joinedup.registration.queries.waiting_list import waiting_list
from joinedup.registration.waiting_words import why_words


@login_required
@never_cache
def event_places(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "event.see_attendees")
    button = request.POST.get("do", "")
    form = ReservationForm(request.POST if button == "reserve" else None, event=event)
    if button == "take_away":
        return _take_away(request, event)
    if button == "reserve" and form.is_valid() and _reserved(request, event, form):
        return redirect("event_places", slug)
    places = places_of(event)
    context = {
        "event": event,
        "form": form,
        "places": places,
        "waiting": [(each, why_words(each, places)) for each in waiting_list(event).lines()],
        "may_change": may(request.person, "event.change", event),
    }
    return render(request, "registration/places.jinja", context)


def _reserved(request: Request, event: Event, form: ReservationForm) -> bool:
    try:
        made = reserve(by=request.person, event=event, **form.reservation())
    except ValidationError as error:
        form.refuse(error)
        return False
    messages.success(
        request, _("Reserved: %(number)s for %(who)s.") % {"number": made.places, "who": made.who}
    )
    return True


def _take_away(request: Request, event: Event) -> HttpResponse:
    gone = get_object_or_404(event.reservations, pk=number_in(request.POST.get("which")))
    sure = request.POST.get(f"sure-{gone.pk}")
    if not sure:
        messages.error(
            request, _("Tick that you are sure first: those who wait may get these places at once.")
        )
        return redirect("event_places", event.slug)
    said = _("These places are for everybody now. %(number)s people got one from the waiting list.")
    attempt(
        request,
        lambda: take_away_reservation(by=request.person, reservation=gone),
        lambda moved: said % {"number": len(moved)},
    )
    return redirect("event_places", event.slug)
