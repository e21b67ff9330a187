"""A series of events, and where it means to go when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from joinedup.accounts.permissions import Scope
from joinedup.places.regions import REGIONS


class Programme(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=160)
    summary = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def scope(self) -> Scope:
        """A series goes across the country: it belongs to no partnership."""
        return Scope()


class Stop(models.Model):
    """A month in which a programme means to be in a region; `event` once one is made for it."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="stops")
    region = models.CharField(max_length=9, choices=list(REGIONS.items()))
    month = models.DateField(help_text="its first day")
    note = models.CharField(max_length=200, blank=True)
    event = models.ForeignKey(
        "events.Event", null=True, blank=True, on_delete=models.SET_NULL, related_name="stops"
    )
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        ordering = ["month", "region"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "region", "month"], name="stop_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="stop_month_is_its_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.get_region_display()}, {self.month:%B %Y}"

    def scope(self) -> Scope:
        return self.programme.scope()
