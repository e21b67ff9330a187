"""Codes to sign in are sent while a page waits, and never stored. What is kept is that one went out, so that a report
that it came back is known as ours: its Message-ID and, of a mail to an account, the address. No code, no subject.

Whoever types an address without an account gets a mail too, and the same is written down, but not the address: nobody
looks after it, and a stranger typed it.
"""

from __future__ import annotations

from email.utils import make_msgid

from django.core.mail import DNS_NAME, EmailMultiAlternatives
from django.utils import timezone

from joinedup.mail.addresses import note_failure
from joinedup.mail.line import Outcome, Reply
from joinedup.mail.models import MailBatch, OutgoingMail
from joinedup.mail.outbox import is_of_address

State = OutgoingMail.State
TO_ACCOUNT = "accounts/mails/login_code"
TO_NO_ACCOUNT = "accounts/mails/unknown_account"
CODES = (TO_ACCOUNT, TO_NO_ACCOUNT)


def note_leaving(mail: EmailMultiAlternatives, kind: str) -> OutgoingMail:
    """Note, right before it is handed over, that a mail goes out whose words are not stored. `kind`: its template."""
    now = timezone.now()
    return OutgoingMail.objects.create(
        batch=MailBatch.objects.create(number=1),
        position=0,
        message_id=mail.extra_headers.setdefault("Message-ID", make_msgid(domain=DNS_NAME)),
        kind=kind,
        to=mail.to[0].lower() if kind == TO_ACCOUNT else "",
        mail={},
        state=State.SENT,
        attempts=1,
        stored_at=now,
        try_at=now,
        ended_at=now,
    )


def note_reply(mail: OutgoingMail, reply: Reply) -> None:
    """Note what the mail server said. What it did not take is forgotten: whoever waits asks for another code."""
    if reply.outcome is Outcome.LATER:
        mail.batch.delete()
    elif reply.outcome is Outcome.REFUSED:
        mail.state, mail.code, mail.status = State.REFUSED, reply.code, reply.status
        mail.save(update_fields=["state", "code", "status"])
        if mail.to and reply.is_of_mailbox and is_of_address(reply.status or "5.1.1"):
            note_failure(mail.to)
        keep_only(mail)


def keep_only(mail: OutgoingMail) -> None:
    """Of the codes to one account that did not arrive, and that nobody has dealt with, only the newest stands: who
    cannot sign in asks again and again."""
    if mail.kind == TO_ACCOUNT:
        others = OutgoingMail.objects.filter(
            kind=TO_ACCOUNT, to=mail.to, state__in=OutgoingMail.FAILED, settled_at=None
        )
        MailBatch.objects.filter(mails__in=others.exclude(pk=mail.pk).values("pk")).delete()
