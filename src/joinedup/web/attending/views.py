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
from joinedup.registration.actions.moved_day import still_coming
from joinedup.registration.actions.registration import cancel_registration, change_registration
from joinedup.registration.actions.waiting_list import choose_together
from joinedup.registration.door_code import code_square
from joinedup.registration.forms.registration import AttendingForm
from joinedup.registration.models import Attendee
from joinedup.registration.queries.reserved_places import places_of
from joinedup.registration.queries.waiting_list import waiting_of
from joinedup.registration.waiting_words import why_they_wait
from joinedup.tables.introductions import introductions_for
from joinedup.tables.queries.own_seats import own_seats

BUTTONS = ("save", "cancel", "confirm", "bring", "still", "together")


@never_cache
def attending(request: Request, token: str) -> HttpResponse:
    attendee = get_object_or_404(
        Attendee.objects.select_related("event__footprint", "partner", "companion").prefetch_related(
            "with_them", "asked_to_bring", "colleagues__event"
        ),
        token=token,
    )
    button = next((each for each in BUTTONS if each in request.POST), "")
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
    waiting, is_placed = waiting_of(attendee), attendee.standing == Attendee.Standing.PLACED
    context = {
        "attendee": attendee,
        "waiting": waiting,
        "waits": why_they_wait(waiting, places_of(attendee.event)) if waiting else [],
        "square": code_square(attendee) if is_placed and not over and not attendee.event.cancelled_on else "",
        "form": form,
        "introductions": meet,
        "is_over": over,
        # Which of the two links in the mail was followed.
        "answer": request.GET.get("still", ""),
        "seats": own_seats(attendee) if is_placed and not over else [],
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
        said = _("Thank you. This page says what you have, and we are writing it to you too.")
        attempt(request, lambda: confirm_place(by=by, attendee=attendee), lambda _done: str(said))
    elif button == "still":
        said = _("Thank you. You are expected on the new day.")
        attempt(request, lambda: still_coming(by=by, attendee=attendee), lambda _done: str(said))
    elif button == "together":
        together = request.POST["together"] == "yes"
        said = _("Saved. This page says what you have now.")
        attempt(
            request,
            lambda: choose_together(by=by, attendee=attendee, together=together),
            lambda _moved: str(said),
        )
    elif button == "bring":
        asked = attendee.asked_to_bring.select_related("event")
        young = get_object_or_404(asked, number=number_in(request.POST.get("who")))
        yes, said = request.POST["bring"] == "yes", _("Thank you. Your answer is noted.")
        attempt(
            request,
            lambda: answer_ask(by=by, through=attendee, young=young, yes=yes),
            lambda _done: str(said),
        )
