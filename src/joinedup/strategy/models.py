"""Published strategies, the promises in them, and dated evidence of how far each has come."""

from __future__ import annotations

from django.db import models


class Strategy(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=160)
    publisher = models.CharField(max_length=160)
    published = models.DateField(null=True, blank=True)
    url = models.URLField(max_length=500, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        # A plan without a date comes after those that were published; databases differ in where they sort
        # nulls.
        ordering = [models.F("published").desc(nulls_last=True), "name"]
        verbose_name_plural = "strategies"

    def __str__(self) -> str:
        return self.name


class Commitment(models.Model):
    """One promise. `ref` is ours: the strategy's own numbering was not seen and is never shown as official."""

    strategy = models.ForeignKey(Strategy, on_delete=models.CASCADE, related_name="commitments")
    ref = models.CharField(max_length=12, unique=True)
    part_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="parts")
    text = models.TextField()
    chapter = models.CharField(max_length=80)
    lead = models.CharField(max_length=160)
    money_gbp = models.PositiveBigIntegerField(null=True, blank=True)
    deadline = models.CharField(max_length=200, blank=True, help_text="as published")
    due = models.DateField(null=True, blank=True)
    measure = models.TextField(blank=True)
    kind = models.CharField(max_length=120, default="commitment")
    themes = models.ManyToManyField("taxonomy.Theme", blank=True, related_name="commitments")
    source = models.TextField(blank=True)
    confidence = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["ref"]

    def __str__(self) -> str:
        return self.text


class Update(models.Model):
    """Dated evidence of progress: a published fact, or a local initiative that counts towards it."""

    class Standing(models.TextChoices):
        KEPT = "kept", "Kept"
        ON_THE_WAY = "on_the_way", "On the way"
        LATE = "late", "Late"
        NOT_KEPT = "not_kept", "Not kept"

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="updates")
    on = models.DateField()
    standing = models.CharField(max_length=12, choices=Standing)
    text = models.TextField()
    source = models.TextField(blank=True)
    initiative = models.ForeignKey(
        "initiatives.Initiative", null=True, blank=True, on_delete=models.SET_NULL, related_name="updates"
    )
    footprint = models.ForeignKey(
        "places.Footprint",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="the partnership whose evidence it is: it never says that the whole was kept, late or not kept",
    )
    is_demonstration = models.BooleanField(default=False)
    by = models.CharField(max_length=160, blank=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.on:%d/%m/%Y} {self.get_standing_display()}"

    @property
    def is_local(self) -> bool:
        return self.footprint_id is not None
