"""Which topic is discussed at which table, and by whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import models

from joinedup.accounts.permissions import Scope
from joinedup.events.models import Event, Table, Topic
from joinedup.registration.models import Attendee


class Sitting(models.Model):
    """One table in one round, talking about one topic. Agreements are made at a sitting."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="sittings")
    table = models.ForeignKey(Table, on_delete=models.CASCADE, related_name="sittings")
    round = models.PositiveSmallIntegerField()
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.PROTECT, related_name="sittings")

    class Meta:
        ordering = ["round", "table__number"]
        constraints = [models.UniqueConstraint(fields=["table", "round"], name="sitting_once")]

    def __str__(self) -> str:
        return f"{self.table}, round {self.round}"

    def scope(self) -> Scope:
        """The partners at the table, and those who lead it or write for it, may write down what is agreed
        there."""
        here = [seat.attendee for seat in self.seats.all()]
        return scope_of_table(self.event, [(each.pk, each.partner_id, each.parts) for each in here])


def scope_of_table(event: Event, here: Iterable[tuple[int, int | None, Collection[str]]]) -> Scope:
    """`here`: (attendee, their partner, their parts) of each who sits there."""
    seated = list(here)
    return Scope(
        frozenset(partner for _, partner, _ in seated if partner is not None),
        event.scope().footprints,
        frozenset(pk for pk, _, parts in seated if {"facilitator", "scribe"} & set(parts)),
    )


class Seat(models.Model):
    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="seats")
    attendee = models.ForeignKey(Attendee, on_delete=models.CASCADE, related_name="seats")

    class Meta:
        ordering = ["sitting", "attendee__number"]
        constraints = [models.UniqueConstraint(fields=["sitting", "attendee"], name="seat_once")]

    def __str__(self) -> str:
        return f"{self.attendee} at {self.sitting}"


class PlanReport(models.Model):
    """What the planner reported about its last plan: the value of each goal, and rules that could not be
    kept."""

    event = models.OneToOneField(
        Event, primary_key=True, on_delete=models.CASCADE, related_name="plan_report"
    )
    report = models.JSONField(default=dict)
    seed = models.IntegerField(default=1)
    at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"plan of {self.event}"


class Wish(models.Model):
    """A wish that some attendees share a table in every round, or never do. The reason is nobody's business
    here."""

    class Kind(models.TextChoices):
        TOGETHER = "together", "Together"
        APART = "apart", "Apart"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="wishes")
    kind = models.CharField(max_length=8, choices=Kind)
    attendees = models.ManyToManyField(Attendee, related_name="wishes")

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "wishes"

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.event}"

    def scope(self) -> Scope:
        return self.event.scope()


class Vote(models.Model):
    """A young person who comes wants this topic discussed. Their companion's page has the buttons."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="votes")
    attendee = models.ForeignKey(Attendee, on_delete=models.CASCADE, related_name="votes")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["topic", "attendee"], name="vote_once")]

    def __str__(self) -> str:
        return f"Vote for a topic of {self.topic.event}"
