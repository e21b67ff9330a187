"""What events do on a timer: one function each, safe to call again, and it says how much it did."""

from __future__ import annotations

import datetime

from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.events.models import Event
from joinedup.registration.attendance import has_ended
from joinedup.results.actions.thanks import thank
from joinedup.results.queries.follow_up import to_thank

# A page that is told of later than this is news to nobody.
THANKED_WITHIN = datetime.timedelta(days=7)


def thank_attendees(now: datetime.datetime) -> int:
    """Tell everybody who was at a day that has ended of their page; returns how many mails go out."""
    today = timezone.localdate(now)
    just_over = Event.objects.filter(
        date__gt=today - THANKED_WITHIN, date__lte=today, cancelled_on=None, personal_deleted_on=None
    ).exclude(is_history=True)
    return sum(
        thank(by=Person.operator(), event=event, now=now)
        for event in just_over.order_by("date", "pk")
        if has_ended(event, now) and to_thank(event)
    )
