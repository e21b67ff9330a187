"""Mails that the mail server did not take, because nobody answered or it said "later": kept here and sent by the
worker, so that who asked for one need not ask again."""

from __future__ import annotations

import base64
import datetime
import logging
from collections.abc import Iterable
from email.mime.base import MIMEBase
from email.utils import make_msgid
from typing import Any

from django.core.mail import DNS_NAME, EmailMultiAlternatives
from django.db import transaction
from django.db.models import Count, Min
from django.utils import timezone

from joinedup.mail.models import KeptMail
from joinedup.mail.server import attempt, log
from joinedup.privacy.retention import WAITING_MAIL

logger = logging.getLogger(__name__)

# Minutes from each attempt of the worker to the next. The last stands for all later ones.
PAUSES = (1, 2, 5, 10, 20, 30, 60)
# The worker has time; a page has not (settings.EMAIL_TIMEOUT). Seconds.
WORKER_WAITS = 30
# So many are sent at one look, that what else is due need not wait for all.
AT_ONE_LOOK = 200


def keep(mails: Iterable[EmailMultiAlternatives]) -> None:
    """For the worker, after the first pause."""
    now = timezone.now()
    KeptMail.objects.bulk_create(
        KeptMail(mail=packed(each), kept_at=now, try_at=now + _pause(0)) for each in mails
    )


def send_kept(now: datetime.datetime) -> int:
    """What the worker does: try the kept mails that are due, oldest first; returns how many went out.

    Each is taken before it is tried, so that a second worker, or one that was killed half-way, does not send it twice
    at once. One that is refused for good, or was kept for a day, is let go, and the log says how many were.
    """
    _let_go(now)
    due = _taken(now)
    if not due:
        return 0
    done = attempt([unpacked(each.mail) for each in due], WORKER_WAITS)
    waits = {due[n].pk for n in done.kept}
    KeptMail.objects.filter(pk__in=[each.pk for each in due if each.pk not in waits]).delete()
    log(done)
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


def unpacked(data: dict[str, Any]) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(
        data["subject"],
        data["body"],
        from_email=data["from"],
        to=data["to"],
        reply_to=data["reply_to"],
        headers=data["headers"],
    )
    for content, kind in data["alternatives"]:
        mail.attach_alternative(content, kind)
    for name, content, kind in data["attached"]:
        mail.attach(name, base64.b64decode(content), kind)
    return mail
