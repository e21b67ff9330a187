"""The outbox: mails are stored in the transaction of the change that they follow from, and sent apart from it.

Each is claimed before it is tried, and marked right before its words leave. A claim that grew old without that mark
belongs to a process that is gone, and the mail is tried again; with the mark nobody knows whether the server took
it, so it is told as doubtful instead of sent twice (docs/decisions/mail-that-waits.md).
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import make_msgid
from functools import partial
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.mail import DNS_NAME, EmailMultiAlternatives
from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from joinedup.mail.addresses import failing, note_failure
from joinedup.mail.compose import Mail
from joinedup.mail.kinds import unwanted
from joinedup.mail.line import Away, Line, Outcome, Reply
from joinedup.mail.models import MailBatch, Mailbox, OutgoingMail
from joinedup.mail.packing import packed, unpacked
from joinedup.mail.replies import answered_by_somebody
from joinedup.mail.stopped import still_to_send
from joinedup.privacy.retention import FAILED_MAILBOXES, SENT_MAIL, UNDELIVERED_MAIL, WAITING_MAIL

logger = logging.getLogger(__name__)

State = OutgoingMail.State
# Minutes between attempts. The last applies to all later ones.
PAUSES = (1, 2, 5, 10, 20, 30, 60)
# How long the mail server may take for each answer, in seconds; a page's sign-in code waits less (EMAIL_TIMEOUT).
WAITS = 30
# The most mails sent at one look, so that a worker's other tasks do not wait for all.
AT_ONE_LOOK = 200
# One mail takes a few answers of the server, each WAITS at most: a claim as old as this has nobody any more.
CLAIM_IS_OLD = datetime.timedelta(minutes=5)
DUMMY = "django.core.mail.backends.dummy.EmailBackend"


class _ClaimLost(Exception):
    """Somebody else took it, since this process stood still for minutes."""


@dataclass
class Sent:
    """How many mails the server accepted, refused, put off, and how many nobody knows of, at one look."""

    accepted: int = 0
    refused: int = 0
    later: int = 0
    unknown: int = 0
    errors: set[str] = field(default_factory=set)


def store(
    mails: Sequence[EmailMultiAlternatives],
    *,
    footprint: int | None,
    is_for_named: bool = False,
    undo: str = "",
    facts: Mapping[str, Any],
) -> int:
    """Store mails to be sent, in the transaction of the caller, except those of a kind that their reader turned off
    and those to people who get no more mail; returns how many. A few queries, whatever their number."""
    # Where no mail is ever sent, as while the demonstration is made, none waits either.
    if not mails or settings.EMAIL_BACKEND == DUMMY:
        return len(mails)
    left = [(position, mails[position]) for position in still_to_send(mails)]
    off = unwanted([(each.to[0], _kind(each)) for _position, each in left])
    wanted = [(position, each) for position, each in left if (each.to[0], _kind(each)) not in off]
    if not wanted:
        return 0
    batch = MailBatch.objects.create(number=len(wanted), undo=undo, facts=dict(facts))
    now, failed = timezone.now(), failing(each.to[0] for _position, each in wanted)
    rows = []
    for position, mail in wanted:
        (to,) = mail.to
        is_stopped = to.lower() in failed
        answered_by_somebody(mail)
        # The same at each attempt: a mail program shows duplicates once, and a delivery report names it.
        message_id = mail.extra_headers.setdefault("Message-ID", make_msgid(domain=DNS_NAME))
        rows.append(
            OutgoingMail(
                batch=batch,
                position=position,
                message_id=message_id,
                kind=_kind(mail),
                to=to,
                subject="" if is_for_named else str(mail.subject)[:250],
                footprint_id=footprint,
                mail=packed(mail),
                state=State.STOPPED if is_stopped else State.WAITING,
                stored_at=now,
                try_at=now,
                ended_at=now if is_stopped else None,
            )
        )
    OutgoingMail.objects.bulk_create(rows)
    return len(rows)


def _kind(mail: EmailMultiAlternatives) -> str:
    return mail.template if isinstance(mail, Mail) else ""


def send_due(now: datetime.datetime | None = None) -> Sent:
    """Send what is due, oldest first, and look after what is old. Any number of processes may do so at once."""
    now = now or timezone.now()
    _release_old_claims()
    _give_up(now)
    _forget(now)
    sent = Sent()
    due = OutgoingMail.objects.filter(state=State.WAITING, try_at__lte=now)
    if due.exists():
        try:
            with Line(WAITS) as line:
                _send_all(line, due, now, sent)
        except Away as away:
            sent.errors.add(str(away))
            sent.later += _put_off(due, now)
        except _ClaimLost:
            logger.warning("A mail was taken over by another process.")
    _log(sent)
    return sent


def _send_all(line: Line, due: QuerySet[OutgoingMail], now: datetime.datetime, sent: Sent) -> None:
    for _number in range(AT_ONE_LOOK):
        mail = _claimed(due)
        if mail is None:
            return
        words = unpacked(mail.mail)
        if not still_to_send([words]):
            # Whoever it is for left since it was written.
            _mine(mail).delete()
            continue
        reply = line.send(words, partial(_hand_over, mail))
        _settle(mail, reply, now)
        _count(sent, reply)
        if reply.is_broken:
            return


def _count(sent: Sent, reply: Reply) -> None:
    sent.accepted += reply.outcome is Outcome.ACCEPTED
    sent.refused += reply.outcome is Outcome.REFUSED
    sent.later += reply.outcome is Outcome.LATER
    sent.unknown += reply.outcome is Outcome.UNKNOWN
    if reply.error:
        sent.errors.add(reply.error)


def _claimed(due: QuerySet[OutgoingMail]) -> OutgoingMail | None:
    """The oldest mail that is due and that nobody else took; the update of one row decides between two."""
    claim = uuid4().hex
    for pk in due.order_by("stored_at", "pk").values_list("pk", flat=True)[:20]:
        mine = {"state": State.CLAIMED, "claim": claim, "claimed_at": timezone.now(), "handed_at": None}
        if due.filter(pk=pk).update(**mine):
            return OutgoingMail.objects.select_related("batch").get(pk=pk)
    return None


def _mine(mail: OutgoingMail) -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(pk=mail.pk, state=State.CLAIMED, claim=mail.claim)


def _hand_over(mail: OutgoingMail) -> None:
    if not _mine(mail).update(handed_at=timezone.now()):
        raise _ClaimLost


ENDED = {
    Outcome.ACCEPTED: State.SENT,
    Outcome.REFUSED: State.REFUSED,
    Outcome.UNKNOWN: State.DOUBTFUL,
}


def _settle(mail: OutgoingMail, reply: Reply, now: datetime.datetime) -> None:
    attempts = mail.attempts + 1
    said: dict[str, Any] = {"attempts": attempts, "code": reply.code, "status": reply.status, "claim": ""}
    if reply.outcome is Outcome.LATER:
        said |= {"state": State.WAITING, "try_at": now + _pause(attempts - 1), "handed_at": None}
    else:
        said |= {"state": ENDED[reply.outcome], "ended_at": timezone.now()}
    if reply.outcome is Outcome.ACCEPTED:
        said["mail"] = {}
    with transaction.atomic():
        if not _mine(mail).update(**said):
            return
        if reply.outcome is Outcome.REFUSED:
            if reply.is_of_mailbox and is_of_address(reply.status or "5.1.1"):
                note_failure(mail.to)
            _undo(mail.batch)


def is_of_address(status: str) -> bool:
    """Whether a failure for good says something of the mailbox, rather than of one mail (too large, taken for
    advertising) or of the moment (full): classes 5.1 and 5.2.0, 5.2.1 of RFC 3463."""
    return status.startswith(("5.1.", "5.0.")) or status in {"5.2.0", "5.2.1", "5.4.4"}


def _undo(batch: MailBatch) -> None:
    """Tell who wrote the batch which of its mails did not get through, so that no record says they did."""
    if not batch.undo:
        return
    failed = OutgoingMail.objects.filter(batch=batch, state__in=[State.REFUSED, State.GIVEN_UP])
    positions = list(failed.order_by("position").values_list("position", flat=True))
    try:
        with transaction.atomic():
            import_string(batch.undo)(Refused(positions, batch.number), **batch.facts)
    except Exception:
        # It stays on the coordinator's screen.
        logger.exception("What follows from refused mails could not be done.")


@dataclass(frozen=True)
class Refused:
    """Positions of the mails of a batch that did not get through so far, of `number`."""

    positions: list[int]
    number: int

    @property
    def all_of_them(self) -> bool:
        return len(self.positions) == self.number


def _release_old_claims() -> None:
    """What a process that is gone had claimed: certainly not handed over, or perhaps."""
    old = OutgoingMail.objects.filter(state=State.CLAIMED, claimed_at__lte=timezone.now() - CLAIM_IS_OLD)
    old.filter(handed_at=None).update(state=State.WAITING, claim="")
    if number := old.exclude(handed_at=None).update(state=State.DOUBTFUL, claim="", ended_at=timezone.now()):
        logger.error("Of %s mails nobody knows whether they were sent: see My work.", number)


def _put_off(due: QuerySet[OutgoingMail], now: datetime.datetime) -> int:
    """No mail server answers: every mail that is due waits for its next attempt."""
    number = 0
    for attempts in set(due.order_by().values_list("attempts", flat=True)):
        later = now + _pause(attempts)
        number += due.filter(attempts=attempts).update(attempts=attempts + 1, try_at=later)
    return number


def _give_up(now: datetime.datetime) -> None:
    old = OutgoingMail.objects.filter(state=State.WAITING, stored_at__lte=now - WAITING_MAIL.length)
    batches = set(old.order_by().values_list("batch", flat=True))
    if not batches:
        return
    with transaction.atomic():
        number = old.update(state=State.GIVEN_UP, ended_at=timezone.now())
        for batch in MailBatch.objects.filter(pk__in=batches):
            _undo(batch)
    logger.error("%s mails were let go: the mail server did not take them for a day.", number)


def _forget(now: datetime.datetime) -> None:
    """Delete what nothing can come back of any more, and the words of what did not arrive."""
    ended = OutgoingMail.objects.exclude(state__in=OutgoingMail.OPEN)
    ended.filter(ended_at__lte=now - UNDELIVERED_MAIL.length).exclude(mail={}).update(mail={})
    if ended.filter(ended_at__lte=now - SENT_MAIL.length).delete()[0]:
        MailBatch.objects.filter(mails=None).delete()
    Mailbox.objects.filter(last_at__lte=now - FAILED_MAILBOXES.length).delete()


def forget_addresses(addresses: Iterable[str]) -> None:
    """Delete what is stored of mails to these addresses that are no longer on their way: their holders are
    forgotten."""
    gone = list({each.strip() for each in addresses} - {""})
    of_them = Q(to__in=gone) | Q(corrected_to__in=gone)
    OutgoingMail.objects.filter(of_them).exclude(state__in=OutgoingMail.OPEN).delete()


def _pause(attempts: int) -> datetime.timedelta:
    return datetime.timedelta(minutes=PAUSES[min(attempts, len(PAUSES) - 1)])


def waiting_since() -> tuple[int, datetime.datetime | None]:
    """How many mails wait to be sent, and since when the oldest has waited. One query."""
    waiting = OutgoingMail.objects.filter(state__in=OutgoingMail.OPEN).aggregate(
        number=Count("pk"), since=Min("stored_at")
    )
    return waiting["number"], waiting["since"]


def _log(sent: Sent) -> None:
    """Log without addresses: the log is kept longer than they are."""
    why = ", ".join(sorted(sent.errors))
    if sent.refused:
        logger.error("%s mails were refused by the mail server: %s.", sent.refused, why)
    if sent.later:
        logger.warning("%s mails are kept and tried again: %s.", sent.later, why)
    if sent.unknown:
        logger.error("Of %s mails nobody knows whether they were sent: %s.", sent.unknown, why)
