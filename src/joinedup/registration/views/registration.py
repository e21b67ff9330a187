"""Register, and answer from a mail, without an account. Opening a link never changes anything."""

from __future__ import annotations

from contextlib import suppress

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from joinedup.accounts.request import Request
from joinedup.accounts.turns import in_turn
from joinedup.events.models import Event
from joinedup.events.queries.events import is_over, listed
from joinedup.registration.actions.companions import NobodyThere
from joinedup.registration.actions.held_places import is_proved
from joinedup.registration.actions.registration import register
from joinedup.registration.forms.registration import RegistrationForm
from joinedup.registration.models import YOUNG, Invitation

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
    page depends only on what was posted and on who is signed in."""
    details = form.registration()
    if details["part"] == YOUNG:
        words = _(
            "Thank you. If somebody of your organisation is registered with this address, they are now asked whether "
            "they come with you. You wait for a companion until they say yes and those who plan the event know them. "
            "If nobody is asked, tell them to register first, or to register you together with them."
        )
    elif is_proved(request.person, event, details["email"].strip().lower(), invited):
        words = _(
            "Thank you. Our mail says whether you have a place, and how to change or cancel. Each person gets one mail."
        )
    else:
        words = _(
            "Thank you. One more step: open the mail that we sent to this address, and press its button within a day. "
            "Your place counts from then on. Each person gets one mail: if you have none, look among unwanted mail."
        )
    with suppress(NobodyThere):
        register(by=request.person, event=event, invitation=invited, **details)
    messages.success(request, words)


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
    event, invited = _to_register_for(request, slug)
    form = RegistrationForm(request.POST or None, person=request.person, event=event, invitation=invited)
    if request.method == "POST" and form.is_valid():
        try:
            with in_turn():
                if _too_many(request):
                    raise ValidationError(
                        _("Too many registrations came from here. Please try again in an hour.")
                    )
                _register(request, event, invited, form)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            # An event not listed yet has no public page, so invited people come back to this one.
            is_listed = listed(request.person).filter(pk=event.pk).exists()
            return redirect("event" if is_listed else "event_register", event.slug)
    over = is_over(event, timezone.localdate())
    return render(request, "registration/register.jinja", {"event": event, "form": form, "is_over": over})
