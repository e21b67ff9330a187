"""Questions about events. Other rooms ask these; pages of this room ask the modules beside."""

from joinedup.events.queries.agreements import (
    Waiting,
    agreements_for_place,
    find_agreements,
    kept_this_year,
    waiting,
)
from joinedup.events.queries.events import event_by_slug, next_event
from joinedup.events.queries.people import due_deletions
from joinedup.events.queries.planner import plan_document

__all__ = [
    "Waiting",
    "agreements_for_place",
    "due_deletions",
    "event_by_slug",
    "find_agreements",
    "kept_this_year",
    "next_event",
    "plan_document",
    "waiting",
]
