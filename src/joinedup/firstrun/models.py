"""What ships about a partnership's area, on its way into the records."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import Q

from joinedup.places.models import Footprint

# With nothing said for so long, whoever brought it in is gone: a single step takes a minute at most.
SILENT = datetime.timedelta(minutes=5)
# Nobody has begun by then: the worker looks every ten seconds.
NOT_BEGUN = datetime.timedelta(minutes=1)


class AreaLoad(models.Model):
    """The wards, neighbourhoods and published figures of one partnership, asked for and brought in: `area_loads`."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    footprint = models.OneToOneField(Footprint, on_delete=models.CASCADE, related_name="area_load")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField()
    said_at = models.DateTimeField(null=True, blank=True, help_text="when it last said how far it is")
    ended_at = models.DateTimeField(null=True, blank=True)
    step = models.CharField(max_length=60, blank=True, help_text="what it does now, one of area_data.STEPS")
    done = models.FloatField(default=0, help_text="share of that step, 0 to 1")
    failure = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running"], ended_at=None)
                | Q(state__in=["done", "failed"], ended_at__isnull=False),
                name="area_load_has_ended_when_it_says_so",
            ),
            models.CheckConstraint(condition=Q(done__gte=0) & Q(done__lte=1), name="area_load_share_done"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.footprint}"

    def is_stuck(self, now: datetime.datetime) -> bool:
        """Whether nobody has begun it, or whoever had is gone."""
        if self.state == self.State.WAITING:
            return now > self.asked_at + NOT_BEGUN
        # What was said in the future was said by a clock that has been put right since.
        return self.state == self.State.RUNNING and (self.said_at is None or abs(now - self.said_at) > SILENT)
