"""What every record that people keep has in common: an owner, a marking, and when somebody last said it is true."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils import timezone

from joinedup.accounts.person import Person

# A record that nobody confirmed for a year is stale: it still shows, and says so.
CONFIRM_AFTER = datetime.timedelta(days=365)


class Marking(models.TextChoices):
    PUBLIC = "public", "Public: anyone may see it"
    PARTNERSHIP = "partnership", "Partnership: members of its partnership"
    NAMED = "named", "Named: only the partners it names"


def footprints_of(partner_ids: Iterable[int]) -> list[int]:
    """The partnerships that these partners belong to; one query."""
    through = apps.get_model("partners", "Partner").footprints.through
    return list(
        through.objects.filter(partner_id__in=list(partner_ids))
        .values_list("footprint_id", flat=True)
        .distinct()
    )


class RecordQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> Self:
        """Only what `person` may see: the marking decides, in the database, before anything is counted."""
        if person.is_operator:
            return self
        model = self.model
        condition = Q(marking=Marking.PUBLIC)
        if person.sees_every_partnership:
            condition |= Q(marking=Marking.PARTNERSHIP)
        elif person.footprint_ids:
            shared = Q()
            for path in model.footprint_paths:
                shared |= Q(**{f"{path}__in": person.footprint_ids})
            condition |= Q(
                marking=Marking.PARTNERSHIP, pk__in=model._base_manager.filter(shared).values("pk")
            )
        if person.partner_ids:
            named = Q()
            for path in model.partner_paths:
                named |= Q(**{f"{path}__in": person.partner_ids})
            condition |= Q(pk__in=model._base_manager.filter(named).values("pk"))
        return self.filter(condition)


class Record(models.Model):
    """Kept by somebody, marked, confirmed. Subclasses say by which paths partners and footprints are reached."""

    partner_paths: tuple[str, ...] = ("partner",)
    footprint_paths: tuple[str, ...] = ("partner__footprints",)

    owner = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    marking = models.CharField(max_length=12, choices=Marking, default=Marking.PARTNERSHIP)
    confirmed_on = models.DateField(null=True, blank=True)
    confirmed_by = models.CharField(max_length=160, blank=True)
    is_demonstration = models.BooleanField(default=False, help_text="invented to show how the system works")
    source = models.TextField(blank=True)
    source_url = models.URLField(max_length=500, blank=True)
    created = models.DateTimeField(auto_now_add=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def confirm_by(self) -> datetime.date | None:
        """The day from which the record counts as stale."""
        return self.confirmed_on + CONFIRM_AFTER if self.confirmed_on else None

    @property
    def is_stale(self) -> bool:
        return self.confirmed_on is None or timezone.localdate() > self.confirmed_on + CONFIRM_AFTER
