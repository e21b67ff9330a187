"""The invitation list: who is missing, whom to invite and why, sending and reminding. For planners."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from joinedup.accounts.posted import attempt, number_in
from joinedup.accounts.request import Request
from joinedup.accounts.stale import watch
from joinedup.documents.csv_file import as_csv, csv_file
from joinedup.events.actions.event import ready_to_invite
from joinedup.events.models import Event
from joinedup.events.views.event import planned_event
from joinedup.partners.addressees import coordinator_addresses
from joinedup.partners.undelivered import failing_addresses
from joinedup.registration.actions.invitations import (
    add_invitation,
    change_invitation,
    make_invitations,
    send_invitation_again,
    send_invitations,
    withdraw_invitation,
)
from joinedup.registration.actions.reminders import send_reminders
from joinedup.registration.forms.invitations import ChangeInvitationForm, InvitationForm
from joinedup.registration.mails import Sending, invitations_to_read
from joinedup.registration.models import Invitation
from joinedup.registration.queries import attendees
from joinedup.registration.queries.reminders import reminders_due
from joinedup.registration.queries.suggestions import inviting, suggested_now


@login_required
@never_cache
def event_invitations(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "event.invite")
    button, today = request.POST.get("do"), timezone.localdate()
    asked_for = {"partner": number_in(request.GET.get("partner")), "brings": request.GET.get("brings", "")}
    form = InvitationForm(request.POST if button == "add" else None, event=event, initial=asked_for)
    if request.method == "POST" and _invite(request, event, form):
        return redirect("event_invitations", event.slug)
    listed = list(attendees.invitations(event))
    unsent = [each for each in listed if each.sent_at is None and each.email]
    due = reminders_due(event, timezone.now())
    context = {
        "event": event,
        "form": form,
        "invitations": listed,
        "not_registered": attendees.not_registered(event, listed),
        "unsent": len(unsent),
        "letters": [
            *invitations_to_read(event, unsent),
            *invitations_to_read(event, due.invited, is_reminder=True),
        ],
        "replies": coordinator_addresses(event.footprint_id),
        "wrong": ready_to_invite(event),
        "failing": failing_addresses(request.person),
        "picture": inviting(request.person, event, today, request.GET.get("gap", "")),
        "asks_for_all": "all" in request.GET,
        "due": due.number,
    }
    return render(request, "registration/invitations.jinja", context)


def _invite(request: Request, event: Event, form: InvitationForm) -> bool:
    """Do what a button of the invitation page asked for; False if the form has to be shown again."""
    by, button = request.person, request.POST.get("do")
    if button == "add":
        return _add(request, event, form)
    if button == "make":
        made = _("%(number)s new invitations are in the list; nothing is sent yet.")
        attempt(request, lambda: make_invitations(by=by, event=event), lambda n: made % {"number": n})
    elif button == "suggested":
        _invite_suggested(request, event)
    elif button == "send":
        attempt_sending(request, lambda: send_invitations(by=by, event=event))
    elif button == "remind":
        attempt_sending(request, lambda: send_reminders(by=by, event=event))
    return True


def _add(request: Request, event: Event, form: InvitationForm) -> bool:
    if not form.is_valid():
        return False
    try:
        add_invitation(by=request.person, event=event, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("Added. Send it with the button on this page."))
    return True


def _invite_suggested(request: Request, event: Event) -> None:
    """Add partners not asked yet to the list, each with the reason for which it was suggested now."""
    wanted = {number_in(text) for text in request.POST.getlist("partner")}
    chosen = suggested_now(request.person, event, timezone.localdate(), wanted)
    made = _("%(number)s new invitations are in the list; nothing is sent yet.")
    attempt(
        request,
        lambda: make_invitations(
            by=request.person,
            event=event,
            partners=[each.partner for each in chosen],
            reasons={each.partner.pk: each.sentence for each in chosen},
            brings=request.POST.get("brings", ""),
        ),
        lambda number: made % {"number": number},
    )


def attempt_sending(request: Request, act: Any) -> None:
    """Send mails, and say how many."""
    try:
        sending: Sending = act()
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return
    words = ngettext(
        "We are sending %(n)s mail. If it does not arrive, it is in My work, with what to do.",
        "We are sending %(n)s mails. Those that do not arrive are in My work, with what to do.",
        sending.number,
    )
    messages.success(
        request, words % {"n": sending.number} if sending.number else _("There is nothing to send.")
    )
    if sending.unwanted:
        words = ngettext(
            "%(n)s person wants no such mails: ring them.",
            "%(n)s people want no such mails: ring them.",
            sending.unwanted,
        )
        messages.warning(request, words % {"n": sending.unwanted})


@login_required
@never_cache
def event_invitation(request: Request, slug: str, pk: int) -> HttpResponse:
    event = planned_event(request, slug, "event.invite")
    found = get_object_or_404(event.invitations.select_related("partner", "event"), pk=pk)
    button = request.POST.get("do")
    form = ChangeInvitationForm.of(found, request.POST if button == "save" else None)
    # Not in one transaction: whether a mail was sent is known after the commit, and said here.
    watch(form, found)
    if request.method == "POST" and _press(request, found, form):
        return redirect("event_invitations", event.slug)
    # As stored, not as it was about to become.
    found.refresh_from_db()
    context = {"event": event, "invitation": found, "form": form, "wrong": ready_to_invite(event)}
    return render(request, "registration/invitation_edit.jinja", context)


def _press(request: Request, invitation: Invitation, form: ChangeInvitationForm) -> bool:
    """Do what a button of one invitation asked for; False if the form has to be shown again."""
    by, button = request.person, request.POST.get("do")
    if button == "withdraw":
        attempt(
            request,
            lambda: withdraw_invitation(by=by, invitation=invitation),
            lambda _done: str(_("The invitation is withdrawn.")),
        )
    elif button == "again":
        attempt_sending(request, lambda: send_invitation_again(by=by, invitation=invitation))
    elif button == "save":
        if not form.is_valid():
            return False
        try:
            change_invitation(by=by, invitation=invitation, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
            return False
        messages.success(request, _("Saved."))
    return True


@login_required
@require_GET
@never_cache
def event_invitations_csv(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "event.invite")
    body = as_csv(attendees.INVITATION_HEADER, attendees.invitation_rows(event))
    return csv_file(f"invitations-{event.slug}.csv", body)
