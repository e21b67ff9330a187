"""What events do on a timer: one function each, safe to call again, and it says how much it did."""

from __future__ import annotations

import datetime

from django.db.models import Prefetch, Q
from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.events.actions import ask_young, chase, delete_personal, send_reminders, thank
from joinedup.events.actions.companions import look_after
from joinedup.events.actions.holding import lapse_held
from joinedup.events.after import has_ended
from joinedup.events.chasing import BEFORE, LASTED_WITHIN, OPEN, next_to_ask
from joinedup.events.models import Agreement, Contribution, Draft, Event
from joinedup.events.queries import due_deletions
from joinedup.events.queries.following import to_thank
from joinedup.events.queries.reminders import reminders_due

DRAFTS_FOR = datetime.timedelta(days=30)
# A page that is told of later than this is news to nobody.
THANKED_WITHIN = datetime.timedelta(days=7)
# Young people are asked until the last review has been answered.
ASKED_FOR = datetime.timedelta(days=430)


def let_go_of_held(now: datetime.datetime) -> int:
    """Let go of places that nobody confirmed within a day; returns how many people that were."""
    return lapse_held(now)


def look_after_young(on: datetime.date) -> int:
    """Follow who is vouched for at events to come; returns for how many young people something changed."""
    brings = Q(attendees__companion__isnull=False) | Q(attendees__wanted_companion__isnull=False)
    ahead = Event.objects.filter(brings, date__gte=on, cancelled_on=None, is_history=False).distinct()
    return sum(look_after(event) for event in ahead.order_by("date", "pk"))


def forget_drafts(now: datetime.datetime) -> int:
    """Delete what somebody was writing at a table and left for a month; returns how many drafts that were."""
    old = Draft.objects.filter(saved_at__lt=now - DRAFTS_FOR)
    number = old.count()
    old.delete()
    return number


def remind(now: datetime.datetime) -> int:
    """Remind everybody of the events to come who is due to be reminded; returns how many mails went out."""
    ahead = Event.objects.filter(date__gte=timezone.localdate(now), cancelled_on=None, is_history=False)
    number = 0
    for event in ahead.order_by("date", "pk"):
        if not reminders_due(event, now).number:
            continue
        reminded = send_reminders(by=Person.operator(), event=event, now=now)
        number += reminded.number - reminded.refused
    return number


def delete_due_personal(on: datetime.date) -> int:
    """Delete the personal details of every event whose 90 days are over; returns how many people that were."""
    return sum(delete_personal(by=Person.operator(), event=event, on=on) for event in due_deletions(on))


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


def chase_agreements(on: datetime.date) -> int:
    """Ask about every agreement of which a step is due; returns how many steps were taken."""
    is_due = Q(due__lte=on + BEFORE) | Q(review_3__lte=on) | Q(review_6__lte=on) | Q(review_12__lte=on)
    lasted = Q(state=Agreement.State.KEPT, review_12__range=(on - LASTED_WITHIN, on))
    found = (
        Agreement.objects.filter(Q(is_due, state__in=OPEN) | lasted)
        .select_related("event", "owner_partner", "deputy_partner")
        .prefetch_related("progress", "chases", Prefetch("contributions", Contribution.objects.all()))
    )
    taken = 0
    for each in found:
        if next_to_ask(each, on, each.chases.all()):
            taken += len(chase(by=Person.operator(), agreement=each, on=on))
    return taken


def ask_young_people(on: datetime.date) -> int:
    """Ask the young people who were at past days, through their hosts, what was done; returns how many hosts."""
    past = Event.objects.filter(
        date__range=(on - ASKED_FOR, on - datetime.timedelta(days=1)), cancelled_on=None, is_history=False
    )
    return sum(ask_young(by=Person.operator(), event=event, on=on) for event in past.order_by("date", "pk"))
