"""Where and when: scans of a partnership's neighbourhoods, what stood out, what became of it, and who
follows.

Neighbourhoods are small: all of this is for the partnership, never for the public.
"""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q

from joinedup.accounts.models import fresh_token
from joinedup.accounts.permissions import Scope
from joinedup.accounts.person import Person
from joinedup.places.models import Place


def _scope(footprint: int) -> Scope:
    """What stands out in a partnership's neighbourhoods concerns each of its partners."""
    from joinedup.partners.models import Partner

    partners = Partner.footprints.through.objects.filter(footprint_id=footprint)
    return Scope(frozenset(partners.values_list("partner_id", flat=True)), frozenset({footprint}))


class OfPartnership(models.QuerySet[Any]):
    """Rows that belong to a partnership; `path` is the lookup that leads to it."""

    path = "footprint"

    def visible_to(self, person: Person) -> Self:
        """For members of the partnership, and readers of what every partnership shares."""
        if person.sees_every_partnership:
            return self
        return self.filter(**{f"{self.path}__in": person.footprint_ids})


class OfScan(OfPartnership):
    path = "scan__footprint"


class Scan(models.Model):
    """One look at all neighbourhoods of a partnership: the settings, the figures used, and how it went."""

    class Kind(models.TextChoices):
        MONTHLY = "monthly", "What is new, each month"
        YEARLY = "yearly", "Where it is high for its residents, once a year"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    UNFINISHED = (State.WAITING, State.RUNNING)

    footprint = models.ForeignKey("places.Footprint", on_delete=models.CASCADE, related_name="scans")
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    asked_by = models.CharField(max_length=160, blank=True, help_text="empty when it was its time")
    asked_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    done = models.FloatField(default=0, help_text="share that is done, 0 to 1")
    said_at = models.DateTimeField(
        null=True, blank=True, help_text="when the worker last said so: one that fell silent is begun again"
    )
    failure = models.CharField(max_length=300, blank=True)
    # What it is based on. Dataset rows may be deleted; this record of them stays.
    rests_on = models.JSONField(
        default=list, help_text="[{dataset, title, publisher, licence, stored_as, period_start, period_end}]"
    )
    figures_version = models.CharField(max_length=16, blank=True)
    settings = models.JSONField(default=dict, help_text="what the engine was asked")
    engine = models.CharField(max_length=40, blank=True, help_text="version of the engine")
    first = models.CharField(max_length=10, blank=True, help_text="first period, 2024-03")
    last = models.CharField(max_length=10, blank=True)
    areas = models.PositiveIntegerField(default=0)
    cases = models.PositiveIntegerField(default=0)
    windows = models.PositiveBigIntegerField(default=0)
    dispersion = models.FloatField(
        null=True, blank=True, help_text="how many times as much counts vary as by chance"
    )
    null_maxima = models.JSONField(default=list, help_text="the highest ratio of each replication")
    lowest_p = models.FloatField(null=True, blank=True, help_text="of the window that stands out most")
    wider_looks = models.JSONField(
        default=list,
        help_text="of wards and of authorities: {level, areas, why}, and where why is empty "
        "{windows, replications, max_share, dispersion, lowest_p}",
    )
    notes = models.JSONField(default=list)

    objects = OfPartnership.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["footprint", "kind"],
                condition=Q(state__in=["waiting", "running"]),
                name="scan_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running"], ended_at=None)
                | Q(state__in=["done", "failed"], ended_at__isnull=False),
                name="scan_has_ended_when_it_says_so",
            ),
            models.CheckConstraint(condition=Q(done__gte=0) & Q(done__lte=1), name="scan_share_done"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.footprint}"

    def scope(self) -> Scope:
        return _scope(self.footprint_id)


class Cluster(models.Model):
    """Neighbourhoods and months in which more was recorded than chance explains.

    `first`: the cluster of an earlier scan of the same kind that this one continues; empty if it is new. What
    became of it is recorded with the first, so that nobody is asked again each month.
    """

    scan = models.ForeignKey(Scan, on_delete=models.CASCADE, related_name="clusters")
    rank = models.PositiveSmallIntegerField(help_text="1 stands out most")
    first = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="later")
    centre = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    areas = models.ManyToManyField("places.Place", related_name="clusters")
    radius_km = models.FloatField()
    start = models.CharField(max_length=10, help_text="first period, 2024-03")
    end = models.CharField(max_length=10)
    observed = models.PositiveIntegerField()
    expected = models.FloatField()
    relative_risk = models.FloatField(null=True, blank=True)
    llr = models.FloatField()
    p = models.FloatField(
        help_text="how often chance alone gives it, where counts vary as much as those of the scan"
    )
    bare_p = models.FloatField(
        null=True, blank=True, help_text="the same for counts that vary by chance only"
    )
    tail_p = models.FloatField(null=True, blank=True)
    recurrence_days = models.FloatField(null=True, blank=True)

    objects = OfScan.as_manager()

    class Meta:
        ordering = ["scan", "rank"]
        constraints = [models.UniqueConstraint(fields=["scan", "rank"], name="cluster_one_of_a_rank")]

    def __str__(self) -> str:
        return f"{self.scan}, no. {self.rank}"

    @property
    def head(self) -> int:
        """The pk under which its outcomes are recorded."""
        return self.first_id or self.pk

    def scope(self) -> Scope:
        return _scope(self.scan.footprint_id)


class WiderCluster(models.Model):
    """Wards, or whole authorities, that stand out in a look of their own beside that over neighbourhoods. It names
    places that people know; it is never an alert.

    `p` is that of its own look, with replications of its own; pages say `LOOKS` times as much (`clusters/wider.py`).
    """

    class Level(models.TextChoices):
        WARD = Place.Kind.WARD.value, "wards"
        AUTHORITY = Place.Kind.LOCAL_AUTHORITY.value, "authorities"

    scan = models.ForeignKey(Scan, on_delete=models.CASCADE, related_name="wider")
    level = models.CharField(max_length=20, choices=Level)
    rank = models.PositiveSmallIntegerField(help_text="1 stands out most, of its level")
    areas = models.ManyToManyField("places.Place", related_name="+")
    beside = models.ManyToManyField(
        Cluster, related_name="wider", help_text="clusters of neighbourhoods that it overlaps"
    )
    start = models.CharField(max_length=10, help_text="first period, 2024-03")
    end = models.CharField(max_length=10)
    observed = models.PositiveIntegerField()
    expected = models.FloatField()
    llr = models.FloatField()
    p = models.FloatField(
        help_text="how often chance alone gives it in the look of its level, where counts vary as much as there"
    )
    bare_p = models.FloatField(
        null=True, blank=True, help_text="the same for counts that vary by chance only"
    )

    objects = OfScan.as_manager()

    class Meta:
        ordering = ["scan", "-level", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["scan", "level", "rank"], name="wider_cluster_one_of_a_rank")
        ]

    def __str__(self) -> str:
        return f"{self.scan}, {self.get_level_display()}, no. {self.rank}"

    def scope(self) -> Scope:
        return _scope(self.scan.footprint_id)


class Outcome(models.Model):
    """What became of a cluster; the newest counts, the others are its history."""

    class Word(models.TextChoices):
        LOOKED_AT = "looked_at", "Looked at, nothing settled yet"
        EXPLAINED = "explained", "Explained: we know why"
        ACTED_ON = "acted_on", "Acted on"
        FALSE_ALARM = "false_alarm", "False alarm: nothing was there"

    cluster = models.ForeignKey(
        Cluster, on_delete=models.CASCADE, related_name="outcomes", help_text="the first of its kind"
    )
    word = models.CharField(max_length=12, choices=Word)
    note = models.TextField(blank=True, help_text="what was found or done; no names of people")
    initiative = models.ForeignKey(
        "initiatives.Initiative", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    by = models.CharField(max_length=160)
    by_user = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_word_display()} ({self.cluster})"

    def scope(self) -> Scope:
        return self.cluster.scope()


class Follower(models.Model):
    """Somebody who wants to be notified of new clusters, in an authority or in the whole partnership."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="cluster_followers")
    footprint = models.ForeignKey("places.Footprint", on_delete=models.CASCADE, related_name="followers")
    place = models.ForeignKey(
        "places.Place", null=True, blank=True, on_delete=models.CASCADE, related_name="+",
        help_text="empty: all of the partnership",
    )  # fmt: skip
    token = models.CharField(max_length=40, unique=True, default=fresh_token, help_text="of the feed")
    since = models.DateTimeField(auto_now_add=True)
    told = models.ForeignKey(
        Scan, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text="the last scan that a mail told of",
    )  # fmt: skip

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "footprint", "place"],
                condition=Q(place__isnull=False),
                name="follower_once_a_place",
            ),
            models.UniqueConstraint(
                fields=["user", "footprint"], condition=Q(place__isnull=True), name="follower_once_of_all"
            ),
        ]

    def __str__(self) -> str:
        """Without the follower's name: the audit trail keeps this line for ever."""
        return f"told of {self.place or self.footprint}"

    def scope(self) -> Scope:
        return _scope(self.footprint_id)
