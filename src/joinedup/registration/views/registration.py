"""Register, and answer from a mail, without an account. Opening a link never changes anything."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from joinedup.accounts.person import Person
from joinedup.accounts.request import Request
from joinedup.events.models import Event
from joinedup.events.queries.events import is_over, listed
from joinedup.mail.turns import in_turn
from joinedup.registration.actions.companions import NobodyThere
from joinedup.registration.actions.held_places import is_proved
from joinedup.registration.actions.registration import register
from joinedup.registration.forms.registration import RegistrationForm, WhoForm
from joinedup.registration.mails import called
from joinedup.registration.models import YOUNG, Invitation
from joinedup.registration.needs import needs_in_words
from joinedup.registration.queries.known_answers import how_they_come
from joinedup.registration.queries.own_places import own_at, standing_words
from joinedup.registration.queries.reserved_places import places_of
from joinedup.registration.waiting_words import kept_words

# A whole youth club may register from one address; a script that fills the list may not.
AN_HOUR, MOST_AN_HOUR = 3600, 60


def _too_many(request: Request) -> bool:
    # The client address as sign-in counts it: behind our own proxy, everybody would otherwise share one.
    key = f"register-{get_adapter().get_client_ip(request)}-{timezone.now():%Y%m%d%H}"
    if cache.add(key, 1, AN_HOUR):
        return False
    try:
        return cache.incr(key) > MOST_AN_HOUR
    except ValueError:
        return False


def _register(request: Request, event: Event, invited: Invitation | None, form: RegistrationForm) -> None:
    """Register, and answer the same whether or not an address, or that of a companion, is known here: the
    page depends only on what was posted and on who is signed in. Only the owner of an address, who is signed in
    with it, reads what it has now."""
    details = form.registration()
    with suppress(NobodyThere):
        register(by=request.person, event=event, invitation=invited, **details)
    messages.success(request, _said(request.person, event, invited, details))


def _said(by: Person, event: Event, invited: Invitation | None, details: dict[str, Any]) -> str:
    """What somebody reads once they have posted."""
    address = details.get("email", "").strip().lower()
    if details["part"] == YOUNG:
        return _said_to_a_young_person(details)
    if by.is_signed_in and by.email.lower() == address:
        return _said_to_the_owner(by, event)
    if is_proved(by, event, address, invited):
        return _(
            "Thank you. Our mail says whether you have a place, and how to change or cancel. Each person gets one mail."
        )
    return _(
        "Thank you. One more step: open the mail that we are sending to this address, and press its button within "
        "a day. Your place counts from then on, and a second mail says what you have, with your code for the "
        "door. If you have no mail, look among unwanted mail."
    )


def _said_to_a_young_person(details: dict[str, Any]) -> str:
    """What they entered, what happens next, and what to do if nothing does. Their adult may be registered or not:
    every sentence is true of both."""
    entered = [
        (_("Name"), details["name"]),
        (_("Your adult"), details["companion_email"]),
        (_("You need"), needs_in_words(details["access"])),
        (_("Food you do not eat"), details["dietary"]),
        (_("You want to talk about"), "; ".join(each.name for each in details["themes"])),
    ]
    lines = [
        _("Thank you. This is what you entered."),
        *(f"{name}: {value}" for name, value in entered if value),
        _(
            "What happens next: your adult says yes to our mail. The people who run the day must know them, too."
        ),
        _(
            "If your adult has no mail by tomorrow: ask them to register for this event, and to add your name there."
        ),
    ]
    return "\n".join(lines)


def _said_to_the_owner(by: Person, event: Event) -> str:
    own = own_at(by, event.pk)
    said = [
        standing_words(each) if len(own) == 1 else f"{called(each)}: {standing_words(each)}" for each in own
    ]
    end = _("Our mail says how to change or cancel. Each person gets one mail.")
    return " ".join([_("Thank you."), *said, end])


def _to_register_for(request: Request, slug: str) -> tuple[Event, Invitation | None]:
    """The event, and the invitation whose link was used: an event they may find, or are invited to."""
    token = request.GET.get("invitation", "")
    found = Invitation.objects.select_related("partner").filter(event__slug=slug, token=token)
    invited = found.first() if token else None
    events = Event.objects.filter(pk=invited.event_id) if invited else listed(request.person)
    whole = events.filter(is_history=False, is_draft=False).select_related("footprint")
    return get_object_or_404(whole, slug=slug), invited


@never_cache
def event_register(request: Request, slug: str) -> HttpResponse:
    """First who somebody is, then only their questions. What is written travels with the form, so that
    nothing is kept of people who do not finish."""
    event, invited = _to_register_for(request, slug)
    sent = request.POST if request.method == "POST" else request.GET
    step = sent.get("step", "")
    who = WhoForm(
        sent if {"part", "step"} & sent.keys() else None,
        initial={"part": how_they_come(request.person, invited)},
    )
    context = {"event": event, "invitation": invited, "is_over": is_over(event, timezone.localdate())}
    if step == "who" or not who.is_valid():
        return render(request, "registration/who.jinja", {**context, "form": who, "kept": _kept(request)})
    is_sent = request.method == "POST" and step != "questions"
    form = RegistrationForm(
        request.POST if is_sent else None,
        part=who.cleaned_data["part"],
        person=request.person,
        event=event,
        invitation=invited,
        written=request.POST or None,
    )
    if is_sent and form.is_valid() and _is_registered(request, event, invited, form):
        # An event that is not listed yet has no public page, so invited people come back to their invitation.
        if invited is None or listed(request.person).filter(pk=event.pk).exists():
            return redirect("event", event.slug)
        return redirect("invitation", invited.token)
    shown = {**context, "form": form, "places": places_of(event), "kept_words": kept_words}
    return render(request, "registration/register.jinja", shown)


def _kept(request: Request) -> list[tuple[str, str]]:
    """What was written before somebody went back, as hidden fields: (name, value)."""
    names = RegistrationForm.base_fields.keys()
    return [(name, each) for name, values in request.POST.lists() if name in names for each in values]


def _is_registered(
    request: Request, event: Event, invited: Invitation | None, form: RegistrationForm
) -> bool:
    """Register; a refusal is told on the form."""
    try:
        with in_turn():
            if _too_many(request):
                raise ValidationError(
                    _("Too many registrations came from here. Please try again in an hour.")
                )
            _register(request, event, invited, form)
    except ValidationError as error:
        # What belongs to a box was told beside it already; this may be about one that is not asked.
        form.add_error(None, ValidationError(error.messages))
        return False
    return True
