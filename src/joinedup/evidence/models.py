"""Imported datasets, the figures made from them, and the need computed from those.

Observations themselves are in Parquet files in the store; a dataset row makes a file visible.
"""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from joinedup.engines.certainty import LEAST_CERTAINTY
from joinedup.engines.need import verdicts as model


class Dataset(models.Model):
    """One publisher's file, as it was on one day. The newest of a name is current; older ones are remembered.

    A withdrawn one is remembered too, with who withdrew it and why, and nothing is read from it.
    """

    name = models.SlugField(max_length=60, help_text="which series of files it belongs to")
    title = models.CharField(max_length=200)
    source = models.CharField(max_length=60, help_text="the format that recognised it")
    reported_by = models.CharField(
        max_length=120, blank=True, help_text="whose records these are, where a source has a series for each"
    )
    covers = models.JSONField(default=list, help_text="periods that the file tells whole, for that series")
    publisher = models.CharField(max_length=200)
    licence = models.CharField(max_length=120)
    url = models.URLField(max_length=500, blank=True)
    file_name = models.CharField(max_length=200)
    content_hash = models.CharField(max_length=64)
    read_for = models.CharField(
        max_length=16,
        blank=True,
        help_text="a short hash of the places held then: with more, a file says more",
    )
    stored_as = models.CharField(max_length=100, help_text="file in the store")
    period_start = models.CharField(max_length=12, blank=True)
    period_end = models.CharField(max_length=12, blank=True)
    published_on = models.DateField(null=True, blank=True)
    retrieved_on = models.DateField(null=True, blank=True)
    rows_read = models.PositiveIntegerField()
    rows_kept = models.PositiveIntegerField()
    refused = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    caveats = models.JSONField(default=list)
    disclosure = models.JSONField(default=dict)
    imported_at = models.DateTimeField(auto_now_add=True)
    imported_by = models.CharField(max_length=160, blank=True)
    replaced_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaces"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=160, blank=True)
    withdrawn_because = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["name", "-imported_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "content_hash", "read_for"],
                condition=Q(withdrawn_at__isnull=True),
                name="dataset_file_once",
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(replaced_by__isnull=True, withdrawn_at__isnull=True),
                name="dataset_one_current",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Figure(models.Model):
    """The newest value of an indicator for a place, with where it comes from.

    A figure is a number, suppressed, or missing: three different things.
    """

    class State(models.TextChoices):
        NUMBER = "number", "a number"
        SUPPRESSED = "suppressed", "suppressed"
        MISSING = "missing", "missing"

    indicator = models.SlugField(max_length=60)
    place = models.ForeignKey("places.Place", on_delete=models.CASCADE, related_name="figures")
    start = models.CharField(max_length=20, blank=True, help_text="first month or year that it counts")
    period = models.CharField(max_length=20, help_text="last month or year that it counts")
    state = models.CharField(max_length=10, choices=State)
    value = models.FloatField(null=True, blank=True)
    count = models.FloatField(null=True, blank=True)
    denominator = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True, help_text="lower end of the 95% interval of the value")
    high = models.FloatField(null=True, blank=True, help_text="upper end of the 95% interval of the value")
    percentile = models.FloatField(
        null=True, blank=True, help_text="0 to 1 among the places it is compared with, 1 is most need"
    )
    best_rank = models.PositiveIntegerField(
        null=True, blank=True, help_text="best rank that the intervals allow, 1 is most need"
    )
    worst_rank = models.PositiveIntegerField(
        null=True, blank=True, help_text="worst rank that the intervals allow"
    )
    compared = models.PositiveIntegerField(null=True, blank=True, help_text="places in the comparison")
    among = models.CharField(
        max_length=120, blank=True, help_text="what they are, such as authorities in the South East"
    )
    middle = models.FloatField(null=True, blank=True, help_text="median of the places compared")
    trend = models.FloatField(null=True, blank=True, help_text="-1 to 1, last 12 months on the 12 before")
    spread = models.FloatField(
        null=True,
        blank=True,
        help_text="how many times more two years differ in like places than chance explains",
    )
    note = models.CharField(max_length=250, blank=True)
    not_counted = models.JSONField(
        default=list,
        blank=True,
        help_text="[[month, fault], …]: nothing was counted under this code (`engines.code_faults`)",
    )
    dataset = models.ForeignKey(
        Dataset,
        on_delete=models.CASCADE,
        related_name="figures",
        help_text="the newest that its observations came from; of a missing one, where they would be",
    )
    rests_on = models.JSONField(
        default=list, blank=True, help_text="primary keys of every dataset that went into it, newest first"
    )

    class Meta:
        ordering = ["indicator", "place"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "place"], name="figure_once"),
            models.CheckConstraint(
                condition=(
                    Q(state="number")
                    | Q(
                        count__isnull=True,
                        low__isnull=True,
                        high__isnull=True,
                        percentile__isnull=True,
                        best_rank__isnull=True,
                        worst_rank__isnull=True,
                        trend__isnull=True,
                    )
                ),
                name="figure_that_is_no_number_tells_nothing",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="number", value__isnull=False) | (~Q(state="number") & Q(value__isnull=True))
                ),
                name="figure_has_a_value_only_when_a_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} in {self.place_id}, {self.period}"


class Series(models.Model):
    """Every period held of what a figure is made from, each as it may be shown: what is hidden is not in it.

    Stored with the figures, so that a page reads a row and no file.
    """

    indicator = models.SlugField(max_length=60)
    place = models.ForeignKey("places.Place", on_delete=models.CASCADE, related_name="series")
    points = models.JSONField(
        default=list, help_text="[[period, value, state, why], …], oldest first (`points.Point`)"
    )
    sums = models.JSONField(
        default=list,
        help_text="the same of the counts of a whole window, by its last month; empty where points make the sum",
    )
    threshold = models.PositiveIntegerField(
        default=0, help_text="of the indicator when it was made: where that is larger now, nothing is shown"
    )

    class Meta:
        verbose_name_plural = "series"
        ordering = ["indicator", "place"]
        constraints = [models.UniqueConstraint(fields=["indicator", "place"], name="series_once")]

    def __str__(self) -> str:
        return f"{self.indicator} in {self.place_id}"


# Below this certainty need is computed but not stated: the opportunities engine does not see it either.
ENOUGH = LEAST_CERTAINTY


class NeedQuerySet(models.QuerySet["Need"]):
    def said(self) -> Self:
        """Needs that may be stated: known, with enough certainty. Anything that mentions need reads these."""
        return self.filter(need__isnull=False, certainty__gte=ENOUGH)


class Need(models.Model):
    """How much a place needs work on a theme, 0 to 1, from its figures. Empty is unknown, which is not 0.

    A need too uncertain to state counts as unknown: pages, files and engines read `said`, never `need`. `pressure` is
    of the place, the same on all its themes; what the columns mean: `engines.need.need`.
    """

    class Verdict(models.TextChoices):
        STANDS_OUT = model.STANDS_OUT, "stands out"
        LIKE_MUCH = model.LIKE_MUCH, "high, like much here"
        HIGH = model.HIGH, "high"
        MIDDLING = model.MIDDLING, "middling"
        LOW = model.LOW, "low"
        NOT_MEASURED = model.NOT_MEASURED, "not measured"
        NOT_APART = model.NOT_APART, "cannot be told apart"

    class Measured(models.TextChoices):
        OWN = model.OWN, "by figures of its own"
        SHARED = model.SHARED, "by the figures of another theme"
        PROXY = model.PROXY, "by figures that stand for it"
        NONE = model.NONE, "by none"

    place = models.ForeignKey("places.Place", on_delete=models.CASCADE, related_name="needs")
    theme = models.ForeignKey("taxonomy.Theme", on_delete=models.CASCADE, related_name="needs")
    need = models.FloatField(null=True, blank=True)
    certainty = models.FloatField(default=0)
    trend = models.FloatField(null=True, blank=True)
    people_at_risk = models.PositiveIntegerField(null=True, blank=True)
    parts = models.JSONField(
        default=list,
        help_text="[{indicator, own, weight, percentile, value, unit, lower, upper, middle, period, state, source}]",
    )
    pressure = models.FloatField(
        null=True,
        blank=True,
        help_text="general pressure on the place, in spreads between places; 0 is the middle",
    )
    pressure_lower = models.FloatField(null=True, blank=True, help_text="lower end of its 95% interval")
    pressure_upper = models.FloatField(null=True, blank=True, help_text="upper end of its 95% interval")
    departure = models.FloatField(
        null=True, blank=True, help_text="how far the theme lies above what pressure explains, in spreads"
    )
    stands_out = models.FloatField(
        null=True, blank=True, help_text="probability that this is more than half a spread"
    )
    worse = models.FloatField(
        null=True, blank=True, help_text="probability of being worse than the set's middle"
    )
    verdict = models.CharField(max_length=24, choices=Verdict, default=Verdict.NOT_MEASURED)
    measured = models.CharField(max_length=8, choices=Measured, default=Measured.NONE)
    shared_with = models.SlugField(
        max_length=60, blank=True, help_text="the theme whose figures these are, where it has none of its own"
    )
    among = models.CharField(max_length=120, blank=True, help_text="the places it is compared with")
    compared = models.PositiveIntegerField(null=True, blank=True, help_text="how many these are")
    worked_out_on = models.DateField()

    objects = NeedQuerySet.as_manager()

    class Meta:
        ordering = ["place", "theme"]
        constraints = [
            models.UniqueConstraint(fields=["place", "theme"], name="need_once"),
            models.CheckConstraint(
                condition=Q(need__isnull=True) | (Q(need__gte=0) & Q(need__lte=1)), name="need_0_to_1"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.theme_id} in {self.place_id}"

    @property
    def said(self) -> float | None:
        """The need, if it is certain enough to be stated."""
        return self.need if self.certainty >= ENOUGH else None


class FiguresDue(models.Model):
    """A note that what is held has changed, and that the figures do not follow it yet: `stored_figures`."""

    because = models.CharField(max_length=60, help_text="what changed it, as in the history")
    said_at = models.DateTimeField(
        default=timezone.now, help_text="when whoever works on it was heard of last"
    )

    def __str__(self) -> str:
        return self.because
