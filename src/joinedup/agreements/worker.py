"""Timed work: one function each, safe to call again, returning how much it did."""

from __future__ import annotations

import datetime

from django.db.models import Prefetch, Q

from joinedup.accounts.person import Person
from joinedup.agreements.actions.reminders import chase
from joinedup.agreements.actions.verdicts import ask_young
from joinedup.agreements.models import Agreement, Draft, PartnerContribution
from joinedup.agreements.reminder_steps import BEFORE, LASTED_WITHIN, OPEN, next_to_ask
from joinedup.events.models import Event
from joinedup.privacy.retention import DRAFTS

# Young people are asked until the last review has been answered.
ASKED_FOR = datetime.timedelta(days=430)


def forget_drafts(now: datetime.datetime) -> int:
    """Delete drafts left unfinished at a table for a month; returns how many."""
    _, by_model = Draft.objects.filter(saved_at__lt=now - DRAFTS.length).delete()
    return by_model.get(Draft._meta.label, 0)


def chase_agreements(on: datetime.date) -> int:
    """Ask about every agreement that has a step due; returns how many steps were taken."""
    is_due = Q(due__lte=on + BEFORE) | Q(review_3__lte=on) | Q(review_6__lte=on) | Q(review_12__lte=on)
    lasted = Q(state=Agreement.State.KEPT, review_12__range=(on - LASTED_WITHIN, on))
    found = (
        Agreement.objects.filter(Q(is_due, state__in=OPEN) | lasted)
        .select_related("event", "owner_partner", "deputy_partner")
        .prefetch_related("progress", "chases", Prefetch("contributions", PartnerContribution.objects.all()))
    )
    taken = 0
    for each in found:
        if next_to_ask(each, on, each.chases.all()):
            taken += len(chase(by=Person.operator(), agreement=each, on=on))
    return taken


def ask_young_people(on: datetime.date) -> int:
    """Ask the young people who attended past events, through their hosts, what was done; returns how many
    hosts."""
    past = Event.objects.filter(
        date__range=(on - ASKED_FOR, on - datetime.timedelta(days=1)), cancelled_on=None, is_history=False
    )
    return sum(ask_young(by=Person.operator(), event=event, on=on) for event in past.order_by("date", "pk"))
