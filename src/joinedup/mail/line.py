"""Hand mails to the mail server, one by one over one connection, and say what it answered.

Four answers are told apart: it accepted a mail, it refuses it for good, it asks to try later, and nobody knows,
because the connection broke after the mail was handed over and before the answer was read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from socket import gaierror
from types import TracebackType
from typing import Any

from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend

# Errors about one mail; any other is about the connection, and concerns all mails that follow.
OF_ONE_MAIL = (SMTPRecipientsRefused, SMTPDataError, SMTPSenderRefused)
# For this many seconds after a failed connection, no page waits for the mail server.
SILENT, SILENT_FOR = "mail-server-silent", 60
# The enhanced status of a reply (RFC 3463): class, subject, detail.
STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


class Outcome(Enum):
    ACCEPTED = "accepted"
    REFUSED = "refused"
    LATER = "later"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Reply:
    """What became of one mail. `code`: the server's, of three digits; `status`: its enhanced one, as 5.1.1; `error`:
    the type, for the log (the message often has the address). `is_broken`: the connection is of no more use."""

    outcome: Outcome
    code: int | None = None
    status: str = ""
    error: str = ""
    is_broken: bool = False
    # Whether the server refused the address itself, rather than what the mail contains.
    is_of_mailbox: bool = False


class NothingSent(SMTPException):
    """A backend knows that nothing was sent, and that no other mail can be sent just now."""


# With these nothing was sent, even after `handing_over`.
CERTAINLY_NOT = (ConnectionRefusedError, gaierror, NothingSent)


class Away(Exception):
    """The mail server cannot be reached; nothing was handed over."""


def is_silent() -> bool:
    """Whether the mail server did not answer a moment ago."""
    return bool(cache.get(SILENT))


class Line:
    """A connection to the mail server, for as long as the block lasts. Raises Away if there is none."""

    def __init__(self, seconds: float) -> None:
        self._connection = get_connection(timeout=seconds)

    def __enter__(self) -> Line:
        try:
            self._connection.open()
        except (OSError, SMTPException) as error:
            cache.set(SILENT, True, SILENT_FOR)
            raise Away(type(error).__name__) from error
        cache.delete(SILENT)
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _at: TracebackType | None) -> None:
        with suppress(OSError, SMTPException):
            self._connection.close()

    def send(self, mail: EmailMultiAlternatives, handing_over: Callable[[], object]) -> Reply:
        """Send one mail. `handing_over` is called right before its words leave: for SMTP when the server has accepted
        the address, so that what fails before is certainly not on its way."""
        handed: list[bool] = []

        def hand_over() -> None:
            handing_over()
            handed.append(True)

        try:
            self._send(mail, hand_over)
        except OF_ONE_MAIL as error:
            return _answered(error)
        except (OSError, SMTPException) as error:
            cache.set(SILENT, True, SILENT_FOR)
            is_unknown = handed and not isinstance(error, CERTAINLY_NOT)
            outcome = Outcome.UNKNOWN if is_unknown else Outcome.LATER
            return Reply(outcome, error=type(error).__name__, is_broken=True)
        except ValueError as error:
            # It cannot be written as a mail at all.
            return Reply(Outcome.REFUSED, error=type(error).__name__)
        return Reply(Outcome.ACCEPTED)

    def _send(self, mail: EmailMultiAlternatives, hand_over: Callable[[], object]) -> None:
        session: Any = self._connection.connection if isinstance(self._connection, EmailBackend) else None
        if session is None:
            hand_over()
            self._connection.send_messages([mail])
            return
        data = session.data

        def hand_over_data(words: bytes) -> Any:
            hand_over()
            return data(words)

        session.data = hand_over_data
        try:
            self._connection.send_messages([mail])
        finally:
            session.data = data


def _answered(error: SMTPException) -> Reply:
    """RFC 5321: replies from 400 to 499 ask to try again, as servers may for addresses that are new to them."""
    code: int | None = None
    text: bytes | str = b""
    if isinstance(error, SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()), (None, b""))
    elif isinstance(error, SMTPResponseException):
        code, text = error.smtp_code, error.smtp_error
    found = STATUS.search(text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text))
    is_later = code is not None and 400 <= code < 500
    return Reply(
        Outcome.LATER if is_later else Outcome.REFUSED,
        code,
        found[1] if found else "",
        type(error).__name__,
        # After 421 the server hangs up (RFC 5321, 3.8).
        is_broken=code == 421,
        is_of_mailbox=isinstance(error, SMTPRecipientsRefused),
    )
