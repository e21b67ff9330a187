"""Keep the buildings in which a partnership meets."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.fields import check, refuse_unknown
from joinedup.accounts.permissions import Scope, require
from joinedup.accounts.person import Person
from joinedup.events.models import Venue
from joinedup.places.models import Footprint

DETAILS = ("name", "address", "place", "access", "travel", "notes", "most_people")


@transaction.atomic
def add_venue(*, by: Person, footprint: Footprint, confirm: bool = False, **details: Any) -> Venue:
    """Add a building of a partnership. `access` maps values of Venue.Access to yes or no; anything left out
    is not known."""
    require(by, "venue.keep", on=Scope(footprints=frozenset({footprint.pk})))
    venue = Venue(footprint=footprint, is_demonstration=footprint.is_demonstration)
    _fill_in(venue, details, confirm)
    audit.record(by=by, action="venue.add", on=venue)
    return venue


@transaction.atomic
def change_venue(*, by: Person, venue: Venue, confirm: bool = False, **details: Any) -> Venue:
    """Change what is known about it; `confirm`: somebody checked all of it with the venue today."""
    require(by, "venue.keep", on=venue)
    was = Venue.objects.get(pk=venue.pk)
    before = audit.snapshot(was)
    _fill_in(venue, details, confirm)
    if (was.name, was.address) != (venue.name, venue.address):
        # Coming events give their place in these words, and calendars hold them.
        ahead = venue.events.filter(Q(date__gte=timezone.localdate()) | Q(date=None))
        ahead.update(venue=venue.name, sequence=F("sequence") + 1, changed_at=timezone.now())
    audit.record(by=by, action="venue.change", on=venue, before=before)
    return venue


def _fill_in(venue: Venue, details: dict[str, Any], confirm: bool) -> None:
    refuse_unknown(details, DETAILS)
    for name, value in details.items():
        setattr(venue, name, value)
    venue.name = " ".join(venue.name.split())
    if unknown := venue.access.keys() - set(Venue.Access.values):
        raise TypeError(f"There is no access fact called {sorted(unknown)}.")
    if venue.most_people == 0:
        raise ValidationError("Say how many people fit in, or leave it empty.")
    same = Venue.objects.filter(footprint=venue.footprint_id, name__iexact=venue.name).exclude(pk=venue.pk)
    if same.exists():
        raise ValidationError("This venue is in the list already.")
    if confirm:
        venue.confirmed_on = timezone.localdate()
    check(venue)
    venue.save()
