"""An attendee's own page, without an account. Opening a link never changes anything."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from joinedup.accounts.posted import attempt, number_in
from joinedup.accounts.request import Request
from joinedup.events.queries.events import is_over
from joinedup.mail.turns import in_turn
from joinedup.registration.actions.companions import answer_ask
from joinedup.registration.actions.held_places import confirm_place
from joinedup.registration.actions.registration import cancel_registration, change_registration
from joinedup.registration.forms.registration import AttendingForm
from joinedup.registration.models import Attendee
from joinedup.tables.introductions import introductions_for
from joinedup.tables.queries.own_seats import own_seats


@never_cache
def attending(request: Request, token: str) -> HttpResponse:
    attendee = get_object_or_404(
        Attendee.objects.select_related("event__footprint", "partner", "companion").prefetch_related(
            "with_them", "asked_to_bring"
        ),
        token=token,
    )
    button = next((each for each in ("save", "cancel", "confirm", "bring") if each in request.POST), "")
    form = AttendingForm(request.POST if button == "save" else None, attendee=attendee)
    if request.method == "POST" and button != "save":
        with in_turn():
            _press(request, attendee, button)
        return redirect("attending", token)
    if request.method == "POST" and form.is_valid():
        try:
            change_registration(by=request.person, attendee=attendee, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("attending", token)
    meet = introductions_for(attendee, request.person, timezone.localdate())
    over = is_over(attendee.event, timezone.localdate())
    context = {
        "attendee": attendee,
        "form": form,
        "introductions": meet,
        "is_over": over,
        "seats": own_seats(attendee) if attendee.standing == Attendee.Standing.PLACED and not over else [],
    }
    return render(request, "web/attending.jinja", context)


def _press(request: Request, attendee: Attendee, button: str) -> None:
    """Do what a button of somebody's own page asked for, other than saving; each reports its result in a
    sentence."""
    by = request.person
    if button == "cancel":
        said = _("Your registration is cancelled. Thank you for telling us.")
        attempt(request, lambda: cancel_registration(by=by, attendee=attendee), lambda _done: str(said))
    elif button == "confirm":
        said = _("Thank you. That was all: this page says what you have.")
        attempt(request, lambda: confirm_place(by=by, attendee=attendee), lambda _done: str(said))
    elif button == "bring":
        asked = attendee.asked_to_bring.select_related("event")
        young = get_object_or_404(asked, number=number_in(request.POST.get("who")))
        yes, said = request.POST["bring"] == "yes", _("Thank you. Your answer is noted.")
        attempt(
            request,
            lambda: answer_ask(by=by, through=attendee, young=young, yes=yes),
            lambda _done: str(said),
        )
