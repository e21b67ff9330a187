"""Who registered: for planners only."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from joinedup.accounts.posted import attempt, number_in
from joinedup.accounts.request import Request
from joinedup.documents.csv_file import as_csv, csv_file
from joinedup.events.models import Event
from joinedup.events.queries.events import is_over
from joinedup.events.views.event import planned_event
from joinedup.partners.undelivered import failing_addresses
from joinedup.registration.actions.attendees import note_export, note_payment
from joinedup.registration.actions.moved_day import ask_anew
from joinedup.registration.actions.personal_details import delete_personal
from joinedup.registration.actions.registration import set_parts
from joinedup.registration.actions.unlisted_bodies import settle_body, take_back_body
from joinedup.registration.forms.attendees import PeopleFilterForm
from joinedup.registration.needs import needs_in_words
from joinedup.registration.queries import attendees
from joinedup.registration.queries.companions import apart
from joinedup.registration.queries.moved_day import moved_day
from joinedup.registration.queries.unlisted_bodies import settled_bodies, unlisted_bodies
from joinedup.registration.waiting_words import tally_words
from joinedup.taxonomy.models import Sector

# Each row has a form of its own, so that a page of them is tall.
PER_PAGE = 25


@login_required
@never_cache
def event_people(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "event.see_attendees")
    if request.method == "POST":
        _people_button(request, event)
        # Back to the same filters.
        return redirect(request.get_full_path())
    form = PeopleFilterForm(request.GET, event=event)
    chosen = form.chosen()
    found = attendees.filtered(event, **chosen)
    asks, themes = attendees.asks_and_themes(event)
    context = {
        "event": event,
        "form": form,
        "is_filtered": bool(chosen),
        "number": len(found),
        "tally": tally_words(attendees.tally(event)),
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "needs": attendees.to_provide(event),
        "needs_in_words": needs_in_words,
        "asks": asks,
        "failing": failing_addresses(request.person),
        "apart": apart(event),
        "themes": themes,
        "moved": moved_day(event),
        "unlisted": unlisted_bodies(event),
        "settled": settled_bodies(event),
        "sectors": Sector.objects.order_by("order"),
        "is_over": is_over(event, timezone.localdate()),
        "parts": {"facilitator": _("leads a table"), "scribe": _("writes"), "speaker": _("speaks")},
    }
    return render(request, "registration/attendees.jinja", context)


def _people_button(request: Request, event: Event) -> None:
    by, button = request.person, request.POST.get("do")
    if button == "delete":
        gone = _("The personal details of %(people)s people are deleted.")
        attempt(
            request,
            lambda: delete_personal(by=by, event=event),
            lambda number: gone % {"people": number},
        )
        return
    if button == "ask":
        asked = _("%(number)s people are asked whether they can still come.")
        attempt(request, lambda: ask_anew(by=by, event=event), lambda number: asked % {"number": number})
        return
    if button in {"settle", "unsettle"}:
        _body_button(request, event, button)
        return
    attendee = get_object_or_404(
        event.attendees.select_related("event"), pk=number_in(request.POST.get("who"))
    )
    if button in {"paid", "unpaid"}:
        on = timezone.localdate() if button == "paid" else None
        attempt(
            request,
            lambda: note_payment(by=by, attendee=attendee, on=on),
            lambda _done: str(_("Saved.")),
        )
        return
    parts = request.POST.getlist("parts")
    attempt(
        request,
        lambda: set_parts(by=by, attendee=attendee, parts=parts),
        lambda _done: str(_("Saved.")),
    )


def _body_button(request: Request, event: Event, button: str) -> None:
    """What a planner says an organisation is that was named at the door."""
    by, name = request.person, request.POST.get("body", "")
    if button == "unsettle":
        attempt(
            request,
            lambda: take_back_body(by=by, event=event, name=name),
            lambda _done: str(_("Taken back.")),
        )
        return
    partner, sector = request.POST.get("partner", ""), request.POST.get("sector", "")
    choice = request.POST.get("choice", "")
    attempt(
        request,
        lambda: settle_body(by=by, event=event, name=name, choice=choice, partner=partner, sector=sector),
        lambda _done: str(_("Saved.")),
    )


@login_required
@require_POST
@never_cache
def event_people_csv(request: Request, slug: str) -> HttpResponse:
    """The list as a file, for planners. It is a button, not a link, because exporting it is recorded."""
    event = planned_event(request, slug, "event.see_attendees")
    rows = list(attendees.people_rows(event))
    note_export(by=request.person, event=event, number=len(rows))
    return csv_file(f"people-{event.slug}.csv", as_csv(attendees.PEOPLE_HEADER, rows))
