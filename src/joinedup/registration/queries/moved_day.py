"""Who has not said yet that they can come on the day as it is now: for planners."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from joinedup.events.models import Event
from joinedup.registration.models import Attendee


def not_confirmed(event: Event) -> list[Attendee]:
    """Those who count and hold another day; 2 queries. None for an event without a day."""
    if event.date is None:
        return []
    other = Q(holds_day=None) | ~Q(holds_day=event.date)
    coming = event.attendees.filter(other, standing__in=Attendee.COMING).select_related("event", "partner")
    return list(coming.prefetch_related("with_them").order_by("number"))


@dataclass(frozen=True)
class MovedDay:
    """`asked`: told of the new day, no answer yet; `untold`: nobody told them."""

    asked: list[Attendee]
    untold: list[Attendee]

    @property
    def number(self) -> int:
        return len(self.asked) + len(self.untold)


def moved_day(event: Event) -> MovedDay:
    """2 queries."""
    found = not_confirmed(event)
    asked = [each for each in found if each.told_day == event.date]
    return MovedDay(asked, [each for each in found if each.told_day != event.date])
