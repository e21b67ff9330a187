"""Mails that the mail server did not accept, because it did not answer or said "later": stored here and sent
by the worker, so that nobody has to ask for one again."""

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
from joinedup.mail.stopped import still_to_send
from joinedup.privacy.retention import WAITING_MAIL

logger = logging.getLogger(__name__)

# Minutes between the worker's attempts. The last applies to all later ones.
PAUSES = (1, 2, 5, 10, 20, 30, 60)
# Timeout of the worker in seconds; a page's is shorter (settings.EMAIL_TIMEOUT).
WORKER_WAITS = 30
# The most mails sent at one check, so that other work does not have to wait for all.
AT_ONE_LOOK = 200


def keep(mails: Iterable[EmailMultiAlternatives]) -> None:
    """Store mails for the worker, to be tried after the first pause."""
    now = timezone.now()
    KeptMail.objects.bulk_create(
        KeptMail(mail=packed(each), kept_at=now, try_at=now + _pause(0)) for each in mails
    )


def send_kept(now: datetime.datetime) -> int:
    """Try the stored mails that are due, oldest first; returns how many were sent. For the worker.

    Each is marked before it is tried, so that two workers, or one restarted after being killed, do not both
    send it. Mails refused for good, or stored for a day, are deleted, and the log says how many.
    """
    _let_go(now)
    due = _taken(now)
    mails = [unpacked(each.mail) for each in due]
    left = still_to_send(mails)
    KeptMail.objects.filter(pk__in=[each.pk for n, each in enumerate(due) if n not in left]).delete()
    due, mails = [due[n] for n in left], [mails[n] for n in left]
    if not due:
        return 0
    done = attempt(mails, WORKER_WAITS)
    waits = {due[n].pk for n in done.kept}
    KeptMail.objects.filter(pk__in=[each.pk for each in due if each.pk not in waits]).delete()
    log(done)
    return len(due) - len(done.refused) - len(done.kept)


def waiting_since() -> tuple[int, datetime.datetime | None]:
    """How many mails wait for the worker, and since when the oldest has waited. One query."""
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
