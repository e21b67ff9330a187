"""Sending: once the change is kept and no lock is held, and with what was noted undone where a mail reached nobody.

A mail that the server refuses for good (no such address) is reported at once; what did not get through is kept for the
worker. A refusal is logged without the address: what was done stays done, and who asked for it is told by the page.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from joinedup.mail.kept import keep
from joinedup.mail.server import Delivered, attempt, is_silent, log
from joinedup.mail.turns import after_turn

logger = logging.getLogger(__name__)


@dataclass
class Sending:
    """How a batch of mails went: `number` were written. Known once the change is kept: how many the mail server
    `refused`, and how many wait because it did not answer (`kept`: the worker sends them)."""

    number: int = 0
    refused: int = 0
    kept: int = 0

    @property
    def sent(self) -> int:
        return self.number - self.refused - self.kept


def send_on_commit(
    mails: Sequence[EmailMultiAlternatives],
    *,
    refused: Callable[[list[int]], object] | None = None,
    reached_nobody: Callable[[], object] | None = None,
) -> Sending:
    """Send once the change is kept, so that no mail tells of what was undone, and after the turn to write, so that
    nobody else waits while a mail server thinks.

    `refused` is given the positions of the mails that the server refused for good, if any; `reached_nobody` is called
    where it refused every one: what says that somebody was told is undone there.
    """
    sending = Sending(len(mails))

    def send() -> None:
        done = deliver(mails)
        sending.refused, sending.kept = len(done.refused), len(done.kept)
        if done.refused and refused is not None:
            refused(done.refused)
        if len(done.refused) == len(mails) and reached_nobody is not None:
            reached_nobody()

    if mails:
        transaction.on_commit(lambda: after_turn(send))
    return sending


def deliver(mails: Sequence[EmailMultiAlternatives]) -> Delivered:
    """Send now; what does not get through is kept for the worker. For what is no change's consequence; otherwise
    `send_on_commit`."""
    if is_silent():
        done = Delivered(kept=list(range(len(mails))), why="the mail server did not answer a moment ago")
    else:
        done = attempt(mails, settings.EMAIL_TIMEOUT)
    if done.kept:
        keep(mails[n] for n in done.kept)
    log(done)
    return done


def deliver_now_or_never(mail: EmailMultiAlternatives) -> bool:
    """Send what is of no use later (a sign-in code): whether the mail server took it. It is never kept."""
    if is_silent():
        return False
    done = attempt([mail], settings.EMAIL_TIMEOUT)
    if done.refused or done.kept:
        logger.error("A mail that cannot wait could not be sent: %s.", done.why)
        return False
    return True
