"""What the public may read of a partnership's opportunities, or could, and what keeps the rest back."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from joinedup.accounts.permissions import Scope, may
from joinedup.accounts.person import Person
from joinedup.accounts.queries import HistoryLine, history_of
from joinedup.opportunities.models import BEST_FIRST, Opportunity, Run
from joinedup.opportunities.public import NOT_FOR_THE_PUBLIC, would_be_shown
from joinedup.opportunities.queries.lists import OPEN_STATES, awake
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint

PREVIEWED = 10


@dataclass(frozen=True)
class Publishing:
    """`number`: how many the public reads, or would; `first`: the best of them. `kept_back`: how many wait for a body
    to speak; `to_ask`: the bodies that have not confirmed their own record, by name."""

    footprint: Footprint
    may_change: bool
    is_held: bool
    number: int
    first: list[Opportunity]
    kept_back: int
    to_ask: list[Partner]
    history: list[HistoryLine]


def publishing(person: Person, footprint: Footprint) -> Publishing:
    """For a member of the partnership or whoever sees every one; 5 queries."""
    today = timezone.localdate()
    rows = Opportunity.objects.filter(
        awake(today), footprint=footprint, audience=Run.Audience.PUBLIC, state__in=OPEN_STATES
    ).exclude(kind__in=NOT_FOR_THE_PUBLIC)
    shown = rows.filter(would_be_shown()).select_related("place", "theme").order_by(*BEST_FIRST)
    number = shown.count()
    silent = Partner.objects.filter(footprints=footprint, confirmed_on=None, opportunities__in=rows)
    return Publishing(
        footprint=footprint,
        may_change=may(person, "opportunity.publish", Scope(footprints=frozenset({footprint.pk}))),
        is_held=footprint.is_held(today),
        number=number,
        first=list(shown[:PREVIEWED]),
        kept_back=rows.count() - number,
        to_ask=list(silent.distinct().order_by("name")),
        history=history_of(footprint),
    )
