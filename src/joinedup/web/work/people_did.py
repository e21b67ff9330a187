"""What people did in a partnership since its coordinator last read it: answered, spotted, asked, registered."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.events.models import Event
from joinedup.opportunities.models import Answer, Opportunity
from joinedup.opportunities.queries.since import Looked, answers_since
from joinedup.partners.models import Ask
from joinedup.registration.models import Attendee

# So many of each stand on the page; how many more there are is told.
TOLD = 10


@dataclass(frozen=True)
class PeopleDid:
    """The first of each. `registered`: coming events, each with `came`, how many registered. `more`: by the name of
    each list, how many there are besides, where there are. `until`: until when somebody who reads this has read
    everything."""

    said: list[Answer] = field(default_factory=list)
    spotted: list[Opportunity] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    registered: list[Event] = field(default_factory=list)
    more: dict[str, int] = field(default_factory=dict)
    until: datetime.datetime | None = field(default=None, compare=False)

    @property
    def total(self) -> int:
        """How many lines there are: those who registered for one event are one."""
        lists = (self.said, self.spotted, self.asks, self.registered)
        return sum(len(each) for each in lists) + sum(self.more.values())


def people_did(person: Person, looks: Looked, now: datetime.datetime) -> PeopleDid:
    """In the partnerships that `person` coordinates, without what they did themselves; 4 queries, and one for each
    list that does not fit. Answers and what was spotted are read on the page of the list, too."""
    met = looks.at_people
    since = {pk: max(at, met[pk]) for pk, at in looks.at_list.items()}
    every: dict[str, QuerySet[Any]] = {
        "said": answers_since(person, since, now),
        "spotted": _spotted(person, since),
        "asks": _asks(person, met),
        "registered": _registered(met, timezone.localdate(now)),
    }
    first = {name: list(found[: TOLD + 1]) for name, found in every.items()}
    more = {name: every[name].count() - TOLD for name, rows in first.items() if len(rows) > TOLD}
    return PeopleDid(**{name: rows[:TOLD] for name, rows in first.items()}, more=more, until=now)


def _after(since: dict[int, datetime.datetime], footprint: str, at: str) -> Q:
    """Rows of these partnerships, each since its time."""
    fresh = Q(pk__in=[])
    for pk, then in since.items():
        fresh |= Q(**{footprint: pk, f"{at}__gt": then})
    return fresh


def _spotted(person: Person, since: dict[int, datetime.datetime]) -> QuerySet[Opportunity]:
    made = Opportunity.objects.shared_with(person).filter(
        _after(since, "footprint", "changes__at"), is_spotted=True
    )
    open_ones = made.exclude(state__in=[Opportunity.State.GONE, Opportunity.State.DISMISSED])
    others = open_ones.exclude(spotted_by=person.user_id).select_related("place", "theme")
    others = others.only("sentence", "first_seen", "place__name", "theme__name")
    return others.distinct().order_by("-first_seen", "-pk")


def _asks(person: Person, since: dict[int, datetime.datetime]) -> QuerySet[Ask]:
    fresh = Ask.objects.visible_to(person).filter(
        _after(since, "partner__footprints", "created"), closed_on=None
    )
    others = fresh.exclude(owner=person.user_id) if person.user_id else fresh
    shown = others.select_related("partner").only(
        "kind", "text", "created", "is_demonstration", "partner__slug", "partner__name"
    )
    return shown.distinct().order_by("-created", "pk")


def _registered(since: dict[int, datetime.datetime], today: datetime.date) -> QuerySet[Event]:
    fresh = _after(since, "footprint", "attendees__registered_at") & Q(
        attendees__standing__in=Attendee.COMING
    )
    came = Count("attendees", filter=fresh)
    coming = Event.objects.filter(
        Q(date__gte=today) | Q(date=None), footprint__in=list(since), cancelled_on=None
    )
    shown = coming.only("slug", "name", "date", "is_demonstration")
    return shown.annotate(came=came).filter(came__gt=0).order_by("date", "pk")
