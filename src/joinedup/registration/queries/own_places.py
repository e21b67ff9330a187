"""What somebody who is signed in has at events: for the owner of an address only.

Signing in proved that the address of the account is theirs, so they may read what its mails say. Nobody else is told
whether an address is registered.
"""

from __future__ import annotations

import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from joinedup.accounts.person import Person
from joinedup.registration.models import Attendee

Standing = Attendee.Standing


def own_registrations(person: Person) -> QuerySet[Attendee]:
    """Registrations with the address or the account of `person`, cancelled ones too; none of who is not signed in.
    Those of young people, who have no address, are on the page of the adult they come with."""
    if not person.is_signed_in:
        return Attendee.objects.none()
    own = Q(user=person.user_id)
    if person.email:
        own |= Q(email__iexact=person.email)
    return Attendee.objects.filter(own).select_related("event", "partner").order_by("event__date", "number")


def own_at(person: Person, event_id: int) -> list[Attendee]:
    """What they have at one event; one that is cancelled is left out where another is not. 1 query, none for who is
    not signed in."""
    found = list(own_registrations(person).filter(event=event_id)) if person.is_signed_in else []
    return [each for each in found if each.standing != Standing.CANCELLED] or found[-1:]


def own_to_come(person: Person, on: datetime.date) -> QuerySet[Attendee]:
    """What they have at events that are not over and take place, and what they still have to confirm; 1 query."""
    to_come = Q(event__date__gte=on) | Q(event__date=None, event__is_history=False)
    found = own_registrations(person).filter(to_come, event__cancelled_on=None)
    return found.exclude(standing__in=Attendee.GONE)


def standing_words(attendee: Attendee) -> str:
    """What they have, in a sentence to them."""
    if attendee.is_to_confirm_day and attendee.standing == Standing.PLACED:
        return _("You have a place. The day or the place was changed: say whether you can still come.")
    return {
        Standing.PLACED.value: _("You have a place."),
        Standing.WAITING.value: _("You are on the waiting list."),
        Standing.HELD.value: _(
            "One more step: say that you are coming. Until then your place does not count."
        ),
        Standing.LAPSED.value: _(
            "The day for saying that you are coming has passed. You can still say so: you come if there is room."
        ),
        Standing.CANCELLED.value: _("Your registration is cancelled."),
        Standing.ALONE.value: _("You are waiting for a companion."),
    }[attendee.standing]
