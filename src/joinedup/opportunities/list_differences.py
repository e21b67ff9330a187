"""What a list that is worked out differs in from the stored one: compared before a transaction, written in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from joinedup.opportunities import ready_rows
from joinedup.opportunities.list_links import DifferentLinks
from joinedup.opportunities.models import ListChange, Opportunity
from joinedup.places.models import Footprint

# What people write into a stored opportunity, and a list takes into account.
DECIDED = ("pk", "state", "reason", "decided_by", "decided_on")


def stored_rows(footprint: Footprint, audience: str) -> QuerySet[Opportunity]:
    """The stored opportunities that the engine found at some time."""
    rows = Opportunity.objects.filter(footprint=footprint, audience=audience, is_spotted=False)
    return rows.order_by("pk")


@dataclass(frozen=True)
class Additions:
    """Opportunities that are new, links that are, and what is told of it."""

    fresh: ready_rows.Statement
    links: Sequence[ready_rows.ByName]
    changes: ready_rows.ByName

    def store(self, footprint: Footprint, audience: str) -> None:
        """At most 8 queries, however many there are."""
        self.fresh.run()
        pks = dict(stored_rows(footprint, audience).values_list("key", "pk"))
        for each in self.links:
            each.run(pks)
        at = ready_rows.ready([ListChange._meta.get_field("at")], [timezone.now()])
        self.changes.run(pks, *at)


@dataclass(frozen=True, kw_only=True)
class Differences:
    """`number`: how many are on the list. `decided`: `DECIDED` of all that was stored, as it was compared. `written`:
    keys of those that get other words or another state; of those in `seen` only the day is written on which they were
    found. `later`: what comes in steps of its own after all else is stored."""

    footprint: Footprint
    audience: str
    number: int
    decided: Sequence[tuple[Any, ...]]
    written: Sequence[int]
    differ: ready_rows.Statement
    seen: ready_rows.Statement
    links: Sequence[DifferentLinks]
    additions: Additions
    later: Sequence[Additions]

    def still_hold(self) -> bool:
        """Whether nobody decided about one meanwhile, and nothing went that it is to lead to. Call it in the
        transaction in which it is stored, with the partnership locked; at most 7 queries."""
        rows = stored_rows(self.footprint, self.audience)
        if self.written and connection.features.has_select_for_update:
            # Who decides about one of these at this moment is waited for; SQLite lets nobody else write anyhow.
            list(rows.filter(pk__in=self.written).select_for_update().values_list("pk"))
        return list(rows.values_list(*DECIDED)) == self.decided and self.can_be_stored()

    def can_be_stored(self) -> bool:
        return all(each.can_be_stored() for each in self.links)

    def store(self) -> None:
        """All but what comes later. At most 15 queries."""
        self.differ.run()
        self.seen.run()
        for each in self.links:
            each.gone.run()
        self.additions.store(self.footprint, self.audience)
