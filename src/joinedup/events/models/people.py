"""Who is invited, who comes, and what they say before and after."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q

from joinedup.accounts.models import fresh_token
from joinedup.accounts.permissions import Scope
from joinedup.events.models.event import Event

# What a young person is called among the parts of those who come.
YOUNG = "young_person"
# No letter or figure that is taken for another when it is read out.
CODE_LETTERS = "ABCDEFGHJKMNPQRTUVWXY346789"


def fresh_code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(6))


class Invitation(models.Model):
    """One invitation, answered from the mail without an account."""

    class Answer(models.TextChoices):
        WAITING = "waiting", "No answer yet"
        ACCEPTED = "accepted", "Coming"
        DECLINED = "declined", "Not coming"
        SUBSTITUTE = "substitute", "Sending someone else"

    class Brings(models.TextChoices):
        """Whom a host is asked to bring. It says something of the invitation, never of a person."""

        NOBODY = "", "Themselves"
        YOUNG = "young", "Young people"
        LIVED = "lived", "People with lived experience"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="invitations")
    partner = models.ForeignKey(
        "partners.Partner", null=True, blank=True, on_delete=models.CASCADE, related_name="invitations"
    )
    role = models.CharField(max_length=120, blank=True)
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    brings = models.CharField(max_length=6, choices=Brings, default=Brings.NOBODY, blank=True)
    reason = models.CharField(max_length=250, blank=True, help_text="why they were suggested")
    token = models.CharField(max_length=40, unique=True, default=fresh_token)
    answer = models.CharField(max_length=12, choices=Answer, default=Answer.WAITING)
    substitute_for = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="substitutes"
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
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

    class Offer(models.TextChoices):
        NONE = "", "Nothing"
        LEAD = "facilitator", "To lead a table"
        WRITE = "scribe", "To write for a table"

    class OfferAnswer(models.TextChoices):
        NONE = "", "No answer yet"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"

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
    offer = models.CharField(
        max_length=12,
        choices=Offer,
        default=Offer.NONE,
        blank=True,
        help_text="what they offer to do on the day",
    )
    offer_answer = models.CharField(
        max_length=8,
        choices=OfferAnswer,
        default=OfferAnswer.NONE,
        blank=True,
        help_text="what those who plan the event said to the offer; only what is accepted is among the parts",
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
    code = models.CharField(max_length=6, default=fresh_code, help_text="read out at the door")
    arrived_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    thanked_at = models.DateTimeField(null=True, blank=True, help_text="told of their page after the event")
    paid_on = models.DateField(null=True, blank=True, help_text="a young person was paid for the day")
    user = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_demonstration = models.BooleanField(default=False)
    registered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["event", "number"], name="attendee_number_once"),
            models.UniqueConstraint(fields=["event", "code"], name="attendee_code_once"),
            models.UniqueConstraint(
                fields=["event", "email"],
                condition=~Q(email="") & ~Q(standing="cancelled"),
                name="attendee_once_an_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}, {self.partner}"

    @property
    def is_young(self) -> bool:
        """Comes as a young person: with a companion, by a chosen name, never written to."""
        return YOUNG in self.parts

    def scope(self) -> Scope:
        return self.event.scope()


class SurveyAnswer(models.Model):
    """What one person answered before or after the day, held without who it was.

    `pair` is a keyed hash of the person's link: it lets one person answer once and pairs their two answers; it is
    emptied with the other personal details. `answers` maps a question of `events.survey` to 1 to 5.
    """

    class Moment(models.TextChoices):
        BEFORE = "before", "Before the day"
        AFTER = "after", "After the day"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="survey_answers")
    moment = models.CharField(max_length=6, choices=Moment)
    pair = models.CharField(max_length=64, blank=True)
    answers = models.JSONField(default=dict)
    on = models.DateField()

    class Meta:
        ordering = ["event", "moment", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "moment", "pair"], condition=~Q(pair=""), name="survey_answer_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_moment_display()}: {self.event}"

    def scope(self) -> Scope:
        return self.event.scope()
