"""Which few opportunities a partnership chose for a quarter, and who chairs the work on each."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.engines.words import month
from joinedup.opportunities.models import Opportunity, Priority
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint

# More than these nobody carries through in a quarter.
MOST = 3


@dataclass(frozen=True)
class Chosen:
    """What a partnership chose for a quarter, as a member reads it."""

    footprint: Footprint
    quarter: datetime.date
    priorities: list[Priority]

    @property
    def when(self) -> str:
        return quarter_in_words(self.quarter)

    @property
    def left(self) -> int:
        return MOST - len(self.priorities)


def quarter_of(day: datetime.date) -> datetime.date:
    """The first day of its quarter: 1 January, April, July or October."""
    return datetime.date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def quarter_in_words(first: datetime.date) -> str:
    """ "October to December 2026"."""
    last = first.replace(month=first.month + 2)
    return f"{month(first).split()[0]} to {month(last)}"


def chosen_for(person: Person) -> list[Chosen]:
    """What each of a person's partnerships chose for the quarter that runs, those that chose something; 2 queries, none
    for those without a partnership."""
    if not person.footprint_ids:
        return []
    quarter = quarter_of(timezone.localdate())
    seen = Opportunity.objects.shared_with(person)
    rows = Priority.objects.filter(
        footprint__in=person.footprint_ids, quarter=quarter, opportunity__in=seen.values("pk")
    ).select_related("footprint", "opportunity__place", "opportunity__theme", "chair")
    found: dict[Footprint, list[Priority]] = {}
    for row in rows.order_by("footprint__name", "pk"):
        found.setdefault(row.footprint, []).append(row)
    return [Chosen(footprint, quarter, own) for footprint, own in found.items()]


def priority_of(opportunity: Opportunity) -> Priority | None:
    """The choice of it for the quarter that runs. 1 query."""
    rows = Priority.objects.filter(opportunity=opportunity, quarter=quarter_of(timezone.localdate()))
    return rows.select_related("chair").first()


def chairs_for(opportunity: Opportunity) -> list[Partner]:
    """Which bodies could chair it: those that it names first, then the others of the partnership. 1 query."""
    named = {partner.pk for partner in opportunity.parties.all()}
    every = Partner.objects.filter(footprints=opportunity.footprint_id).order_by("name").only("name")
    return sorted(every, key=lambda each: (each.pk not in named, each.name))
