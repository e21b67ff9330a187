"""Answering an invitation from the mail, without an account. Opening the link never changes anything."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from joinedup.accounts.request import Request
from joinedup.events.calendar import event_calendar
from joinedup.events.queries.events import is_over
from joinedup.registration.actions.invitation_answers import answer_invitation
from joinedup.registration.forms.invitations import InvitationAnswerForm
from joinedup.registration.models import Invitation


def _invited(token: str) -> Invitation:
    known = Invitation.objects.select_related(
        "event__at", "event__programme", "event__footprint", "partner", "substitute_for"
    )
    return get_object_or_404(known, token=token)


@never_cache
def invitation(request: Request, token: str) -> HttpResponse:
    found = _invited(token)
    form = InvitationAnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            answer_invitation(by=request.person, invitation=found, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if found.answer == Invitation.Answer.ACCEPTED:
                address = reverse("event_register", args=[found.event.slug])
                return redirect(f"{address}?invitation={found.token}")
            messages.success(request, _("Thank you for telling us."))
            return redirect("invitation", token)
    over = is_over(found.event, timezone.localdate())
    return render(
        request, "registration/invitation.jinja", {"invitation": found, "form": form, "is_over": over}
    )


@never_cache
@require_safe
def invitation_calendar(request: Request, token: str) -> HttpResponse:
    """The day as a calendar file, also while the event is not in the public list."""
    event = _invited(token).event
    if event.date is None:
        raise Http404
    name = f'inline; filename="{event.slug}.ics"'
    return HttpResponse(
        event_calendar(event),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": name},
    )
