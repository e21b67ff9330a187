"""Handing mails to the mail server: outside any lock, with a short wait, and nothing lost when it does not answer.

A mail that the server refuses for good (no such address) is reported at once. One that did not get through, because
nobody answered or the server said "later", is kept here and sent by the worker: who asked for it need not ask again.
"""

from __future__ import annotations

import base64
import datetime
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.mime.base import MIMEBase
from email.utils import make_msgid
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.mail import DNS_NAME, EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import Count, Min
from django.utils import timezone

from joinedup.accounts.models import KeptMail
from joinedup.privacy.retention import WAITING_MAIL

logger = logging.getLogger(__name__)

# What the mail server says of one mail; anything else is said of the connection, and concerns all that follow.
OF_ONE_MAIL = (SMTPRecipientsRefused, SMTPDataError, SMTPSenderRefused)
# After a connection that failed, nobody waits for the mail server again for so many seconds: mails are kept at once.
SILENT, SILENT_FOR = "mail-server-silent", 60
# Minutes from each attempt of the worker to the next. The last stands for all later ones.
PAUSES = (1, 2, 5, 10, 20, 30, 60)
# The worker has time; a page has not (settings.EMAIL_TIMEOUT). Seconds.
WORKER_WAITS = 30
# So many are sent at one look, that what else is due need not wait for all.
AT_ONE_LOOK = 200


@dataclass
class Delivered:
    """Positions of the mails that the server `refused` for good, and of those that are `kept` for the worker."""

    refused: list[int] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    why: str = ""


def deliver(mails: Sequence[EmailMultiAlternatives]) -> Delivered:
    """Send one by one; what does not get through is kept for the worker.

    Call it once the change is kept and no lock is held. One address that is refused does not hold up the others; a
    connection that fails ends the attempt for all that follow.
    """
    if cache.get(SILENT):
        done = Delivered(kept=list(range(len(mails))), why="the mail server did not answer a moment ago")
    else:
        done = _attempt(mails, settings.EMAIL_TIMEOUT)
    if done.kept:
        now = timezone.now()
        KeptMail.objects.bulk_create(
            KeptMail(letter=packed(mails[n]), kept_at=now, try_at=now + _pause(0)) for n in done.kept
        )
    _log(done)
    return done


def deliver_now_or_never(mail: EmailMultiAlternatives) -> bool:
    """Send what is of no use later (a sign-in code): whether the mail server took it."""
    if cache.get(SILENT):
        return False
    done = _attempt([mail], settings.EMAIL_TIMEOUT)
    if done.refused or done.kept:
        logger.error("A mail that cannot wait could not be sent: %s.", done.why)
        return False
    return True


def send_kept(now: datetime.datetime) -> int:
    """What the worker does: try the kept mails that are due, oldest first; returns how many went out.

    Each is taken before it is tried, so that a second worker, or one that was killed half-way, does not send it twice
    at once. One that is refused for good, or was kept for a day, is let go, and the log says how many were.
    """
    _let_go(now)
    due = _taken(now)
    if not due:
        return 0
    done = _attempt([unpacked(each.letter) for each in due], WORKER_WAITS)
    waits = {due[n].pk for n in done.kept}
    KeptMail.objects.filter(pk__in=[each.pk for each in due if each.pk not in waits]).delete()
    _log(done)
    return len(due) - len(done.refused) - len(done.kept)


def waiting_since() -> tuple[int, datetime.datetime | None]:
    """How many mails wait for the worker, and since when the oldest does. One query."""
    waiting = KeptMail.objects.aggregate(number=Count("pk"), since=Min("kept_at"))
    return waiting["number"], waiting["since"]


def _taken(now: datetime.datetime) -> list[KeptMail]:
    """The mails that are due, marked as tried: whatever happens next, the next attempt is later."""
    with transaction.atomic():
        due = list(
            KeptMail.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(try_at__lte=now)
            .order_by("kept_at", "pk")[:AT_ONE_LOOK]
        )
        for each in due:
            each.attempts += 1
            each.try_at = now + _pause(each.attempts)
        KeptMail.objects.bulk_update(due, ["attempts", "try_at"])
    return due


def _let_go(now: datetime.datetime) -> None:
    number, _ = KeptMail.objects.filter(kept_at__lte=now - WAITING_MAIL.length).delete()
    if number:
        logger.error("%s mails were let go: the mail server did not take them for a day.", number)


def _pause(attempts: int) -> datetime.timedelta:
    return datetime.timedelta(minutes=PAUSES[min(attempts, len(PAUSES) - 1)])


def _attempt(mails: Sequence[EmailMultiAlternatives], seconds: float) -> Delivered:
    connection, done = get_connection(timeout=seconds), Delivered()
    position = 0
    try:
        # One connection for all: opening it is what takes time.
        connection.open()
        for position, mail in enumerate(mails):
            # The same each time it is tried: a mail program shows one that came twice once.
            mail.extra_headers.setdefault("Message-ID", make_msgid(domain=DNS_NAME))
            try:
                connection.send_messages([mail])
            except OF_ONE_MAIL as error:
                (done.kept if _says_later(error) else done.refused).append(position)
                done.why = type(error).__name__
    except (OSError, SMTPException) as error:
        done.kept.extend(range(position, len(mails)))
        # The words of the failure often hold the address, so only its kind is told.
        done.why = type(error).__name__
        cache.set(SILENT, True, SILENT_FOR)
    else:
        cache.delete(SILENT)
    with suppress(OSError, SMTPException):
        connection.close()
    return done


def _says_later(error: SMTPException) -> bool:
    """Whether the server asks to come again (RFC 5321: replies from 400 to 499), as it does of addresses it does not
    know yet."""
    if isinstance(error, SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return bool(codes) and all(400 <= code < 500 for code in codes)
    return isinstance(error, SMTPResponseException) and 400 <= error.smtp_code < 500


def _log(done: Delivered) -> None:
    """Without addresses: the log is kept longer than they are."""
    if done.refused:
        logger.error("%s mails could not be sent: %s.", len(done.refused), done.why)
    if done.kept:
        logger.warning("%s mails are kept and tried again by the worker: %s.", len(done.kept), done.why)


def packed(mail: EmailMultiAlternatives) -> dict[str, Any]:
    """A mail as plain data; `unpacked` makes the same mail of it."""
    mail.extra_headers.setdefault("Message-ID", make_msgid(domain=DNS_NAME))
    attached = []
    for each in mail.attachments:
        if isinstance(each, MIMEBase):
            raise TypeError("A mail that may have to wait has plain attachments only.")
        name, content, kind = each
        data = content if isinstance(content, bytes) else str(content).encode()
        attached.append([name, base64.b64encode(data).decode(), kind])
    return {
        "subject": mail.subject,
        "body": mail.body,
        "from": mail.from_email,
        "to": mail.to,
        "reply_to": mail.reply_to,
        "headers": mail.extra_headers,
        "alternatives": [[content, kind] for content, kind in mail.alternatives],
        "attached": attached,
    }


def unpacked(letter: dict[str, Any]) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(
        letter["subject"],
        letter["body"],
        from_email=letter["from"],
        to=letter["to"],
        reply_to=letter["reply_to"],
        headers=letter["headers"],
    )
    for content, kind in letter["alternatives"]:
        mail.attach_alternative(content, kind)
    for name, data, kind in letter["attached"]:
        mail.attach(name, base64.b64decode(data), kind)
    return mail
