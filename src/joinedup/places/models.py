"""Areas with GSS codes and dates, how old codes became new ones, which authority took over from which, and
footprints of partnerships with their history."""

import datetime

from django.db import models
from django.db.models import F, Q


class Place(models.Model):
    class Kind(models.TextChoices):
        LSOA = "lsoa", "neighbourhood (LSOA)"
        WARD = "ward", "ward"
        LOCAL_AUTHORITY = "local_authority", "local authority"
        COUNTY = "county", "county"
        POLICE_FORCE = "police_force", "police force area"
        REGION = "region", "region"
        COUNTRY = "country", "country"

    code = models.CharField(max_length=9, primary_key=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=Kind)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    vintage = models.PositiveSmallIntegerField(help_text="year of the code list this code belongs to")
    ended = models.PositiveSmallIntegerField(null=True, blank=True, help_text="year the code was retired")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    residents = models.PositiveIntegerField(null=True, blank=True)
    residents_16_24 = models.PositiveIntegerField(null=True, blank=True)
    # Why it was found by another code or name than its own, in a sentence without a full stop; set by `queries.find`.
    led_here = ""

    class Meta:
        ordering = ["name", "code"]
        indexes = [models.Index(fields=["kind", "name"])]

    def __str__(self) -> str:
        return self.name


class Outline(models.Model):
    """A generalised boundary as SVG path data: British National Grid metres / 10, y downwards."""

    place = models.OneToOneField(Place, primary_key=True, on_delete=models.CASCADE)
    path = models.TextField()
    left = models.IntegerField()
    top = models.IntegerField()
    right = models.IntegerField()
    bottom = models.IntegerField()

    def __str__(self) -> str:
        return f"outline of {self.place_id}"


class CodeChange(models.Model):
    """How an old code became a new one, with the share of its residents that went there."""

    old = models.CharField(max_length=9, db_index=True)
    new = models.CharField(max_length=9, db_index=True)
    kind = models.CharField(max_length=1, help_text="S split, M merged, X irregular")
    share = models.FloatField()

    class Meta:
        verbose_name = "change of a code"
        constraints = [models.UniqueConstraint(fields=["old", "new"], name="change_once")]

    def __str__(self) -> str:
        return f"{self.old} to {self.new}"


class Succession(models.Model):
    """That one area ends and another takes over from it, whole or in part, from a day on.

    Stated before the day it is a note. `carried_out_on` says that the records follow it (`joinedup.successions`); of
    what ships there are none to follow, and it is the day itself. An old one with several successors was divided.
    """

    old = models.CharField(max_length=9, db_index=True)
    old_name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=Place.Kind)
    new = models.CharField(max_length=9, db_index=True)
    new_name = models.CharField(max_length=120)
    day = models.DateField(help_text="the first day of the new one")
    source = models.CharField(max_length=200, help_text="who says so: an order, or who stated it here")
    council = models.CharField(max_length=200, blank=True, help_text="what its council calls itself")
    carried_out_on = models.DateField(null=True, blank=True)
    moved = models.JSONField(
        default=dict, blank=True, help_text="what followed it and how it was before, to undo"
    )

    class Meta:
        ordering = ["-day", "new", "kind", "old_name", "old"]
        constraints = [
            models.UniqueConstraint(fields=["old", "new"], name="succession_once"),
            models.CheckConstraint(condition=~Q(old=F("new")), name="succession_leads_elsewhere"),
        ]

    def __str__(self) -> str:
        return f"{self.old_name} to {self.new_name}"


class Membership(models.Model):
    """A place's membership of an area that is not its parent: a police force's, a health board's…

    Of safety partnerships an authority may have several, where one of it was made of several."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="memberships")
    kind = models.CharField(max_length=30, help_text="police_force, health_board, safety_partnership, fire")
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place", "kind", "code"], name="place_in_an_area_once")
        ]

    def __str__(self) -> str:
        return f"{self.place_id} in {self.name}"


class Footprint(models.Model):
    """The places that a partnership covers. The duty has no fixed lead body, so each area draws its own."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    places = models.ManyToManyField(Place, related_name="footprints")
    is_demonstration = models.BooleanField(default=False)
    held_until = models.DateField(
        null=True, blank=True, help_text="nothing new is published before this day (elections)"
    )

    shows_opportunities = models.BooleanField(
        default=False, help_text="the public may read its opportunities, of bodies that spoke for themselves"
    )

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="footprint_has_a_name")]

    def __str__(self) -> str:
        return self.name

    def is_held(self, on: datetime.date) -> bool:
        """Whether nothing new may be published on that day."""
        return self.held_until is not None and on < self.held_until


class FootprintChange(models.Model):
    """That other places belong to a partnership from a day on: its history, and what is planned.

    Agreements and events keep their own place: what left the footprint stays with them.
    """

    footprint = models.ForeignKey(Footprint, on_delete=models.CASCADE, related_name="changes")
    day = models.DateField(help_text="the first day on which it is so")
    added = models.JSONField(default=list, help_text="[[code, name], …]")
    left = models.JSONField(default=list, help_text="[[code, name], …]")
    because = models.CharField(max_length=250, blank=True)
    stated_by = models.CharField(max_length=160)
    stated_at = models.DateTimeField(auto_now_add=True)
    carried_out_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return f"{self.footprint} from {self.day}"
