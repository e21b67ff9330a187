"""The invitation list: who is missing, whom to invite and why, sending and reminding. For those who plan the event."""

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

from joinedup.accounts.request import Request
from joinedup.events import actions
from joinedup.events.forms import ChangeInvitationForm, InvitationForm
from joinedup.events.mails import Sending, invitations_to_read
from joinedup.events.models import Event, Invitation
from joinedup.events.queries import people
from joinedup.events.queries.asking import coordinators
from joinedup.events.queries.inviting import inviting, suggested_now
from joinedup.events.queries.reminders import reminders_due
from joinedup.events.views.organising import attempt, number_in, planned_event
from joinedup.partners.csv_export import as_csv, csv_file


@login_required
@never_cache
def event_invitations(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "event.invite")
    button, today = request.POST.get("do"), timezone.localdate()
    asked_for = {"partner": number_in(request.GET.get("partner")), "brings": request.GET.get("brings", "")}
    form = InvitationForm(request.POST if button == "add" else None, event=event, initial=asked_for)
    if request.method == "POST" and _invite(request, event, form):
        return redirect("event_invitations", event.slug)
    listed = list(people.invitations(event))
    unsent = [each for each in listed if each.sent_at is None and each.email]
    due = reminders_due(event, timezone.now())
    context = {
        "event": event,
        "form": form,
        "invitations": listed,
        "not_registered": people.not_registered(event, listed),
        "unsent": len(unsent),
        "letters": [
            *invitations_to_read(event, unsent),
            *invitations_to_read(event, due.invited, is_reminder=True),
        ],
        "replies": [user.email for user in coordinators(event)],
        "wrong": actions.ready_to_invite(event),
        "picture": inviting(request.person, event, today, request.GET.get("gap", "")),
        "asks_for_all": "all" in request.GET,
        "due": due.number,
    }
    return render(request, "events/invitations.jinja", context)


def _invite(request: Request, event: Event, form: InvitationForm) -> bool:
    """What a button of the invitation page asked for; False where the form has to be shown again."""
    by, button = request.person, request.POST.get("do")
    if button == "add":
        return _add(request, event, form)
    if button == "make":
        made = _("%(number)s new invitations are in the list; nothing is sent yet.")
        attempt(request, lambda: actions.make_invitations(by=by, event=event), lambda n: made % {"number": n})
    elif button == "suggested":
        _invite_suggested(request, event)
    elif button == "send":
        attempt_sending(request, lambda: actions.send_invitations(by=by, event=event))
    elif button == "remind":
        attempt_sending(request, lambda: actions.send_reminders(by=by, event=event))
    return True


def _add(request: Request, event: Event, form: InvitationForm) -> bool:
    if not form.is_valid():
        return False
    try:
        actions.add_invitation(by=request.person, event=event, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("Added. Send it with the button on this page."))
    return True


def _invite_suggested(request: Request, event: Event) -> None:
    """Put partners that are not asked yet into the list, each with the reason for which it was suggested now."""
    wanted = {number_in(text) for text in request.POST.getlist("partner")}
    chosen = suggested_now(request.person, event, timezone.localdate(), wanted)
    made = _("%(number)s new invitations are in the list; nothing is sent yet.")
    attempt(
        request,
        lambda: actions.make_invitations(
            by=request.person,
            event=event,
            partners=[each.partner for each in chosen],
            reasons={each.partner.pk: each.sentence for each in chosen},
            brings=request.POST.get("brings", ""),
        ),
        lambda number: made % {"number": number},
    )


def attempt_sending(request: Request, act: Any) -> None:
    """Send mails; say how many went, and which did not go."""
    try:
        sending: Sending = act()
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return
    went = sending.number - sending.refused
    if went or not sending.refused:
        messages.success(
            request, ngettext("%(n)s mail is sent.", "%(n)s mails are sent.", went) % {"n": went}
        )
    if sending.refused:
        words = ngettext(
            "%(n)s mail was not sent: the mail server did not take it. Check the address, and send it again.",
            "%(n)s mails were not sent: the mail server did not take them. Check the addresses, and send them again.",
            sending.refused,
        )
        messages.error(request, words % {"n": sending.refused})


@login_required
@never_cache
def event_invitation(request: Request, slug: str, pk: int) -> HttpResponse:
    event = planned_event(request, slug, "event.invite")
    found = get_object_or_404(event.invitations.select_related("partner", "event"), pk=pk)
    button = request.POST.get("do")
    form = ChangeInvitationForm.of(found, request.POST if button == "save" else None)
    if request.method == "POST" and _press(request, found, form):
        return redirect("event_invitations", event.slug)
    # As it is kept, not as it was about to become.
    found.refresh_from_db()
    context = {"event": event, "invitation": found, "form": form, "wrong": actions.ready_to_invite(event)}
    return render(request, "events/invitation_edit.jinja", context)


def _press(request: Request, invitation: Invitation, form: ChangeInvitationForm) -> bool:
    """What a button of one invitation asked for; False where the form has to be shown again."""
    by, button = request.person, request.POST.get("do")
    if button == "withdraw":
        attempt(
            request,
            lambda: actions.withdraw_invitation(by=by, invitation=invitation),
            lambda _done: str(_("The invitation is withdrawn.")),
        )
    elif button == "again":
        attempt_sending(request, lambda: actions.send_invitation_again(by=by, invitation=invitation))
    elif button == "save":
        if not form.is_valid():
            return False
        try:
            actions.change_invitation(by=by, invitation=invitation, **form.cleaned_data)
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
    body = as_csv(people.INVITATION_HEADER, people.invitation_rows(event))
    return csv_file(f"invitations-{event.slug}.csv", body)
