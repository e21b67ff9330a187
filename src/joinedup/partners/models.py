"""Organisations, the people to ask there, who already works with whom, and what they need and offer."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from joinedup.accounts.permissions import Scope
from joinedup.accounts.records import Record, RecordQuerySet


class PartnerManager(models.Manager.from_queryset(RecordQuerySet)):  # type: ignore[misc]
    """Without what became part of another record: that only leads on."""

    def get_queryset(self) -> models.QuerySet[Partner]:
        found: models.QuerySet[Partner] = super().get_queryset().filter(merged_into=None)
        return found


class Partner(Record):
    """An organisation. What it is (identifiers, base) is stored apart from where it works (serves)."""

    body_field = "pk"
    partner_paths = ("pk",)
    footprint_paths = ("footprints",)

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    sector = models.ForeignKey("taxonomy.Sector", on_delete=models.PROTECT)
    does = models.TextField(blank=True, help_text="what it does, in a sentence or two")
    base = models.ForeignKey(
        "places.Place", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    serves = models.ManyToManyField("places.Place", blank=True, related_name="partners")
    themes = models.ManyToManyField("taxonomy.Theme", blank=True, related_name="partners")
    footprints = models.ManyToManyField("places.Footprint", blank=True, related_name="partners")
    charity_number = models.CharField(max_length=20, blank=True)
    company_number = models.CharField(max_length=20, blank=True)
    urn = models.CharField(max_length=10, blank=True, help_text="school number")
    ods = models.CharField(max_length=10, blank=True, help_text="NHS organisation code")
    gss = models.CharField(max_length=12, blank=True, help_text="code of the area it is the authority for")
    website = models.URLField(blank=True)
    is_statutory = models.BooleanField(default=False, help_text="named by the serious violence duty")
    succeeded_by = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="took_over_from",
        help_text="the body that takes over from this one",
    )
    succeeded_on = models.DateField(null=True, blank=True, help_text="the first day of that")
    is_branch = models.BooleanField(
        default=False, help_text="a branch of a body: others may have the same charity or company number"
    )
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="merged_here",
        help_text="the record of the same body that this one became part of; it only leads there",
    )

    objects: ClassVar[Any] = PartnerManager()
    every = RecordQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        # By what each body that is added is looked for (`same_body`).
        indexes = [
            models.Index(Lower("name"), name="partner_lower_name"),
            models.Index(fields=["charity_number"], name="partner_charity_number"),
            models.Index(fields=["company_number"], name="partner_company_number"),
            models.Index(fields=["urn"], name="partner_urn"),
            models.Index(fields=["ods"], name="partner_ods"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(succeeded_by__isnull=True, succeeded_on__isnull=True)
                | Q(succeeded_by__isnull=False, succeeded_on__isnull=False),
                name="partner_is_succeeded_from_a_day",
            ),
            models.CheckConstraint(
                condition=Q(succeeded_by__isnull=True) | ~Q(succeeded_by=F("pk")),
                name="partner_is_succeeded_by_another",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("pk")),
                name="partner_is_merged_into_another",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_succeeded(self, on: datetime.date) -> bool:
        """Whether another body has taken over from it by that day."""
        return self.succeeded_on is not None and self.succeeded_on <= on

    def scope(self) -> Scope:
        return Scope(
            frozenset({self.pk} if self.pk else ()),
            frozenset(f.pk for f in self.footprints.all()) if self.pk else frozenset(),
        )


class Contact(models.Model):
    """Somebody to ask at a partner: a role first, a name only if they gave it."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="contacts")
    role = models.CharField(max_length=120)
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    added_by = models.ForeignKey(
        "accounts.User",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="whose account put them in; nobody's where it was the installation itself",
    )
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["role"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "email"], condition=~Q(email=""), name="contact_once_a_partner"
            )
        ]

    def __str__(self) -> str:
        return self.role

    def scope(self) -> Scope:
        return self.partner.scope()


class Link(models.Model):
    """Two partners that already work together. `first` has the smaller number, so a pair is stored once."""

    first = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="links_as_first")
    second = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="links_as_second")
    strength = models.FloatField(default=0.5)
    since = models.DateField(null=True, blank=True)
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        ordering = ["first", "second"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="link_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="link_in_order"),
            models.CheckConstraint(
                condition=Q(strength__gte=0) & Q(strength__lte=1), name="link_strength_0_to_1"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} works with {self.second}"


class TwoBodies(models.Model):
    """That somebody said that two records that look like one body are two. `first` has the smaller number."""

    first = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name_plural = "two bodies"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="two_bodies_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="two_bodies_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first} and {self.second} are two bodies"

    def scope(self) -> Scope:
        one, other = self.first.scope(), self.second.scope()
        return Scope(footprints=one.footprints & other.footprints)


class Merge(models.Model):
    """That one record of a body became part of another, with what is needed to take it back. `kept` may have become
    part of yet another since: `gone.merged_into` is where it leads now."""

    gone = models.OneToOneField(Partner, on_delete=models.CASCADE, related_name="merge")
    kept = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="merges")
    is_wider = models.BooleanField(default=False, help_text="the two were not in the same partnerships")
    # Of rows that were moved: {"model", "pk", "was", "now"}; of rows that stood there twice: {"model", "row"}. Never
    # what is known of a person: those rows stay where they are.
    moved = models.JSONField(default=list)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.gone} became part of {self.kept}"


class Ask(Record):
    """What a partner needs, or what it can give: one line each, asked of everyone who registers."""

    class Kind(models.TextChoices):
        NEED = "need", "We need"
        OFFER = "offer", "We can give"

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="asks")
    kind = models.CharField(max_length=5, choices=Kind)
    text = models.CharField(max_length=300)
    themes = models.ManyToManyField("taxonomy.Theme", blank=True)
    places = models.ManyToManyField("places.Place", blank=True)
    event = models.ForeignKey("events.Event", null=True, blank=True, on_delete=models.SET_NULL)
    closed_on = models.DateField(null=True, blank=True, help_text="answered, or no longer needed")

    class Meta:
        ordering = ["-created", "pk"]

    def __str__(self) -> str:
        return self.text

    def scope(self) -> Scope:
        return self.partner.scope()
