"""What every record that people keep has in common: an owner, a marking, its origin and who says it is true.

“Confirmed” is only what the body itself said. A record's origin and who else checked it are given beside
that, and never called confirmed.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from joinedup.accounts.person import Person

# A record that nobody has confirmed for a year is stale: it is still shown, and says so.
CONFIRM_AFTER = datetime.timedelta(days=365)


class Marking(models.TextChoices):
    PUBLIC = "public", "Public: anyone may see it"
    PARTNERSHIP = "partnership", "Partnership: members of its partnership"
    NAMED = "named", "Named: only the partners it names"


class Came(models.TextChoices):
    """How a record's content came here."""

    BODY = "body", gettext_lazy("recorded by the body itself")
    LOOKUPS = "lookups", gettext_lazy("proposed from public look-ups")
    LIST = "list", gettext_lazy("brought in from a spreadsheet or list")
    REGISTRATION = "registration", gettext_lazy("said when somebody registered")
    AGREEMENT = "agreement", gettext_lazy("begun from an agreement")
    PUBLISHED = "published", gettext_lazy("taken from what was published")
    ELSE = "else", gettext_lazy("written down by somebody else")


class Teller(models.TextChoices):
    """The role of somebody outside the body who provided it: their names are only in the history."""

    BODY = "body", gettext_lazy("the body")
    COORDINATOR = "coordinator", gettext_lazy("the coordinator")
    PROGRAMME_LEAD = "programme_lead", gettext_lazy("the lead of the programme")
    ADMINISTRATOR = "administrator", gettext_lazy("an administrator")
    OPERATOR = "operator", gettext_lazy("whoever looks after this site")
    ELSE = "else", gettext_lazy("somebody else")


class RecordQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> Self:
        """Only what `person` may see: the marking decides, in the database, before anything is counted."""
        if person.is_operator:
            return self
        condition = Q(marking=Marking.PUBLIC)
        if person.sees_every_partnership:
            condition |= Q(marking=Marking.PARTNERSHIP)
        elif person.footprint_ids:
            condition |= Q(marking=Marking.PARTNERSHIP) & self._leads(
                self.model.footprint_paths, person.footprint_ids
            )
        if person.partner_ids:
            condition |= self._leads(self.model.partner_paths, person.partner_ids)
        return self.filter(condition)

    def _leads(self, paths: Iterable[str], ids: frozenset[int]) -> Q:
        """That one of the paths leads to one of `ids`: a column of the record itself is asked as it is, the others in a
        question within, so that no record is found twice."""
        columns, joined = Q(), Q()
        for path in paths:
            one = Q(**{f"{path}__in": ids})
            if path == "pk" or path in self._columns():
                columns |= one
            else:
                joined |= one
        return columns | Q(pk__in=self.model._base_manager.filter(joined).values("pk")) if joined else columns

    def _columns(self) -> set[str]:
        return {each.name for each in self.model._meta.concrete_fields}


class Record(models.Model):
    """Kept by somebody, marked, confirmed. Subclasses define the paths to partners and footprints, and the
    field with the body that the record is about."""

    body_field: str = "partner_id"
    partner_paths: tuple[str, ...] = ("partner",)
    footprint_paths: tuple[str, ...] = ("partner__footprints",)

    owner = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    marking = models.CharField(max_length=12, choices=Marking, default=Marking.PARTNERSHIP)
    confirmed_on = models.DateField(null=True, blank=True, help_text="the body itself last said it is true")
    confirmed_by = models.CharField(max_length=160, blank=True)
    checked_on = models.DateField(null=True, blank=True, help_text="somebody else last checked it")
    checked_by = models.CharField(max_length=14, choices=Teller, blank=True)
    came = models.CharField(max_length=12, choices=Came, blank=True, help_text="empty is not known")
    came_by = models.CharField(max_length=14, choices=Teller, blank=True)
    came_on = models.DateField(null=True, blank=True)
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

    def is_told_by(self, person: Person) -> bool:
        """Whether `person` speaks for the body: only its members do, whatever others may change."""
        return getattr(self, self.body_field) in person.partner_ids

    @property
    def told(self) -> str:
        """How reliable it is: "proposed from public look-ups on 3 November 2026, not yet confirmed by the
        body"."""
        return ", ".join([*self.behind, self.word])

    @property
    def word(self) -> str:
        """What the body itself said about it, and when."""
        if self.confirmed_on is None:
            return _("not yet confirmed by the body")
        day = {"day": date_format(self.confirmed_on, "j F Y")}
        if self.is_stale:
            return _("last confirmed by the body on %(day)s, more than a year ago") % day
        return _("confirmed by the body on %(day)s") % day

    @property
    def behind(self) -> list[str]:
        """Its origin and who else checked it, in words: what there is to rely on until the body confirms it."""
        return [] if not self.is_stale else [each for each in (self.origin, self.checked) if each]

    @property
    def origin(self) -> str:
        """Its origin, with the day and the role of the person who provided it; empty if that is not known."""
        if not self.came:
            return ""
        pattern = _ORIGINS[self.came] if self.came_on else _UNDATED[self.came]
        day = date_format(self.came_on, "j F Y") if self.came_on else ""
        return pattern % {"who": Teller(self.came_by or Teller.ELSE).label, "day": day}

    @property
    def checked(self) -> str:
        if self.checked_on is None:
            return ""
        who = Teller(self.checked_by or Teller.ELSE).label
        return _("checked by %(who)s on %(day)s") % {"who": who, "day": date_format(self.checked_on, "j F Y")}


_ORIGINS: dict[str, Any] = {
    Came.BODY: gettext_lazy("recorded by the body on %(day)s"),
    Came.LOOKUPS: gettext_lazy("proposed from public look-ups on %(day)s"),
    Came.LIST: gettext_lazy("brought in by %(who)s from a spreadsheet or list on %(day)s"),
    Came.REGISTRATION: gettext_lazy("said by somebody who registered on %(day)s"),
    Came.AGREEMENT: gettext_lazy("begun from an agreement by %(who)s on %(day)s"),
    Came.PUBLISHED: gettext_lazy("taken from what was published, on %(day)s"),
    Came.ELSE: gettext_lazy("written down by %(who)s on %(day)s"),
}
_UNDATED: dict[str, Any] = {each: each.label for each in Came}


def role_of(person: Person) -> str:
    """The role in which `person` says something about a body that is not theirs: the nearest one first."""
    if person.is_operator:
        return Teller.OPERATOR
    if person.is_coordinator:
        return Teller.COORDINATOR
    if person.is_programme_lead:
        return Teller.PROGRAMME_LEAD
    return Teller.ADMINISTRATOR if person.is_administrator else Teller.ELSE
