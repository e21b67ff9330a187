"""Mail servers that refuse addresses for good."""

from __future__ import annotations

import smtplib
from typing import Any

from django.core.mail.backends.locmem import EmailBackend


class Refusing(EmailBackend):
    """Knows no address."""

    def send_messages(self, messages: Any) -> int:
        raise smtplib.SMTPRecipientsRefused({"nobody@example.org": (550, b"no such user")})


class KnowsWorkers(Refusing):
    """Takes mails to worker@… alone."""

    def send_messages(self, messages: Any) -> int:
        if messages[0].to[0].startswith("worker@"):
            return EmailBackend.send_messages(self, messages)
        return super().send_messages(messages)
