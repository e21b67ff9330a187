"""Queries about venues: those somebody keeps, and what attendees are told about one."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.accounts.records import CONFIRM_AFTER
from joinedup.events.models import Event, Venue
from joinedup.places.models import Footprint


def footprints_kept_by(person: Person) -> QuerySet[Footprint]:
    """The partnerships whose events and venues `person` looks after."""
    if person.is_programme_lead or person.is_operator:
        return Footprint.objects.all()
    return Footprint.objects.filter(pk__in=person.coordinated_ids)


def kept_by(person: Person) -> QuerySet[Venue]:
    """The venues that `person` keeps, each with `ahead`: how many coming events are there; 1 query."""
    today = timezone.localdate()
    ahead = Q(events__date__gte=today, events__cancelled_on=None)
    found = Venue.objects.filter(footprint__in=footprints_kept_by(person)).select_related(
        "footprint", "place"
    )
    return found.annotate(ahead=Count("events", filter=ahead)).order_by("footprint__name", "name")


def is_stale(venue: Venue) -> bool:
    """Whether nobody has checked with the venue for a year."""
    return venue.confirmed_on is None or timezone.localdate() > venue.confirmed_on + CONFIRM_AFTER


def venues_for(event: Event) -> QuerySet[Venue]:
    """Where the partnership of an event may meet."""
    return Venue.objects.filter(footprint=event.footprint_id)
