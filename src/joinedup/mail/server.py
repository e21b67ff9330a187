"""Hand mails to the mail server, with a short timeout.

Mails that the server refuses for good (no such address) are distinguished from those that did not get
through, because nobody answered or the server said "later": these are worth another attempt.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import make_msgid
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from django.core.cache import cache
from django.core.mail import DNS_NAME, EmailMultiAlternatives, get_connection

logger = logging.getLogger(__name__)

# Errors about one mail; any other is about the connection, and concerns all mails that follow.
OF_ONE_MAIL = (SMTPRecipientsRefused, SMTPDataError, SMTPSenderRefused)
# For this many seconds after a failed connection, nobody waits for the mail server: mails are stored at once.
SILENT, SILENT_FOR = "mail-server-silent", 60


@dataclass
class Delivered:
    """Positions of the mails that the server `refused` for good, and of those that are `kept` for the worker."""

    refused: list[int] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    why: str = ""


def is_silent() -> bool:
    """Whether the mail server did not answer a moment ago."""
    return bool(cache.get(SILENT))


def attempt(mails: Sequence[EmailMultiAlternatives], seconds: float) -> Delivered:
    """Send one by one. A refused address does not hold up the others; a failed connection ends the attempt
    for all that follow."""
    connection, done = get_connection(timeout=seconds), Delivered()
    position = 0
    try:
        # One connection for all, since opening it takes the time.
        connection.open()
        for position, mail in enumerate(mails):
            # The same at each attempt: a mail program shows duplicates once.
            mail.extra_headers.setdefault("Message-ID", make_msgid(domain=DNS_NAME))
            try:
                connection.send_messages([mail])
            except OF_ONE_MAIL as error:
                (done.kept if _says_later(error) else done.refused).append(position)
                done.why = type(error).__name__
    except (OSError, SMTPException) as error:
        done.kept.extend(range(position, len(mails)))
        # The error message often contains the address, so only its type is logged.
        done.why = type(error).__name__
        cache.set(SILENT, True, SILENT_FOR)
    else:
        cache.delete(SILENT)
    with suppress(OSError, SMTPException):
        connection.close()
    return done


def _says_later(error: SMTPException) -> bool:
    """Whether the server asks to try again later (RFC 5321: replies from 400 to 499), as it may for addresses
    that are new to it."""
    if isinstance(error, SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return bool(codes) and all(400 <= code < 500 for code in codes)
    return isinstance(error, SMTPResponseException) and 400 <= error.smtp_code < 500


def log(done: Delivered) -> None:
    """Log without addresses: the log is kept longer than they are."""
    if done.refused:
        logger.error("%s mails could not be sent: %s.", len(done.refused), done.why)
    if done.kept:
        logger.warning("%s mails are kept and tried again by the worker: %s.", len(done.kept), done.why)
