"""Timed work: one function each, safe to call again, returning how much it did."""

from __future__ import annotations

import datetime

from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.events.models import Event
from joinedup.registration.attendance import has_ended
from joinedup.results.actions.thanks import thank
from joinedup.results.queries.follow_up import to_thank

# After this long, the page is no longer news.
THANKED_WITHIN = datetime.timedelta(days=7)


def thank_attendees(now: datetime.datetime) -> int:
    """Notify everyone who attended a day that has ended of their page; returns the number of mails."""
    today = timezone.localdate(now)
    just_over = Event.objects.filter(
        date__gt=today - THANKED_WITHIN, date__lte=today, cancelled_on=None, personal_deleted_on=None
    ).exclude(is_history=True)
    return sum(
        thank(by=Person.operator(), event=event, now=now)
        for event in just_over.order_by("date", "pk")
        if has_ended(event, now) and to_thank(event)
    )
