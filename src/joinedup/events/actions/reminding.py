"""Reminding those who have not answered, and those who come. The worker and the button do the same."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.events import mails
from joinedup.events.models import Attendee, Event, Invitation
from joinedup.events.queries.reminders import Due, reminders_due


@dataclass(frozen=True)
class Reminded:
    """How the mails to those who have not answered went, and those to people who come."""

    invited: mails.Sending
    coming: mails.Sending

    @property
    def number(self) -> int:
        return self.invited.number + self.coming.number

    @property
    def refused(self) -> int:
        """Known once the change is kept."""
        return self.invited.refused + self.coming.refused


@transaction.atomic
def send_reminders(*, by: Person, event: Event, now: datetime.datetime | None = None) -> Reminded:
    """Send the reminders of one event that are due now. Sending again at once sends nothing."""
    require(by, "event.invite", on=event)
    now = now or timezone.now()
    # SQLite begins every transaction as a writer; PostgreSQL locks the row: nobody is reminded twice.
    Event.objects.select_for_update().get(pk=event.pk)
    event = Event.objects.select_related("programme", "at").get(pk=event.pk)
    due = reminders_due(event, now)
    if not due.number:
        return Reminded(mails.Sending(), mails.Sending())
    people = [[each.attendee for each in coming] for _address, coming in due.coming]
    earlier = _note(due, people, now)

    def invited_again(failed: mails.Failed) -> None:
        """Nobody was reached: it is tried again. An address that was refused is not."""
        for each in (due.invited[n] for n in failed.lost):
            Invitation.objects.filter(pk=each.pk).update(reminded_at=earlier[each])

    def coming_again(failed: mails.Failed) -> None:
        for each in (who for n in failed.lost for who in people[n]):
            Attendee.objects.filter(pk=each.pk).update(reminded_at=earlier[each])

    sent = Reminded(
        mails.send_invitations(event, due.invited, is_reminder=True, failing=invited_again),
        mails.send_reminders(event, due.coming, failing=coming_again),
    )
    after = {"invited": sent.invited.number, "coming": sent.coming.number}
    audit.record(by=by, action="event.remind", on=event, after=after)
    return sent


def _note(
    due: Due, people: list[list[Attendee]], now: datetime.datetime
) -> dict[Invitation | Attendee, datetime.datetime | None]:
    """Keep when each was reminded; returns when they were before."""
    told = [each for them in people for each in them]
    earlier: dict[Invitation | Attendee, datetime.datetime | None] = {}
    earlier.update({each: each.reminded_at for each in due.invited})
    earlier.update({each: each.reminded_at for each in told})
    Invitation.objects.filter(pk__in=[each.pk for each in due.invited]).update(reminded_at=now)
    Attendee.objects.filter(pk__in=[each.pk for each in told]).update(reminded_at=now)
    return earlier
