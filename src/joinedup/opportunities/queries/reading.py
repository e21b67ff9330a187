"""Which partnership a page of one partnership is about, and as whom a person reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from joinedup.accounts.person import Person
from joinedup.opportunities.models import Run
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint


def footprints_for(person: Person) -> list[Footprint]:
    """The partnerships that a person may choose: their own first, then those with a partner that they see, the
    widest first. One query."""
    found: QuerySet[Any] = Footprint.objects.annotate(size=Count("places"))
    if not person.sees_every_partnership:
        # A partnership whose partners all keep to themselves is not betrayed by a list of names.
        seen = Partner.footprints.through.objects.filter(
            partner__in=Partner.objects.visible_to(person).values("pk")
        )
        found = found.filter(Q(pk__in=person.footprint_ids) | Q(pk__in=seen.values("footprint_id")))
    return sorted(found, key=lambda each: (each.pk not in person.footprint_ids, -each.size, each.name))


def choose(footprints: Sequence[Footprint], slug: str, place: str) -> Footprint | None:
    """The partnership that a link or a form means: the one it names, else the first that covers the place it names
    (code), else the first of all. One query where only a place is named."""
    named = next((each for each in footprints if each.slug == slug), None)
    if named is None and place:
        code = place.replace("\0", "")
        covering = set(Footprint.objects.filter(places=code).values_list("pk", flat=True))
        named = next((each for each in footprints if each.pk in covering), None)
    return named or next(iter(footprints), None)


def is_inside(person: Person, footprint: Footprint) -> bool:
    """Whether a person reads what a partnership shares with its members."""
    return audience_for(person, footprint) == Run.Audience.PARTNERSHIP


def audience_for(person: Person, footprint: Footprint) -> str:
    """Members read what their partnership shares, whoever sees every partnership reads any; the rest the public's."""
    if person.sees_every_partnership or footprint.pk in person.footprint_ids:
        return Run.Audience.PARTNERSHIP
    return Run.Audience.PUBLIC
