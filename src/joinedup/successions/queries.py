"""What is stated of authorities to come, and which places somebody may say it of."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from joinedup.accounts.person import Person
from joinedup.places.areas import Area, areas_named, every_area
from joinedup.places.models import Footprint, Place, Succession
from joinedup.successions.actions import require_over


def places_to_choose(person: Person) -> QuerySet[Place]:
    """The authorities of today that a person's partnerships cover, and the counties around them; for an administrator
    those of all partnerships."""
    footprints = Footprint.objects.all()
    if not (person.is_administrator or person.is_operator):
        footprints = footprints.filter(pk__in=person.coordinated_ids)
    own = Q(footprints__in=footprints) | Q(kind=Place.Kind.COUNTY, children__footprints__in=footprints)
    found = Place.objects.filter(own, ended=None, kind__in=(Place.Kind.LOCAL_AUTHORITY, Place.Kind.COUNTY))
    return Place.objects.filter(pk__in=found.values("pk")).order_by("kind", "name")


def codes_called(texts: list[str]) -> list[str]:
    """The codes of the authorities of these names or codes. Raises ValidationError with one sentence."""
    every: list[Area] = [area for area in every_area() if not area.led_here]
    single = [area for area in every if area.kind in ("local_authority", "county")]
    found = []
    for text in texts:
        named = areas_named(text, single)
        if not named:
            raise ValidationError(
                _("There is no authority of today called “%(text)s”.") % {"text": text[:60]}
            )
        found.append(named[0].code)
    return found


@dataclass(frozen=True)
class Stated:
    """One new authority from one day on. `source`: the order, or for whoever may take it back who stated it."""

    new: str
    name: str
    day: datetime.date
    olds: tuple[str, ...]
    is_done: bool
    source: str
    may_take_back: bool


def stated(person: Person) -> list[Stated]:
    """What was stated here and what is known from orders since 2019, the newest first."""
    groups: dict[tuple[datetime.date, str], list[Succession]] = {}
    for row in Succession.objects.all():
        groups.setdefault((row.day, row.new), []).append(row)
    return [
        Stated(
            new=new,
            name=rows[0].new_name,
            day=day,
            olds=tuple(dict.fromkeys(row.old_name for row in rows)),
            is_done=rows[0].carried_out_on is not None,
            source=rows[0].source if may or _is_known(rows) else _("stated here"),
            may_take_back=may,
        )
        for (day, new), rows in groups.items()
        for may in [_may_take_back(person, rows)]
    ]


def _is_known(rows: list[Succession]) -> bool:
    """Whether it shipped, with the order that says so: nothing followed it here."""
    return all(row.carried_out_on is not None and not row.moved for row in rows)


def _may_take_back(person: Person, rows: list[Succession]) -> bool:
    if not person.is_signed_in or _is_known(rows):
        return False
    try:
        require_over(person, rows)
    except PermissionDenied:
        return False
    return True
