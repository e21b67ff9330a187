"""Publish an event, and take that back while nobody relies on it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.events.actions.topics import BEFORE_THE_AGENDA, set_state
from joinedup.events.models import ON_AN_AGENDA, Event, Topic
from joinedup.opportunities.models import Opportunity
from joinedup.partners.election_hold import refuse_while_held

State = Opportunity.State


def not_to_publish(event: Event) -> str:
    """Why this draft cannot be published now, in a sentence; empty if it can. 1 query."""
    if not event.is_draft:
        return "This event is published already."
    if event.cancelled_on is not None:
        return "This event is cancelled: take the cancellation back before you publish it."
    if event.date is not None and event.date < timezone.localdate():
        return "The day of this event has passed: give it another day before you publish it."
    try:
        refuse_while_held([event.footprint] if event.footprint else [])
    except ValidationError as error:
        return error.messages[0].partition(":")[0] + "."
    return ""


@transaction.atomic
def publish_event(*, by: Person, event: Event) -> Event:
    """Publish it: from now on everybody can find it and register, people can be invited, and the
    opportunities on its agenda say so.

    Raises ValidationError if it is not a draft, is cancelled or over, and while its partnership publishes
    nothing new.
    """
    require(by, "event.announce", on=event)
    event = Event.objects.select_for_update().get(pk=event.pk)
    if reason := not_to_publish(event):
        raise ValidationError(reason)
    before = audit.snapshot(event)
    event.is_draft = False
    event.save(update_fields=["is_draft"])
    audit.record(by=by, action="event.announce", on=event, before=before)
    for topic in event.topics.filter(ON_AN_AGENDA, opportunity__state__in=BEFORE_THE_AGENDA):
        if topic.opportunity is not None:
            set_state(by, topic.opportunity, State.ON_AGENDA, "opportunity.on_agenda")
    return event


def not_to_withdraw(event: Event) -> str:
    """Why this event cannot become a draft again, in a sentence; empty if it can. 3 queries at most."""
    if event.is_draft:
        return "This event is a draft: nobody has seen it yet."
    if event.is_history or (event.date is not None and event.date < timezone.localdate()):
        return "This event is over: it stays where everybody finds it."
    if event.attendees.exclude(standing="cancelled").exists():
        return "Somebody has registered: cancel the event instead, so that they are told."
    if event.invitations.exclude(sent_at=None).exists():
        return "Invitations have been sent: cancel the event instead, so that they are told."
    if event.agreements.exists():
        return "Something was agreed at this event, so it stays."
    if event.conversations.exists():
        return "Young people are asked something for this event, so it stays. You can cancel it."
    return ""


@transaction.atomic
def withdraw_event(*, by: Person, event: Event) -> Event:
    """Make it a draft again, while nobody has registered and no invitation was sent."""
    require(by, "event.announce", on=event)
    event = Event.objects.select_for_update().get(pk=event.pk)
    if reason := not_to_withdraw(event):
        raise ValidationError(reason)
    before = audit.snapshot(event)
    event.is_draft = True
    event.save(update_fields=["is_draft"])
    audit.record(by=by, action="event.withdraw", on=event, before=before)
    for topic in event.topics.filter(ON_AN_AGENDA, opportunity__state=State.ON_AGENDA):
        if topic.opportunity is not None and not on_another_agenda(event, topic.opportunity):
            set_state(by, topic.opportunity, State.TAKEN_UP, "opportunity.off_agenda")
    return event


def on_another_agenda(event: Event, opportunity: Opportunity) -> bool:
    """Whether another published event of the partnership has it on its agenda; 1 query."""
    elsewhere = Event.objects.filter(footprint=opportunity.footprint_id, is_draft=False).exclude(pk=event.pk)
    held = Topic.objects.filter(ON_AN_AGENDA, event__in=elsewhere, opportunity__key=opportunity.key)
    return held.exists()
