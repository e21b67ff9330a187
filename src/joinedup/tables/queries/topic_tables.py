"""Which tables talk about each topic, and which could take one that has none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count

from joinedup.events.models import Event, Topic
from joinedup.tables.models import Sitting


@dataclass(frozen=True)
class FreeTable:
    """A table in a round where nothing was agreed; `elsewhere`: how many other tables talk about its topic."""

    sitting: Sitting
    elsewhere: int


@dataclass(frozen=True)
class TopicTables:
    """`at`: {topic: its tables, by round}; `free`: those that could take another topic, first those that talk about
    nothing, then those whose topic is at most other tables. Both are empty before the tables are planned."""

    at: dict[int, list[Sitting]] = field(default_factory=dict)
    free: list[FreeTable] = field(default_factory=list)

    @property
    def is_planned(self) -> bool:
        return bool(self.at or self.free)

    def without(self, topics: Iterable[Topic]) -> list[Topic]:
        """Those of these topics that no table talks about."""
        return [each for each in topics if each.pk not in self.at]


def topic_tables(event: Event) -> TopicTables:
    """1 query."""
    at: dict[int, list[Sitting]] = defaultdict(list)
    found = event.sittings.select_related("table", "topic").annotate(agreed=Count("agreements"))
    sittings = list(found.order_by("round", "table__number"))
    for each in sittings:
        if each.topic_id:
            at[each.topic_id].append(each)
    free = [FreeTable(each, len(at.get(each.topic_id or 0, [each])) - 1) for each in sittings if not each.agreed]
    free.sort(key=lambda each: (each.sitting.topic_id is not None, -each.elsewhere))
    return TopicTables(dict(at), free)
