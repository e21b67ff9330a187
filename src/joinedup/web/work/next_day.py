"""How ready the next event is that somebody plans."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.core.cache import caches
from django.utils.translation import get_language

from joinedup.accounts.models import AuditEntry
from joinedup.accounts.permissions import may
from joinedup.accounts.person import Person
from joinedup.events.models import Event
from joinedup.events.queries.events import upcoming
from joinedup.tables.checklist import NotReady, findings

SHOWN = 4
# What stops a day that is as near as this comes before everything else.
NEAR = datetime.timedelta(weeks=4)


@dataclass(frozen=True)
class NextDay:
    """`findings`: what is not ready, what stops the day first. `is_pressing`: the day is near, and something stops
    it."""

    event: Event
    findings: list[NotReady]
    is_pressing: bool = False

    @property
    def shown(self) -> list[NotReady]:
        return self.findings[:SHOWN]

    @property
    def more(self) -> int:
        return len(self.findings) - len(self.shown)


def next_day(person: Person, today: datetime.date) -> NextDay | None:
    """The next event of a partnership that `person` coordinates, or of any for a programme lead, drafts too;
    26 queries at most, and 3 where nothing was written since the last time."""
    if not (person.is_coordinator or person.is_programme_lead):
        return None
    planned = upcoming(today).filter(cancelled_on=None)
    if not person.is_programme_lead:
        planned = planned.filter(footprint__in=person.coordinated_ids)
    event = planned.select_related("footprint", "programme", "at").first()
    if event is None or not may(person, "event.plan", event):
        return None
    found = _findings(event, today)
    is_near = event.date is not None and event.date <= today + NEAR
    return NextDay(event, found, is_pressing=is_near and any(each.stops for each in found))


def _findings(event: Event, today: datetime.date) -> list[NotReady]:
    """As they were worked out after the newest write to any record: each leaves an entry in the audit trail."""
    newest = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first()
    key = f"next-day:{event.pk}:{newest}:{today}:{get_language()}"
    found: list[NotReady] | None = caches["memory"].get(key)
    if found is None:
        found = findings(event)
        caches["memory"].set(key, found)
    return found
