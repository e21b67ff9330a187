"""Remind those who have not answered, and those who come. The worker and the button do the same."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.events.models import Event
from joinedup.registration import mails
from joinedup.registration.models import Attendee, Invitation
from joinedup.registration.queries.reminders import Due, reminders_due


@dataclass(frozen=True)
class Reminded:
    """The outcome of the mails to those who have not answered, and to those who come."""

    invited: mails.Sending
    coming: mails.Sending

    @property
    def number(self) -> int:
        return self.invited.number + self.coming.number

    @property
    def unwanted(self) -> int:
        return self.invited.unwanted + self.coming.unwanted


@transaction.atomic
def send_reminders(*, by: Person, event: Event, now: datetime.datetime | None = None) -> Reminded:
    """Send the reminders of one event that are due now. Running again at once sends nothing."""
    require(by, "event.invite", on=event)
    now = now or timezone.now()
    # SQLite begins every transaction as a writer; PostgreSQL locks the row. So nobody is reminded twice.
    Event.objects.select_for_update().get(pk=event.pk)
    event = Event.objects.select_related("programme", "at").get(pk=event.pk)
    due = reminders_due(event, now)
    if not due.number:
        return Reminded(mails.Sending(), mails.Sending())
    people = [[each.attendee for each in coming] for _address, coming in due.coming]
    _note(due, people, now)
    sent = Reminded(
        mails.send_invitations(event, due.invited, is_reminder=True),
        mails.send_reminders(event, due.coming),
    )
    after = {"invited": sent.invited.number, "coming": sent.coming.number}
    audit.record(by=by, action="event.remind", on=event, after=after)
    return sent


def _note(due: Due, people: list[list[Attendee]], now: datetime.datetime) -> None:
    """Record when each was reminded. This stays if the mail server does not answer, since the mails are kept
    and sent later, and if it refuses an address, since it would refuse it again."""
    told = [each.pk for them in people for each in them]
    Invitation.objects.filter(pk__in=[each.pk for each in due.invited]).update(reminded_at=now)
    Attendee.objects.filter(pk__in=told).update(reminded_at=now)
