"""At the door: for those who check people in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from joinedup.accounts.posted import attempt, number_in
from joinedup.accounts.request import Request
from joinedup.documents.csv_file import as_csv, csv_file
from joinedup.events.models import Event
from joinedup.events.views.event import planned_event
from joinedup.registration.needs import need_words
from joinedup.tables import seating
from joinedup.tables.actions import door as door_actions
from joinedup.tables.actions.door import bring_back, check_in, release_absent, undo_check_in
from joinedup.tables.forms.door import ArrivalCodeForm, WalkInForm
from joinedup.tables.models import PlanReport
from joinedup.tables.queries import door as queries

PER_PAGE = 100


@login_required
@never_cache
def event_check_in(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "event.check_in")
    button = request.POST.get("do", "")
    is_next = request.GET.get("by") == "code"
    code = ArrivalCodeForm(request.POST if button == "code" else None, event=event, is_next=is_next)
    walk_in = WalkInForm(request.POST if button == "walk_in" else None, event=event)
    if request.method == "POST" and (to := _button(request, event, code, walk_in)):
        return redirect(to)
    text, letter = request.GET.get("q", "").strip()[:100], request.GET.get("letter", "")[:1]
    found = queries.door(event, text=text, letter=letter)
    scanned = queries.by_code(event, request.GET.get("code", "")[:40])
    context = {
        "event": event,
        "door": found,
        "page": Paginator(found.lines, PER_PAGE).get_page(request.GET.get("page")),
        "card": queries.card(event, scanned.pk if scanned else number_in(request.GET.get("who"))),
        # A phone that scanned a square comes here: the button that checks them in has the focus.
        "scanned": scanned,
        "is_unknown": "code" in request.GET and scanned is None,
        "text": text,
        "letter": letter,
        "code": code,
        "walk_in": walk_in,
        "changes": seating.unseated(event) if PlanReport.objects.filter(event=event).exists() else None,
        "is_today": event.date in (None, timezone.localdate()),
        "need_words": need_words,
    }
    return render(request, "tables/check_in.jinja", context)


def _here(event: Event, **question: Any) -> str:
    query = urlencode({name: value for name, value in question.items() if value})
    return reverse("event_check_in", args=[event.slug]) + (f"?{query}" if query else "")


def _button(request: Request, event: Event, code: ArrivalCodeForm, walk_in: WalkInForm) -> str:
    """Do what a button asked for. Returns the URL to redirect to, or "" if a form has to be shown again."""
    by, button = request.person, request.POST.get("do", "")
    if button == "code":
        return _by_code(request, event, code)
    if button == "walk_in":
        return _walk_in(request, event, walk_in)
    if button in {"release", "back"}:
        act = release_absent if button == "release" else bring_back
        attempt(request, lambda: act(by=by, event=event), lambda done: _released(button, len(done)))
        return _here(event)
    for name in ("arrive", "alone", "let_in", "undo"):
        if name in request.POST:
            return _note(request, event, name)
    return _here(event)


def _released(button: str, number: int) -> str:
    if button == "back":
        return ngettext("%(num)s person is expected again.", "%(num)s people are expected again.", number) % {
            "num": number
        }
    return ngettext(
        "%(num)s person who has not arrived counts as not coming. No mail was sent.",
        "%(num)s people who have not arrived count as not coming. No mail was sent.",
        number,
    ) % {"num": number}


def _note(request: Request, event: Event, name: str) -> str:
    """Somebody arrives (with those they bring, or alone), is let in, or is not here after all."""
    attendee = get_object_or_404(event.attendees, pk=number_in(request.POST.get(name)))
    by, who = request.person, seating.badge_name(attendee)
    if name == "undo":
        undone = _("%(who)s is not noted as here any more.") % {"who": who}
        attempt(request, lambda: undo_check_in(by=by, attendee=attendee), lambda _new: undone)
        return _here(event, who=attendee.pk)
    chair = bool(request.POST.get(f"chair-{attendee.pk}"))
    done = attempt(
        request,
        lambda: check_in(by=by, attendee=attendee, together=name != "alone", chair=chair),
        _noted,
    )
    return _here(event, who=attendee.pk) if done else _here(event, q=who)


def _noted(new: list[Any]) -> str:
    if not new:
        return _("They were noted as here already.")
    return _("Here: %(who)s.") % {"who": ", ".join(seating.badge_name(each) for each in new)}


def _by_code(request: Request, event: Event, form: ArrivalCodeForm) -> str:
    if not form.is_valid() or form.attendee is None:
        return ""
    attendee = form.attendee
    try:
        new = check_in(by=request.person, attendee=attendee)
    except ValidationError as error:
        form.add_error("code", error)
        return ""
    messages.success(request, _noted(new))
    return _here(event, who=attendee.pk, by="code")


def _walk_in(request: Request, event: Event, form: WalkInForm) -> str:
    if not form.is_valid():
        return ""
    try:
        attendee = door_actions.walk_in(by=request.person, event=event, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return ""
    number = {"number": attendee.number}
    messages.success(request, _("In: No. %(number)s. Fit them in below to give them a table.") % number)
    return _here(event, who=attendee.pk)


@login_required
@require_GET
@never_cache
def event_arrivals_csv(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "event.check_in")
    body = as_csv(queries.ARRIVALS_HEADER, queries.arrival_rows(event))
    return csv_file(f"arrivals-{event.slug}.csv", body)
