"""Local action under way: by whom, for whom, where, on which themes, how many people, with what result."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from joinedup.accounts.permissions import Scope
from joinedup.accounts.records import Record


class Initiative(Record):
    partner_paths = ("partner", "co_partners", "named")

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    what = models.TextField(blank=True, help_text="what is done, in plain words")
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="initiatives")
    co_partners = models.ManyToManyField("partners.Partner", blank=True, related_name="joint_initiatives")
    named = models.ManyToManyField(
        "partners.Partner", blank=True, related_name="+", help_text="who else may see it when marked named"
    )
    places = models.ManyToManyField("places.Place", blank=True, related_name="initiatives")
    themes = models.ManyToManyField("taxonomy.Theme", blank=True, related_name="initiatives")
    offers = models.ManyToManyField("support.Offer", blank=True, related_name="initiatives")
    commitments = models.ManyToManyField("strategy.Commitment", blank=True, related_name="initiatives")
    approach = models.ForeignKey("taxonomy.Approach", null=True, blank=True, on_delete=models.SET_NULL)
    level = models.CharField(
        max_length=10,
        blank=True,
        choices=[
            ("primary", "Primary: everyone"),
            ("secondary", "Secondary: at risk"),
            ("tertiary", "Tertiary: already involved"),
        ],
    )
    age_from = models.PositiveSmallIntegerField(null=True, blank=True)
    age_to = models.PositiveSmallIntegerField(null=True, blank=True)
    reach_per_year = models.PositiveIntegerField(null=True, blank=True)
    starts = models.DateField(null=True, blank=True)
    ends = models.DateField(null=True, blank=True)
    evidence = models.FloatField(null=True, blank=True, help_text="0 to 1; empty is unknown")
    result = models.FloatField(null=True, blank=True, help_text="0 to 1; empty is unknown")
    result_text = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(starts__isnull=True) | Q(ends__gte=F("starts")),
                name="initiative_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(age_to__isnull=True) | Q(age_from__isnull=True) | Q(age_to__gte=F("age_from")),
                name="initiative_ages_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def scope(self) -> Scope:
        return self.partner.scope()
