"""Programmes, events, who comes, what is talked about, who sits where, and what is agreed."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import F, Q

from joinedup.accounts.permissions import Scope
from joinedup.accounts.records import Marking, RecordQuerySet


def fresh_token() -> str:
    return secrets.token_urlsafe(24)


class Programme(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=160)
    summary = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Event(models.Model):
    """One day of a programme. A past event that we know only from publications is history."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="events")
    footprint = models.ForeignKey(
        "places.Footprint", null=True, blank=True, on_delete=models.PROTECT, related_name="events"
    )
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    purpose = models.TextField(blank=True)
    date = models.DateField(null=True, blank=True)
    date_note = models.CharField(max_length=200, blank=True)
    starts = models.TimeField(null=True, blank=True)
    ends = models.TimeField(null=True, blank=True)
    venue = models.CharField(max_length=200, blank=True)
    place_name = models.CharField(max_length=160, blank=True)
    region = models.CharField(max_length=160, blank=True)
    access = models.TextField(blank=True, help_text="step-free entrance, quiet room, hearing loop…")
    host = models.CharField(max_length=200, blank=True)
    story = models.TextField(blank=True, help_text="what was published about it")
    attendance = models.CharField(max_length=120, blank=True, help_text="as published")
    reading = models.TextField(blank=True)
    safeguarding_lead = models.CharField(max_length=160, blank=True)
    capacity = models.PositiveIntegerField(default=120)
    rounds = models.PositiveSmallIntegerField(default=3)
    source_url = models.URLField(max_length=500, blank=True)
    confidence = models.CharField(max_length=20, blank=True)
    is_history = models.BooleanField(default=False)
    is_demonstration = models.BooleanField(default=False)
    personal_deleted_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-date", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_history=True) | Q(footprint__isnull=False),
                name="event_to_come_has_a_footprint",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def scope(self) -> Scope:
        return Scope(footprints=frozenset({self.footprint_id} if self.footprint_id else ()))


class Invitation(models.Model):
    """One invitation, answered from the mail without an account."""

    class Answer(models.TextChoices):
        WAITING = "waiting", "No answer yet"
        ACCEPTED = "accepted", "Coming"
        DECLINED = "declined", "Not coming"
        SUBSTITUTE = "substitute", "Sending someone else"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="invitations")
    partner = models.ForeignKey(
        "partners.Partner", null=True, blank=True, on_delete=models.CASCADE, related_name="invitations"
    )
    role = models.CharField(max_length=120, blank=True)
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    token = models.CharField(max_length=40, unique=True, default=fresh_token)
    answer = models.CharField(max_length=12, choices=Answer, default=Answer.WAITING)
    sent_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["event", "partner", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "email"], condition=~Q(email=""), name="invitation_once_an_address"
            )
        ]

    def __str__(self) -> str:
        return f"{self.role or self.email} to {self.event}"

    def scope(self) -> Scope:
        return self.event.scope()


class Attendee(models.Model):
    """Somebody who comes. Personal parts are deleted on schedule; the public never sees a list."""

    class Standing(models.TextChoices):
        PLACED = "placed", "Has a place"
        WAITING = "waiting", "On the waiting list"
        CANCELLED = "cancelled", "Not coming"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="attendees")
    number = models.PositiveIntegerField(help_text="order of registration; also what the plan calls them")
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="attendees")
    sector = models.ForeignKey("taxonomy.Sector", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=120, help_text="role in their organisation")
    name = models.CharField(max_length=120, blank=True, help_text="the name they want to be called")
    email = models.EmailField(blank=True)
    parts = models.JSONField(
        default=list, help_text="facilitator, scribe, guest, young_person, companion, speaker"
    )
    themes = models.ManyToManyField("taxonomy.Theme", blank=True)
    access = models.JSONField(default=list, help_text="step_free, quiet, hearing_loop, interpreter")
    dietary = models.CharField(max_length=200, blank=True)
    photo_consent = models.BooleanField(default=False)
    opted_in = models.BooleanField(default=False, help_text="may be introduced to others")
    rounds = models.JSONField(default=list, help_text="empty is all")
    companion = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="with_them"
    )
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.PLACED)
    token = models.CharField(max_length=40, unique=True, default=fresh_token)
    user = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_demonstration = models.BooleanField(default=False)
    registered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["event", "number"], name="attendee_number_once"),
            models.UniqueConstraint(
                fields=["event", "email"],
                condition=~Q(email="") & ~Q(standing="cancelled"),
                name="attendee_once_an_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}, {self.partner}"

    def scope(self) -> Scope:
        return self.event.scope()


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
        """The partners at the table may write down what is agreed there."""
        return Scope(
            frozenset(s.attendee.partner_id for s in self.seats.all()), self.event.scope().footprints
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


class Agreement(models.Model):
    """What partners agreed: goal, contributions, owner and deputy, action, place, theme, measure, dates."""

    partner_paths = ("owner_partner", "deputy_partner", "contributions__partner")
    footprint_paths = ("event__footprint",)

    class State(models.TextChoices):
        AGREED = "agreed", "Agreed"
        STARTED = "started", "Started"
        KEPT = "kept", "Kept"
        NOT_KEPT = "not_kept", "Not kept"
        DROPPED = "dropped", "Dropped by agreement"

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="agreements")
    sitting = models.ForeignKey(
        Sitting, null=True, blank=True, on_delete=models.PROTECT, related_name="agreements"
    )
    opportunity = models.ForeignKey(
        "opportunities.Opportunity",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agreements",
    )
    goal = models.CharField(max_length=250, help_text="the shared goal")
    action = models.TextField(help_text="what will be done")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="agreements")
    theme = models.ForeignKey("taxonomy.Theme", on_delete=models.PROTECT, related_name="agreements")
    measure = models.CharField(max_length=250, help_text="how we will know")
    owner_partner = models.ForeignKey(
        "partners.Partner", on_delete=models.PROTECT, related_name="agreements_owned"
    )
    owner_role = models.CharField(max_length=120)
    deputy_partner = models.ForeignKey(
        "partners.Partner",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agreements_deputised",
    )
    deputy_role = models.CharField(max_length=120)
    due = models.DateField()
    review_3 = models.DateField()
    review_6 = models.DateField()
    review_12 = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.AGREED)
    initiative = models.OneToOneField(
        "initiatives.Initiative", null=True, blank=True, on_delete=models.SET_NULL, related_name="agreement"
    )
    commitment = models.ForeignKey(
        "strategy.Commitment", null=True, blank=True, on_delete=models.SET_NULL, related_name="agreements"
    )
    marking = models.CharField(max_length=12, choices=Marking, default=Marking.PUBLIC)
    is_demonstration = models.BooleanField(default=False)
    recorded_by = models.CharField(max_length=160)
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        ordering = ["due", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="started") | Q(initiative__isnull=False),
                name="agreement_started_has_an_initiative",
            )
        ]

    def __str__(self) -> str:
        return self.goal

    def scope(self) -> Scope:
        partners = {self.owner_partner_id, *(c.partner_id for c in self.contributions.all())}
        if self.deputy_partner_id:
            partners.add(self.deputy_partner_id)
        return Scope(frozenset(partners), self.event.scope().footprints)


class Contribution(models.Model):
    """What one partner puts into an agreement."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="contributions")
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="contributions")
    what = models.CharField(max_length=250)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["agreement", "partner"], name="contribution_once")]

    def __str__(self) -> str:
        return f"{self.partner}: {self.what}"


class Progress(models.Model):
    """One dated report on an agreement."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="progress")
    on = models.DateField()
    state = models.CharField(max_length=10, choices=Agreement.State)
    text = models.TextField(blank=True)
    by = models.CharField(max_length=160)

    class Meta:
        ordering = ["-on", "-pk"]
        verbose_name_plural = "progress"

    def __str__(self) -> str:
        return f"{self.on:%d/%m/%Y} {self.get_state_display()}"
