"""The terms that everything is tagged with: themes, sectors, approaches.

They come from published sources and our own reading of them; an installation may edit them.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

# In the place of a sector (order, name), for those who come to an event without an organisation.
NO_SECTOR = (1000, _("Residents"))


class Sector(models.Model):
    """One of the eight sectors of the 2018 press release, or a kind of body that the 2022 duty adds."""

    slug = models.SlugField(primary_key=True)
    name = models.CharField(max_length=80)
    in_press_release = models.BooleanField(default=False)
    duty = models.CharField(max_length=120, blank=True, help_text="status under the serious violence duty")
    bodies = models.TextField(blank=True)
    data_held = models.TextField(blank=True)
    sharing_limit = models.TextField(blank=True)
    source = models.TextField(blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "slug"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_of_the_duty(self) -> bool:
        """Whether the law names bodies in this sector, as specified or as relevant authorities."""
        return self.duty.casefold().startswith(("specified", "relevant"))


class Theme(models.Model):
    """What prevention works on. Our judgement from the sources, not a published list."""

    slug = models.SlugField(primary_key=True)
    name = models.CharField(max_length=80)
    covers = models.TextField(blank=True)
    levels = models.JSONField(default=list, help_text="primary, secondary, tertiary")
    strategy_themes = models.JSONField(default=list)
    factors = models.JSONField(default=list)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "slug"]

    def __str__(self) -> str:
        return self.name


class Mix(models.Model):
    """How much a theme needs a sector, 0 to 1. Our judgement, editable."""

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE)
    sector = models.ForeignKey(Sector, on_delete=models.CASCADE)
    weight = models.FloatField()

    class Meta:
        ordering = ["theme", "sector"]
        constraints = [
            models.UniqueConstraint(fields=["theme", "sector"], name="mix_once"),
            models.CheckConstraint(
                condition=models.Q(weight__gte=0) & models.Q(weight__lte=1), name="mix_weight_0_to_1"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.theme_id} needs {self.sector_id}: {self.weight}"


class Approach(models.Model):
    """A way of working that somebody evaluated, and what they found."""

    slug = models.SlugField(primary_key=True)
    name = models.CharField(max_length=120)
    # None: it is about how bodies work together, or its source names no theme that is one of ours.
    themes = models.ManyToManyField(Theme, blank=True, related_name="approaches")
    # As published, in the publisher's words; what was not stated is blank.
    effect = models.CharField(max_length=200, blank=True, help_text="on violence, as published")
    found = models.TextField(blank=True, help_text="the numbers, as published")
    evidence = models.CharField(max_length=120, blank=True, help_text="how sure it is, as published")
    cost = models.CharField(max_length=120, blank=True, help_text="as published")
    harmful = models.BooleanField(default=False, help_text="published evidence says that it can do harm")
    strength = models.FloatField(null=True, blank=True, help_text="0 to 1, our reading; empty is unknown")
    notes = models.TextField(blank=True)
    source = models.TextField(blank=True)
    urls = models.JSONField(default=list)
    dated = models.CharField(max_length=40, blank=True, help_text="the year that the source states")

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name


class Factor(models.Model):
    """A risk or protective factor, with its source."""

    ref = models.CharField(max_length=8, primary_key=True)
    level = models.CharField(max_length=30)
    kind = models.CharField(max_length=20)
    text = models.TextField()
    cited_by = models.CharField(max_length=200, blank=True)
    source = models.TextField(blank=True)

    class Meta:
        ordering = ["ref"]

    def __str__(self) -> str:
        return f"{self.ref} {self.text}"
