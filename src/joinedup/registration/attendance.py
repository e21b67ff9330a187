"""When a day is over, for whom, and which of those who registered attended. No queries unless stated."""

from __future__ import annotations

import datetime

from django.utils import timezone

from joinedup.accounts.models import Grant
from joinedup.accounts.person import Person
from joinedup.events.models import Event
from joinedup.registration.models import Attendee, Invitation

# A day without a known end is over at this hour.
ENDS = datetime.time(17, 0)


def has_ended(event: Event, now: datetime.datetime) -> bool:
    """Whether the day is over; False if it was cancelled or has no date."""
    if event.date is None or event.cancelled_on:
        return False
    here = timezone.localtime(now)
    return (event.date, event.ends or ENDS) <= (here.date(), here.time())


def rounds_done(event: Event, now: datetime.datetime) -> list[int]:
    """The rounds of table talk that are over: all of them after the day; on the day, those whose session has
    ended; 1 query."""
    if has_ended(event, now):
        return list(range(1, event.rounds + 1))
    here = timezone.localtime(now)
    if event.date != here.date() or event.cancelled_on:
        return []
    talks = event.sessions.exclude(round=None).values_list("round", "starts", "minutes")
    midnight = datetime.datetime.combine(here.date(), datetime.time.min)
    passed = here.replace(tzinfo=None) - midnight
    return sorted(
        number
        for number, starts, minutes in talks
        if number is not None
        and datetime.timedelta(hours=starts.hour, minutes=starts.minute + minutes) <= passed
    )


def were_there(event: Event) -> list[Attendee]:
    """Everybody who had a place and, if people were checked in, arrived; with partner and sector; 1 query."""
    placed = list(
        event.attendees.filter(standing=Attendee.Standing.PLACED).select_related("partner", "sector", "user")
    )
    arrived = [each for each in placed if each.arrived_at]
    return arrived or placed


def is_vouched(attendee: Attendee, person: Person) -> bool:
    """Whether there is more than their own word that they belong to their partner: they are signed in as its
    member, registered as one, or were invited for it at this address; 2 queries at most. Anybody can register
    for any partner. Nobody speaks for those who come for themselves."""
    if attendee.is_young or attendee.partner_id is None:
        return False
    if attendee.partner_id in person.partner_ids:
        return True
    if attendee.user_id and Grant.objects.filter(
        user=attendee.user_id, user__is_active=True, partner=attendee.partner_id
    ):
        return True
    invited = Invitation.objects.filter(event=attendee.event_id, partner=attendee.partner_id)
    return bool(attendee.email) and invited.filter(email__iexact=attendee.email).exists()
