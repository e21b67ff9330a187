"""The day is another one: who comes is asked whether they still can."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.events.models import Event
from joinedup.registration import notices
from joinedup.registration.models import Attendee
from joinedup.registration.queries.moved_day import not_confirmed


def tell_of_change(event: Event, was: Event, *, ask: bool) -> None:
    """Tell everybody concerned, and ask those who come anew if the day is another one, or if a planner wants it; call
    it inside a transaction."""
    if ask and event.date == was.date:
        event.attendees.filter(standing__in=Attendee.COMING).update(holds_day=None)
    told = notices.send_event_changed(event, was)
    _note(event, [each.pk for each in told])


def _note(event: Event, told: Collection[int]) -> None:
    own = event.attendees.filter(pk__in=told)
    own.update(told_day=event.date)
    event.attendees.filter(companion__in=told).update(told_day=event.date)


@transaction.atomic
def ask_anew(*, by: Person, event: Event) -> int:
    """Ask those who come and have not confirmed the day as it is now, whether they were told of it or not; returns how
    many mails are sent."""
    require(by, "event.change", on=event)
    event = Event.objects.select_for_update(of=("self",)).select_related("at", "programme").get(pk=event.pk)
    if event.date is None or event.cancelled_on is not None:
        raise ValidationError("There is no day to ask about.")
    asked = [each for each in not_confirmed(event) if each.email]
    if not asked:
        raise ValidationError("Everybody has confirmed this day.")
    notices.send_asking(event, asked, was_on=None, was="", was_at=event.where, is_other_day=False)
    _note(event, [each.pk for each in asked])
    audit.record(by=by, action="event.ask_anew", on=event, after={"asked": len(asked)})
    return len(asked)


@transaction.atomic
def still_coming(*, by: Person, attendee: Attendee) -> Attendee:
    """Somebody says, through the link in their mail, that they can come on the day as it is now, with the young people
    who come with them. Saying it twice changes nothing."""
    require(by, "event.register", on=attendee)
    event = Event.objects.select_for_update().get(pk=attendee.event_id)
    attendee.refresh_from_db()
    attendee.event = event
    if not attendee.is_coming:
        raise ValidationError("This registration is cancelled: please register again.")
    if not attendee.is_to_confirm_day:
        return attendee
    before = audit.snapshot(attendee)
    attendee.holds_day = event.date
    attendee.save(update_fields=["holds_day"])
    attendee.with_them.filter(standing__in=Attendee.COMING).update(holds_day=event.date)
    audit.record(by=by, action="event.still_coming", on=attendee, before=before)
    return attendee
