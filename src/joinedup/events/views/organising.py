"""Making an event, inviting, and who comes: for those who plan it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from joinedup.accounts.permissions import may
from joinedup.accounts.request import Request
from joinedup.events import actions
from joinedup.events.forms import EventForm, InvitationForm, TablesForm
from joinedup.events.models import Event
from joinedup.events.queries import people
from joinedup.events.queries.events import is_over
from joinedup.partners.csv_export import as_csv


def planned_event(request: Request, slug: str, permission: str) -> Event:
    """The event, for somebody who may do `permission` to it; for everybody else there is no such page."""
    event = get_object_or_404(
        Event.objects.select_related("footprint", "programme"), slug=slug, is_history=False
    )
    if not may(request.person, permission, event):
        raise Http404
    return event


def attempt(request: Request, act: Callable[[], Any], done: Callable[[Any], str]) -> bool:
    """Do something that a button asked for; say how it went."""
    try:
        result = act()
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return False
    messages.success(request, done(result))
    return True


@login_required
def event_add(request: Request) -> HttpResponse:
    if not may(request.person, "event.add"):
        raise Http404
    form = EventForm(request.POST or None, person=request.person)
    if request.method == "POST" and form.is_valid():
        try:
            event = actions.add_event(by=request.person, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The event is there. Next: choose its topics and invite people."))
            return redirect("event_plan", event.slug)
    return render(request, "events/edit.jinja", {"event": None, "form": form, "tables": None})


@login_required
def event_edit(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "event.change")
    is_room = request.POST.get("form") == "tables"
    form = EventForm(None if is_room else request.POST or None, person=request.person, event=event)
    tables = TablesForm.of(event, request.POST if is_room else None)
    if request.method == "POST" and (tables if is_room else form).is_valid():
        try:
            if is_room:
                actions.set_tables(by=request.person, event=event, **tables.room())
            else:
                actions.change_event(by=request.person, event=event, **form.cleaned_data)
        except ValidationError as error:
            (tables if is_room else form).add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("event_edit" if is_room else "event", event.slug)
    return render(request, "events/edit.jinja", {"event": event, "form": form, "tables": tables})


@login_required
@never_cache
def event_people(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "event.see_attendees")
    if request.method == "POST":
        _people_button(request, event)
        return redirect("event_people", event.slug)
    asks, themes = people.asks_and_themes(event)
    context = {
        "event": event,
        "attendees": list(people.attendees(event)),
        "asks": asks,
        "themes": themes,
        "is_over": is_over(event, timezone.localdate()),
        "parts": {"facilitator": _("leads a table"), "scribe": _("writes"), "speaker": _("speaks")},
    }
    return render(request, "events/people.jinja", context)


def _people_button(request: Request, event: Event) -> None:
    by = request.person
    if request.POST.get("do") == "delete":
        gone = _("The personal details of %(people)s people are deleted.")
        attempt(
            request,
            lambda: actions.delete_personal(by=by, event=event),
            lambda number: gone % {"people": number},
        )
        return
    attendee = get_object_or_404(
        event.attendees.select_related("event"), pk=number_in(request.POST.get("who"))
    )
    parts = request.POST.getlist("parts")
    attempt(
        request,
        lambda: actions.set_parts(by=by, attendee=attendee, parts=parts),
        lambda _done: str(_("Saved.")),
    )


def number_in(text: str | None) -> int:
    """A number from a form; what is none leads nowhere."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else -1


@login_required
@never_cache
def event_invitations(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "event.invite")
    button = request.POST.get("do")
    form = InvitationForm(request.POST if button == "add" else None, event=event)
    if request.method == "POST" and _invite(request, event, form):
        return redirect("event_invitations", event.slug)
    listed = list(people.invitations(event))
    context = {
        "event": event,
        "form": form,
        "invitations": listed,
        "unsent": sum(1 for each in listed if each.sent_at is None and each.email),
        "missing": people.missing(event),
    }
    return render(request, "events/invitations.jinja", context)


def _invite(request: Request, event: Event, form: InvitationForm) -> bool:
    """What a button of the invitation page asked for; False where the form has to be shown again."""
    by, button = request.person, request.POST.get("do")
    if button == "add":
        if not form.is_valid():
            return False
        try:
            actions.add_invitation(by=by, event=event, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
            return False
        messages.success(request, _("Added. Send it with the button below."))
    elif button == "make":
        made = _("%(number)s new invitations are in the list; nothing is sent yet.")
        attempt(request, lambda: actions.make_invitations(by=by, event=event), lambda n: made % {"number": n})
    elif button == "send":
        sent = _("%(number)s invitations are sent.")
        attempt(request, lambda: actions.send_invitations(by=by, event=event), lambda n: sent % {"number": n})
    return True


@login_required
@require_GET
@never_cache
def event_invitations_csv(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "event.invite")
    body = as_csv(people.INVITATION_HEADER, people.invitation_rows(event))
    name = f'attachment; filename="invitations-{event.slug}.csv"'
    return HttpResponse(body, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})
