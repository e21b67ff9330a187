"""Offers to lead a table: for planners only."""

from __future__ import annotations

from joinedup.events.models import Event
from joinedup.registration.models import Attendee


def offers(event: Event) -> list[Attendee]:
    """Every offer from someone who comes, those without an answer first, then in order of registration; 1
    query."""
    made = event.attendees.exclude(offer="").filter(standing__in=Attendee.COMING)
    found = list(made.select_related("partner", "sector"))
    return sorted(found, key=lambda each: (bool(each.offer_answer), each.number))


def offers_waiting(event: Event) -> int:
    """How many offers nobody has answered; 1 query."""
    made = event.attendees.exclude(offer="").filter(standing__in=Attendee.COMING)
    return made.filter(offer_answer="").count()
