"""Mails that the mail server has not accepted yet."""

from __future__ import annotations

from django.db import models


class KeptMail(models.Model):
    """A mail that did not get through and that the worker tries again; deleted once sent, or after a day."""

    mail = models.JSONField(help_text="as mail.kept.packed makes it")
    attempts = models.PositiveSmallIntegerField(default=0)
    kept_at = models.DateTimeField()
    try_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["kept_at", "pk"]

    def __str__(self) -> str:
        """Without the address: this may be logged."""
        return f"mail kept since {self.kept_at:%d/%m/%Y %H:%M}"
