"""Visits to learn from communities, and the practice cards that they leave for others."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from joinedup.accounts.permissions import Scope
from joinedup.accounts.records import Marking, Record, RecordQuerySet


class Visit(models.Model):
    """A day of learning in one community: part of a programme, planned or done."""

    partner_paths = ("host",)
    footprint_paths = ("footprint",)

    programme = models.ForeignKey("events.Programme", on_delete=models.PROTECT, related_name="visits")
    footprint = models.ForeignKey("places.Footprint", on_delete=models.PROTECT, related_name="visits")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="visits")
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=160)
    date = models.DateField(null=True, blank=True)
    host = models.ForeignKey(
        "partners.Partner", null=True, blank=True, on_delete=models.PROTECT, related_name="visits_hosted"
    )
    purpose = models.TextField(blank=True, help_text="what we want to learn")
    learned = models.TextField(blank=True, help_text="what we learned, in a few sentences")
    safeguarding_lead = models.CharField(max_length=160, blank=True)
    marking = models.CharField(max_length=12, choices=Marking, default=Marking.PARTNERSHIP)
    is_demonstration = models.BooleanField(default=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "name"]

    def __str__(self) -> str:
        return self.name

    def scope(self) -> Scope:
        return Scope(frozenset({self.host_id} if self.host_id else ()), frozenset({self.footprint_id}))


class PracticeCard(Record):
    """Something that is done somewhere, described so that others can copy it, with what did not work.

    Free-text databases of good practice were too thin for anyone to copy from, so every part is required.
    """

    partner_paths = ("partner",)
    footprint_paths = ("footprint",)

    class Level(models.TextChoices):
        PRIMARY = "primary", "Everyone"
        SECONDARY = "secondary", "Those at risk"
        TERTIARY = "tertiary", "Those already involved"

    footprint = models.ForeignKey("places.Footprint", on_delete=models.PROTECT, related_name="practice_cards")
    partner = models.ForeignKey(
        "partners.Partner", on_delete=models.PROTECT, related_name="practice_cards", help_text="who does it"
    )
    visit = models.ForeignKey(
        Visit, null=True, blank=True, on_delete=models.SET_NULL, related_name="practice_cards"
    )
    initiative = models.ForeignKey(
        "initiatives.Initiative",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="practice_cards",
    )
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="practice_cards")
    themes = models.ManyToManyField("taxonomy.Theme", related_name="practice_cards")
    level = models.CharField(max_length=10, choices=Level, blank=True)
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=160)
    problem = models.TextField(help_text="what was wrong, for whom")
    mechanism = models.TextField(help_text="what is done, and why it should work")
    cost = models.TextField(help_text="money, people, time")
    pounds_a_year = models.PositiveIntegerField(null=True, blank=True)
    result = models.TextField(help_text="what changed, and how that is known")
    what_failed = models.TextField(help_text="what did not work, and what they would do otherwise")

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(problem="")
                & ~Q(mechanism="")
                & ~Q(cost="")
                & ~Q(result="")
                & ~Q(what_failed=""),
                name="practice_card_is_whole",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def scope(self) -> Scope:
        return Scope(frozenset({self.partner_id}), frozenset({self.footprint_id}))
