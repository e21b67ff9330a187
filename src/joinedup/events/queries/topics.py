"""Where an opportunity is talked about."""

from __future__ import annotations

from django.db.models import Prefetch

from joinedup.accounts.person import Person
from joinedup.events.models import ON_AN_AGENDA, Event, Topic


def on_agendas(person: Person) -> Prefetch:
    """The topics of an opportunity that stand on the agendas of the events that `person` may find; 1 query."""
    seen = Event.objects.visible_to(person)
    return Prefetch("topics", Topic.objects.filter(ON_AN_AGENDA, event__in=seen).select_related("event"))
