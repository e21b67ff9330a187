"""Queries for those who write at a table: its topic, who sits there, what was agreed, and what is unsaved."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from joinedup.accounts.permissions import may
from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.agreements.models import Agreement, Draft
from joinedup.events.models import Event, Session
from joinedup.opportunities.models import Opportunity
from joinedup.opportunities.queries.reasons import facts
from joinedup.partners.models import Partner
from joinedup.registration.models import Attendee
from joinedup.tables.models import Seat, Sitting
from joinedup.tables.queries import sittings as planner
from joinedup.tables.queries.reasons import reasons, why_here
from joinedup.voice.models import Host

WRITES = frozenset({"facilitator", "scribe"})


@dataclass(frozen=True)
class Writer:
    """Who writes at which table: an account holder, or an attendee through the link in their mail."""

    by: Person
    sitting: Sitting
    attendee: Attendee | None = None

    def link(self, page: str) -> str:
        """The URL of a page of this table for this writer: "sitting", "draft" or "quote"."""
        if self.attendee is not None:
            return reverse(f"attending_{page}", args=[self.attendee.token, self.sitting.round])
        return reverse("sitting" if page == "sitting" else f"sitting_{page}", args=[self.sitting.pk])

    @property
    def may_name_anybody(self) -> bool:
        """Whether they may write agreements for absent bodies: only planners may."""
        return may(self.by, "event.plan", self.sitting.event)

    def partners(self) -> list[Partner]:
        """The bodies at the table, each once, by name: those with a seat here and those checked in, since
        people change tables; 1 query."""
        return partners_at(self.sitting)


def partners_at(sitting: Sitting) -> list[Partner]:
    """Like `Writer.partners`. A young person's seat does not bring their host; their companion's does.
    Expects a sitting from `tables.queries.sittings.sitting`."""
    here = {
        seat.attendee.partner_id: seat.attendee.partner
        for seat in sitting.seats.all()
        if not seat.attendee.is_young and seat.attendee.partner is not None
    }
    arrived = Attendee.objects.filter(event=sitting.event_id, standing=Attendee.Standing.PLACED)
    for each in arrived.exclude(arrived_at=None).select_related("partner"):
        if not each.is_young and each.partner is not None:
            here.setdefault(each.partner_id, each.partner)
    return sorted(here.values(), key=lambda partner: partner.name)


def writer_by_account(person: Person, pk: int) -> Writer | None:
    """A signed-in person who may write down what is agreed at this table; 8 queries at most."""
    if not may(person, "agreement.record", planner.scope(pk)):
        return None
    found = planner.sitting(pk)
    return Writer(person, found) if found is not None else None


def attendee_by_link(token: str) -> Attendee | None:
    """Someone who leads a table or writes for it, through the link in their mail, if their offer was
    accepted. A link ends when they cancel, the event is called off, or its personal details are deleted; 1
    query."""
    found = Attendee.objects.select_related("event__footprint", "partner").filter(token=token)
    attendee = found.filter(standing__in=Attendee.COMING).first()
    if attendee is None or attendee.event.cancelled_on is not None:
        return None
    return attendee if WRITES & set(attendee.parts) else None


def is_the_day(event: Event) -> bool:
    """Whether the links of its tables work: all through the event's day, by British time."""
    return event.date is not None and event.date == timezone.localdate()


def as_participant(attendee: Attendee) -> Person:
    """They act by role and partner: their name is not kept with what they write."""
    return Person.participant(attendee.pk, f"{attendee.role}, {attendee.comes_for}")


def writer_by_link(token: str, number: int) -> Writer | None:
    """Someone who leads, or writes for, the table where they sit in this round, on the day; 8 queries at
    most."""
    attendee = attendee_by_link(token)
    if attendee is None or not is_the_day(attendee.event):
        return None
    seat = Seat.objects.filter(attendee=attendee, sitting__round=number).values_list("sitting", flat=True)
    found = planner.sitting(seat.first() or -1)
    by = as_participant(attendee)
    if found is None or not may(by, "agreement.record", found):
        return None
    return Writer(by, found, attendee)


@dataclass(frozen=True)
class OwnTable:
    """A table in someone's day; `session` is its part of the agenda, if it has one."""

    sitting: Sitting
    session: Session | None
    is_now: bool


def tables_of(attendee: Attendee, now: datetime.datetime) -> list[OwnTable]:
    """Where someone sits, by round, the current table first; 2 queries."""
    local = timezone.localtime(now)
    sessions = {each.round: each for each in attendee.event.sessions.exclude(round=None)}
    sittings = Sitting.objects.filter(seats__attendee=attendee).select_related("table", "topic")
    rows = []
    for each in sittings.order_by("round"):
        session = sessions.get(each.round)
        today = attendee.event.date == local.date()
        rows.append(OwnTable(each, session, today and session is not None and _is_on(session, local)))
    return sorted(rows, key=lambda mine: (not mine.is_now, mine.sitting.round))


def _is_on(session: Session, local: datetime.datetime) -> bool:
    starts = local.replace(hour=session.starts.hour, minute=session.starts.minute, second=0, microsecond=0)
    return starts <= local < starts + datetime.timedelta(minutes=session.minutes)


def session_of(sitting: Sitting) -> Session | None:
    """The part of the agenda that contains this round; 1 query."""
    return Session.objects.filter(event=sitting.event_id, round=sitting.round).first()


@dataclass(frozen=True)
class TablePage:
    """What the page shows beside the form. `reasons`: {registration number: why they sit here}. `quotes`: whether
    someone here comes from a host of a question to young people, so that quotes may be written down; None if the round
    is off the record."""

    opportunity: Opportunity | None
    facts: list[Any]
    agreements: list[Agreement]
    quotes: bool | None
    reasons: dict[int, str]


def table_page(writer: Writer, seen: Opportunity | None) -> TablePage:
    """About the opportunity, it shows only what the writer may see, `seen`; 21 queries at most."""
    session = session_of(writer.sitting)
    off_record = session is not None and session.off_record
    return TablePage(
        opportunity=seen,
        facts=facts(writer.by, seen) if seen else [],
        agreements=agreed_here(writer.by, writer.sitting),
        quotes=None if off_record else quote_hosts(writer).exists(),
        reasons=_reasons(writer.sitting, seen),
    )


def _reasons(sitting: Sitting, seen: Opportunity | None) -> dict[int, str]:
    """Why the adults at a table sit there; 11 queries at most, none without a topic."""
    if sitting.topic is None:
        return {}
    people = [seat.attendee for seat in sitting.seats.all()]
    is_seen = seen is not None or sitting.topic.opportunity is None
    return why_here(people, sitting.topic.pk, reasons(sitting.event), is_seen=is_seen)


def seen_opportunity(writer: Writer) -> Opportunity | None:
    """The opportunity behind the topic as the writer may see it: without an account, its public copy, if
    there is one; 1 query."""
    topic = writer.sitting.topic
    if topic is None or topic.opportunity is None:
        return None
    same = Opportunity.objects.visible_to(writer.by).filter(
        footprint=writer.sitting.event.footprint_id, key=topic.opportunity.key
    )
    # The partnership's copy says more to those who see it, and comes first in this order.
    return same.select_related("place", "theme", "footprint").order_by("audience").first()


def quote_hosts(writer: Writer) -> QuerySet[Any]:
    """The hosts of this event's questions to young people that have someone at the table; 1 query."""
    here = [partner.pk for partner in writer.partners()]
    found = Host.objects.filter(conversation__event=writer.sitting.event_id, partner__in=here)
    return found.select_related("conversation", "partner").order_by("partner__name", "pk")


def agreed_here(by: Person, at: Sitting) -> list[Agreement]:
    """What was agreed at a table, oldest first: what `by` may see and, for someone writing through a link,
    also what the table wrote today, which they heard and may still correct; 1 query."""
    visible = Q(pk__in=Agreement.objects.visible_to(by).values("pk"))
    if by.attendee_id is not None:
        visible |= _correctable(by)
    found = Agreement.objects.filter(visible, sitting=at).select_related("owner_partner")
    return list(found.order_by("recorded_at", "pk"))


def _correctable(by: Person) -> Q:
    """Written today; an agreement for named partners only, just by its writer."""
    shared = ~Q(marking=Marking.NAMED) | Q(recorded_by=by.name[:160])
    return Q(recorded_at__date=timezone.localdate()) & shared


def of_today(writer: Writer, pk: int) -> Agreement | None:
    """An agreement that this table wrote today and that the writer may correct there; 2 queries."""
    found = Agreement.objects.filter(_correctable(writer.by), sitting=writer.sitting, pk=pk)
    related = ("event__footprint", "owner_partner", "deputy_partner", "opportunity", "place")
    return found.select_related(*related).prefetch_related("contributions__partner").first()


def written_already(sitting: Sitting, values: Mapping[str, Any]) -> Agreement | None:
    """What this table wrote today with the same goal, action, owner and date; 1 query. Goals are filled in
    from the topic, so two agreements of a table often share theirs: the action tells them apart."""
    return (
        Agreement.objects.filter(
            sitting=sitting,
            recorded_at__date=timezone.localdate(),
            goal=values["goal"],
            action=values["action"],
            owner_partner=values["owner_partner"],
            due=values["due"],
        )
        .order_by("pk")
        .first()
    )


def drafts(by: Person, sitting: Sitting) -> QuerySet[Draft]:
    """What `by` alone has not finished writing at this table."""
    if by.attendee_id is not None:
        return Draft.objects.filter(sitting=sitting, attendee=by.attendee_id)
    if by.user_id is not None:
        return Draft.objects.filter(sitting=sitting, user=by.user_id)
    return Draft.objects.none()
