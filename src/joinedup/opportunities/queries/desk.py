"""What stands beside one opportunity for those who decide: to whom it can be given, whom to ask, which events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from joinedup.accounts.models import Grant, User
from joinedup.accounts.permissions import Scope, may
from joinedup.accounts.person import Person
from joinedup.opportunities.models import Opportunity, Priority, Run
from joinedup.opportunities.queries.asking import Asking, whom_to_ask
from joinedup.opportunities.queries.lists import OPEN_STATES, UNDECIDED, is_snoozed
from joinedup.opportunities.queries.priorities import chairs_for, priority_of
from joinedup.partners.models import Partner


@dataclass(frozen=True)
class Desk:
    """What a reader may do with an opportunity of their partnership now; empty for everybody else."""

    may_decide: bool = False
    may_agree: bool = False
    is_snoozed: bool = False
    is_undecided: bool = False
    people: tuple[tuple[int, str], ...] = ()
    events: tuple[Any, ...] = ()
    asking: Asking | None = None
    may_choose: bool = False
    priority: Priority | None = None
    chairs: tuple[Partner, ...] = ()
    without_table: tuple[Any, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.may_decide or self.may_agree or self.events or self.without_table)


def people_for(opportunity: Opportunity) -> QuerySet[User]:
    """Whom it can be given to: coordinators of its partnership and members of its partners; one that only those it
    names and the coordinator may see, to members of these and to coordinators."""
    able = Q(footprint=opportunity.footprint_id)
    if opportunity.marking == "named":
        able |= Q(partner__in=opportunity.parties.all())
    else:
        able |= Q(partner__footprints=opportunity.footprint_id)
    grants = Grant.objects.filter(able).values("user")
    return User.objects.filter(pk__in=grants, is_active=True).order_by("name", "email")


def _with_bodies(opportunity: Opportunity) -> tuple[tuple[int, str], ...]:
    """(key, "Bob, Lantern Youth") of each; 2 queries. Only what they are in this partnership is said."""
    here = Q(footprint=opportunity.footprint_id) | Q(partner__footprints=opportunity.footprint_id)
    grants = Grant.objects.filter(here).select_related("partner").order_by("partner__name")
    people = people_for(opportunity).prefetch_related(Prefetch("grants", grants, to_attr="grants_here"))
    return tuple(
        (user.pk, ", ".join([str(user), *dict.fromkeys(_body(grant) for grant in user.grants_here)]))
        for user in people
    )


def _body(grant: Grant) -> str:
    return grant.partner.name if grant.partner else str(grant.get_role_display().lower())


def coming_events(opportunity: Opportunity) -> list[Any]:
    """Events to come of its partnership whose agenda does not hold it; 1 query. Their room is above this one."""
    events: Any = opportunity.footprint.events
    ahead = events.filter(Q(date__gte=timezone.localdate()) | Q(date=None), is_history=False)
    return list(ahead.exclude(topics__opportunity__key=opportunity.key).order_by("date", "name"))


def topics_without_table(opportunity: Opportunity) -> list[Any]:
    """Its topics on agendas to come that no table talks about, each with `planned`: how many tables its event has;
    1 query, none where it is on no agenda (`one` fetched its topics). Their room is above this one."""
    topics: Any = opportunity.topics
    if not topics.all():
        return []
    ahead = Q(event__date__gte=timezone.localdate()) | Q(event__date=None)
    found = topics.filter(ahead, is_chosen=True, sittings=None, event__cancelled_on=None)
    return list(found.select_related("event").annotate(planned=Count("event__sittings")))


def desk(person: Person, opportunity: Opportunity) -> Desk:
    """9 queries for a coordinator, 2 for who plans events, none for others. Uses what `one` fetched."""
    if opportunity.audience != Run.Audience.PARTNERSHIP:
        return Desk()
    here = Scope(footprints=frozenset({opportunity.footprint_id}))
    is_undecided = opportunity.state in UNDECIDED
    decides = may(person, "opportunity.take_up", here)
    is_shared = opportunity.marking != "named" and opportunity.state in OPEN_STATES
    chooses = is_shared and may(person, "opportunity.choose", here)
    plans = may(person, "topic.choose", here)
    return Desk(
        may_decide=decides,
        may_agree=may(person, "agreement.record", here),
        is_snoozed=is_snoozed(opportunity),
        is_undecided=is_undecided,
        people=_with_bodies(opportunity) if decides else (),
        events=tuple(coming_events(opportunity)) if is_undecided and plans else (),
        asking=whom_to_ask(opportunity, timezone.now()) if decides and is_undecided else None,
        may_choose=chooses,
        priority=priority_of(opportunity) if chooses else None,
        chairs=tuple(chairs_for(opportunity)) if chooses else (),
        without_table=tuple(topics_without_table(opportunity)) if plans else (),
    )
