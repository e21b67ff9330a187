"""Write mails that follow from a change: stored with it, sent after it by the worker or a thread.

A mail that the server refuses for good (no such address) is on the coordinator's screen, and so is one that comes
back. No page waits for the mail server, except for a sign-in code.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from joinedup.at_work import while_waiting
from joinedup.mail import background
from joinedup.mail.codes import note_leaving, note_reply
from joinedup.mail.compose import Mail
from joinedup.mail.line import Away, Line, Outcome, is_silent
from joinedup.mail.outbox import store
from joinedup.mail.replies import answered_by_somebody

logger = logging.getLogger(__name__)


@dataclass
class Sending:
    """A batch of `number` mails on their way, and how many more their readers do not want (`unwanted`)."""

    number: int = 0
    unwanted: int = 0


@dataclass(frozen=True)
class Undo:
    """What to call where mails were refused: a function of a module, with an outbox.Refused and these facts, which are
    stored as JSON. It may be called again when one more is refused, by another process and much later."""

    call: Callable[..., object]
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"{self.call.__module__}.{self.call.__qualname__}"


def send_on_commit(
    mails: Sequence[EmailMultiAlternatives],
    *,
    footprint: int | None = None,
    is_for_named: bool = False,
    undo: Undo | None = None,
) -> Sending:
    """Store mails in the transaction of the change, so that they exist if and only if it does; they are sent once it
    is committed.

    `footprint`: the partnership (key) whose coordinators hear of those that do not arrive; `is_for_named`: without
    their subject, since only named partners may know what they are about.
    """
    path, facts = (undo.path, undo.facts) if undo else ("", {})
    number = store(mails, footprint=footprint, is_for_named=is_for_named, undo=path, facts=facts)
    if mails:
        transaction.on_commit(lambda: background.begin_without_worker(), robust=True)
    return Sending(number, len(mails) - number)


def deliver_now_or_never(mail: EmailMultiAlternatives) -> bool:
    """Send a mail that is useless later (a sign-in code) while the page waits, with a short timeout; returns whether
    the server accepted it. Its words are never stored (`codes`)."""
    if is_silent():
        return False
    answered_by_somebody(mail)
    try:
        with while_waiting(), Line(settings.EMAIL_TIMEOUT) as line:
            row = note_leaving(mail, mail.template if isinstance(mail, Mail) else "")
            reply = line.send(mail, lambda: None)
    except Away as away:
        logger.error("A mail that cannot wait could not be sent: %s.", away)
        return False
    note_reply(row, reply)
    if reply.outcome is not Outcome.ACCEPTED:
        logger.error("A mail that cannot wait could not be sent: %s.", reply.error)
    return reply.outcome is Outcome.ACCEPTED
