"""What is talked about, at which table, by whom."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from joinedup.accounts.permissions import Scope
from joinedup.events.models.event import Event
from joinedup.events.models.people import Attendee


class Topic(models.Model):
    """What a table talks about: from an opportunity, from what young people said, or proposed by a partner."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="topics")
    title = models.CharField(max_length=250)
    theme = models.ForeignKey("taxonomy.Theme", null=True, blank=True, on_delete=models.PROTECT)
    opportunity = models.ForeignKey(
        "opportunities.Opportunity", null=True, blank=True, on_delete=models.PROTECT, related_name="topics"
    )
    contribution = models.ForeignKey(
        "voice.Contribution", null=True, blank=True, on_delete=models.SET_NULL, related_name="topics"
    )
    proposed_by = models.ForeignKey(
        "partners.Partner", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_chosen = models.BooleanField(default=True, help_text="on the agenda; otherwise only proposed")
    parties = models.ManyToManyField("partners.Partner", blank=True, related_name="topics")
    weight = models.FloatField(default=1.0)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "opportunity"],
                condition=Q(opportunity__isnull=False),
                name="topic_once_an_opportunity",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def scope(self) -> Scope:
        return self.event.scope()


class Table(models.Model):
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="tables")
    number = models.PositiveSmallIntegerField()
    seats_min = models.PositiveSmallIntegerField(default=6)
    seats_max = models.PositiveSmallIntegerField(default=10)
    access = models.JSONField(default=list)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["event", "number"], name="table_number_once"),
            models.CheckConstraint(condition=Q(seats_max__gte=F("seats_min")), name="table_seats_in_order"),
        ]

    def __str__(self) -> str:
        return f"Table {self.number}"


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
        """The partners at the table may write down what is agreed there, and whoever leads it or writes for it."""
        here = [seat.attendee for seat in self.seats.all()]
        return Scope(
            frozenset(each.partner_id for each in here),
            self.event.scope().footprints,
            frozenset(each.pk for each in here if {"facilitator", "scribe"} & set(each.parts)),
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
    """What the planner said of its last plan: the value of each goal, and rules that could not hold."""

    event = models.OneToOneField(
        Event, primary_key=True, on_delete=models.CASCADE, related_name="plan_report"
    )
    report = models.JSONField(default=dict)
    seed = models.IntegerField(default=1)
    at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"plan of {self.event}"


class Wish(models.Model):
    """That some who come should share a table in every round, or never. Why is nobody's business here."""

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
    """A young person who comes wants this topic talked about. Their companion's page holds the buttons."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="votes")
    attendee = models.ForeignKey(Attendee, on_delete=models.CASCADE, related_name="votes")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["topic", "attendee"], name="vote_once")]

    def __str__(self) -> str:
        return f"Vote for a topic of {self.topic.event}"


class Draft(models.Model):
    """What somebody is writing at a table and has not saved as an agreement: kept so that nothing is lost.

    Either an account holder writes, or whoever leads the table or writes for it, by the link in their mail.
    """

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="drafts")
    user = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    attendee = models.ForeignKey(Attendee, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    values = models.JSONField(default=dict, help_text="the form's fields as typed")
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sitting", "user"], condition=Q(user__isnull=False), name="draft_once_an_account"
            ),
            models.UniqueConstraint(
                fields=["sitting", "attendee"],
                condition=Q(attendee__isnull=False),
                name="draft_once_an_attendee",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(attendee__isnull=True), name="draft_has_one_writer"
            ),
        ]

    def __str__(self) -> str:
        return f"Draft at {self.sitting}"
