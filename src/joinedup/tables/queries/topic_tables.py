"""Which tables talk about each topic, and which could take one that has none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count

from joinedup.events.models import Event, Topic
from joinedup.tables.models import Seat, Sitting


@dataclass(frozen=True)
class FreeTable:
    """A table in a round that could take a topic. `elsewhere`: how many other tables talk about its own topic;
    `needed`: how many of the partners that the new topic needs sit there."""

    sitting: Sitting
    elsewhere: int
    needed: int


@dataclass(frozen=True)
class TopicTables:
    """`at`: {topic: its tables, by round}; `open`: those where nothing was agreed; `partners`: {table: whose people
    sit there}. All are empty before the tables are planned."""

    at: dict[int, list[Sitting]] = field(default_factory=dict)
    open: list[Sitting] = field(default_factory=list)
    partners: dict[int, set[int]] = field(default_factory=dict)

    @property
    def is_planned(self) -> bool:
        return bool(self.at or self.open)

    def without(self, topics: Iterable[Topic]) -> list[Topic]:
        """Those of these topics that no table talks about."""
        return [each for each in topics if each.pk not in self.at]

    def free(self, topic: Topic) -> list[FreeTable]:
        """The tables that could take it: first where no other topic would be lost, then where most of the partners
        that it needs sit. No query if its parties are prefetched."""
        needs = {party.pk for party in topic.parties.all()}
        found = [
            FreeTable(
                each,
                len(self.at.get(each.topic_id or 0, [each])) - 1,
                len(needs & self.partners.get(each.pk, set())),
            )
            for each in self.open
        ]
        return sorted(
            found,
            key=lambda each: (
                each.sitting.topic_id is not None and not each.elsewhere,
                -each.needed,
                each.sitting.topic_id is not None,
                -each.elsewhere,
            ),
        )


def topic_tables(event: Event) -> TopicTables:
    """2 queries."""
    found = event.sittings.select_related("table", "topic").annotate(agreed=Count("agreements"))
    sittings = list(found.order_by("round", "table__number"))
    at: dict[int, list[Sitting]] = defaultdict(list)
    for each in sittings:
        if each.topic_id:
            at[each.topic_id].append(each)
    partners: dict[int, set[int]] = defaultdict(set)
    seats = Seat.objects.filter(sitting__event=event)
    for sitting, partner in seats.values_list("sitting", "attendee__partner").distinct():
        partners[sitting].add(partner)
    return TopicTables(dict(at), [each for each in sittings if not each.agreed], dict(partners))
