"""Send mails after the transaction commits and no lock is held, with an undo if a mail reached nobody.

A mail that the server refuses for good (no such address) is reported at once; one that did not get through is
stored for the worker. A refusal is logged without the address; the change is kept, and the page tells the
user.
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
from joinedup.mail.stopped import still_to_send
from joinedup.mail.turns import after_turn

logger = logging.getLogger(__name__)


@dataclass
class Sending:
    """The result of a batch of `number` mails. Known after the commit: how many the mail server `refused`,
    and how many wait because it did not answer (`kept`: the worker sends them)."""

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
    """Send after the commit, so that no mail reports a change that was rolled back, and after the turn to
    write, so that no other writer waits for a mail server.

    `refused` is called with the positions of the mails that the server refused for good, if any;
    `reached_nobody` is called if it refused all of them, to undo the record that somebody was told.
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
    """Send now; what does not get through is stored for the worker. For mails that do not follow from a
    change; otherwise use `send_on_commit`. What only people would get whose mails are stopped is let go."""
    left = still_to_send(mails)
    if is_silent():
        done = Delivered(kept=left, why="the mail server did not answer a moment ago")
    else:
        tried = attempt([mails[n] for n in left], settings.EMAIL_TIMEOUT)
        done = Delivered([left[n] for n in tried.refused], [left[n] for n in tried.kept], tried.why)
    if done.kept:
        keep(mails[n] for n in done.kept)
    log(done)
    return done


def deliver_now_or_never(mail: EmailMultiAlternatives) -> bool:
    """Send a mail that is useless later (a sign-in code); returns whether the server accepted it. Never
    stored."""
    if is_silent():
        return False
    done = attempt([mail], settings.EMAIL_TIMEOUT)
    if done.refused or done.kept:
        logger.error("A mail that cannot wait could not be sent: %s.", done.why)
        return False
    return True
