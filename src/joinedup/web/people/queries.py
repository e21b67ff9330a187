"""Whom a person may invite, and for which partnerships."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from joinedup.accounts.permissions import may
from joinedup.accounts.person import Person
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint


def partners_to_invite_for(person: Person) -> QuerySet[Any]:
    """The partners that `person` may invite somebody for."""
    found = Partner.objects.order_by("name")
    if may(person, "role.grant"):
        return found
    return found.filter(footprints__in=person.coordinated_ids).distinct()


def footprints_to_invite_for() -> QuerySet[Footprint]:
    return Footprint.objects.order_by("name")
