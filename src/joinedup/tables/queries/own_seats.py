"""Where somebody sits, and why: for their own page."""

from __future__ import annotations

from dataclasses import dataclass

from joinedup.accounts.person import PUBLIC
from joinedup.events.models import Event, Topic
from joinedup.events.queries.events import topic_title
from joinedup.opportunities.models import Opportunity
from joinedup.registration.models import Attendee
from joinedup.tables.models import Seat
from joinedup.tables.queries.reasons import reasons, told_to_them

SHOWN = ("sitting__table", "sitting__topic__theme", "sitting__topic__opportunity")


@dataclass(frozen=True)
class OwnSeat:
    """A table in a round, what it is about, and why this person sits there; `reason` is empty if nothing says so."""

    round: int
    table: int
    title: str
    reason: str


def own_seats(attendee: Attendee) -> list[OwnSeat]:
    """The seats of somebody who comes, by round; 13 queries at most, 1 if there is no plan.

    The holder of a link knows no more than the public: a topic whose opportunity is for the partnership only goes by
    its theme, and why they sit there tells neither its place nor its partners.
    """
    seats = Seat.objects.filter(attendee=attendee, sitting__event=attendee.event_id).order_by(
        "sitting__round"
    )
    held = [seat.sitting for seat in seats.select_related(*SHOWN)]
    if not held:
        return []
    known = _known(attendee.event, [each.topic for each in held if each.topic])
    said = reasons(attendee.event)
    found = []
    for each in held:
        title = reason = ""
        if each.topic is not None:
            is_seen = each.topic.pk in known
            title = topic_title(each.topic, is_seen=is_seen)
            reason = said.of(attendee.number, each.topic.pk, is_seen=is_seen)
        found.append(OwnSeat(each.round, each.table.number, title, told_to_them(reason)))
    return found


def _known(event: Event, topics: list[Topic]) -> set[int]:
    """The topics that the public may know whole: those of no opportunity, and those of a public one; 1 query."""
    keys = {t.opportunity.key for t in topics if t.opportunity}
    public = Opportunity.objects.visible_to(PUBLIC).filter(footprint=event.footprint_id, key__in=keys)
    seen = set(public.values_list("key", flat=True))
    return {t.pk for t in topics if t.opportunity is None or t.opportunity.key in seen}
