"""Mails on their way: stored with the change that they follow from, and what became of each.

Managers are written out: the type checker meets this room before it knows them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class MailBatch(models.Model):
    """Mails that were written together, and what to call where the mail server refuses some of them."""

    number = models.PositiveIntegerField()
    undo = models.CharField(max_length=200, blank=True, help_text="the full name of a function")
    facts = models.JSONField(default=dict, help_text="its arguments")

    objects: ClassVar[models.Manager[MailBatch]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.number} mails"


class OutgoingMail(models.Model):
    """One mail to one address. Its words are emptied once the server has accepted it; the row stays until nothing can
    come back any more, so that a delivery report finds it."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waits to be sent"
        CLAIMED = "claimed", "Is being sent"
        SENT = "sent", "Accepted by the mail server"
        REFUSED = "refused", "Refused by the mail server"
        GIVEN_UP = "given_up", "Not accepted for a day"
        DOUBTFUL = "doubtful", "Perhaps sent"
        RETURNED = "returned", "Came back"
        STOPPED = "stopped", "Not sent: this address failed before"

    OPEN = (State.WAITING, State.CLAIMED)
    FAILED = (State.REFUSED, State.GIVEN_UP, State.DOUBTFUL, State.RETURNED, State.STOPPED)

    batch = models.ForeignKey(MailBatch, on_delete=models.CASCADE, related_name="mails")
    position = models.PositiveIntegerField()
    message_id = models.CharField(max_length=250, unique=True)
    kind = models.CharField(max_length=80, blank=True, help_text="its template")
    to = models.EmailField()
    subject = models.CharField(
        max_length=250, blank=True, help_text="empty if only named partners may know what it is about"
    )
    footprint = models.ForeignKey(
        "places.Footprint",
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="whose coordinators hear of it where it does not arrive; without one, administrators do",
    )
    mail = models.JSONField(help_text="as mail.packing.packed makes it; empty once it is not needed")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    stored_at = models.DateTimeField()
    try_at = models.DateTimeField()
    claim = models.CharField(max_length=32, blank=True, help_text="of who sends it now")
    claimed_at = models.DateTimeField(null=True)
    handed_at = models.DateTimeField(null=True, help_text="right before its words left")
    ended_at = models.DateTimeField(null=True)
    code = models.PositiveSmallIntegerField(null=True, help_text="the mail server's reply")
    status = models.CharField(max_length=12, blank=True, help_text="enhanced status, as 5.1.1 (RFC 3463)")
    settled_at = models.DateTimeField(null=True, help_text="somebody has dealt with it")
    settled_by = models.CharField(max_length=160, blank=True)
    corrected_to = models.EmailField(
        blank=True, help_text="what its address became, where a correction settled it: it can go there once"
    )

    objects: ClassVar[models.Manager[OutgoingMail]] = models.Manager()
    footprint_id: int | None

    class Meta:
        ordering = ["stored_at", "pk"]
        indexes = [
            models.Index(fields=["try_at"], condition=Q(state="waiting"), name="mail_due"),
            models.Index(fields=["to"], name="mail_to"),
        ]

    def __str__(self) -> str:
        """Without the address: this may be logged."""
        return f"mail stored {self.stored_at:%d/%m/%Y %H:%M}, {self.state}"


class Mailbox(models.Model):
    """How often mails to an address failed for good, because of the address; kept by its keyed hash."""

    whose = models.CharField(max_length=64, unique=True, help_text="mail.addresses.whose")
    failures = models.PositiveSmallIntegerField(default=0)
    last_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Mailbox]] = models.Manager()

    class Meta:
        verbose_name_plural = "mailboxes"

    def __str__(self) -> str:
        return f"an address that failed {self.failures} times"


class MailOff(models.Model):
    """A kind of mail that an address without an account wants no more; kept by its keyed hash."""

    whose = models.CharField(max_length=64, help_text="mail.addresses.whose")
    kind = models.CharField(max_length=20)
    since = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[MailOff]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["whose", "kind"], name="mail_off_once")]

    def __str__(self) -> str:
        return f"no {self.kind}"
