"""What comes back after the mail server had accepted a mail: delivery reports, and what a mail service says.

A report is believed only where it names the Message-ID of a mail of ours, which nobody but its reader knows; whatever
address it gives is ignored. Each mail comes back once, however often it is reported.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from email.parser import BytesHeaderParser

from django.db import transaction
from django.utils import timezone

from joinedup.mail.addresses import note_failure
from joinedup.mail.codes import keep_only
from joinedup.mail.models import OutgoingMail
from joinedup.mail.outbox import is_of_address

State = OutgoingMail.State
MESSAGE_ID = re.compile(r"<[^<>\s]{3,240}>")
# What a report is made of, as _Flat calls it: how it went, and what is returned of the mail.
STATUS = {"within/delivery-status", "within/global-delivery-status"}
RETURNED = {"within/rfc822", "text/rfc822-headers", "within/global", "within/global-headers"}
PERMANENT, TEMPORARY = "5.0.0", "4.0.0"
# What GOV.UK Notify calls them in its delivery receipts.
SERVICE_WORDS = {
    "permanent-failure": "5.1.1",
    "temporary-failure": TEMPORARY,
    "technical-failure": TEMPORARY,
}


@dataclass(frozen=True)
class Report:
    """That a mail (its Message-ID) did not arrive. `status`: as 5.1.1 (RFC 3463)."""

    message_id: str
    status: str


class _Flat(Message):
    """A mail whose mails within stay bytes: what somebody forwards is no report, and gateways encode what RFC 3464
    wants plain, which the parser would not undo."""

    def get_content_type(self) -> str:
        return super().get_content_type().replace("message/", "within/")


def reports_in(raw: bytes) -> list[Report]:
    """The failures that a delivery report tells (RFC 3464, and RFC 6533 for addresses in UTF-8); empty for any other
    mail, and for one that says only that it is delayed or delivered. May raise what Python's parser does, as for parts
    within parts without end."""
    mail = message_from_bytes(raw, _class=_Flat, policy=policy.compat32)
    parts = [(each.get_content_type(), each) for each in mail.walk()]
    status = next((_groups(each) for kind, each in parts if kind in STATUS), [])
    failed = [fields for fields in status[1:] if fields.get("Action", "").strip().lower() == "failed"]
    if not failed:
        return []
    returned = [_fields(_decoded(each)) for kind, each in parts if kind in RETURNED]
    about = _first_id([*(each.get("Message-ID") for each in returned), *_said_elsewhere(status[0], mail)])
    return [Report(about, _status(failed[0].get("Status", "")))] if about else []


def _groups(part: Message) -> list[Message]:
    """The groups of fields of a status: the first is about the report, each other about one recipient."""
    return [
        _fields(each)
        for each in re.split(rb"\n\s*\n", _decoded(part).replace(b"\r\n", b"\n").strip())
        if each
    ]


def _fields(text: bytes) -> Message:
    return BytesHeaderParser(policy=policy.compat32).parsebytes(text)


def _decoded(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content.lstrip() if isinstance(content, bytes) else b""


def _said_elsewhere(report: Message, mail: Message) -> list[str | None]:
    """Where nothing of the mail is returned, which RFC 3464 allows: programs name it with the status, or as what the
    report answers (RFC 3834)."""
    return [report.get(each) for each in ("X-Original-Message-ID", "Original-Message-ID")] + [
        mail.get(each) for each in ("In-Reply-To", "References")
    ]


def _first_id(texts: list[str | None]) -> str:
    return next((found for text in texts for found in MESSAGE_ID.findall(str(text or ""))[:1]), "")


def _status(text: str) -> str:
    found = re.match(r"\s*([245]\.\d{1,3}\.\d{1,3})", text)
    return found[1] if found else PERMANENT


@transaction.atomic
def note_returned(report: Report) -> bool:
    """Store that a mail came back; False if it is not one of ours, or is known to have come back already."""
    found = OutgoingMail.objects.filter(
        message_id=report.message_id, state__in=[State.SENT, State.DOUBTFUL]
    ).first()
    if found is None:
        return False
    came_back = {"state": State.RETURNED, "status": report.status, "code": None, "ended_at": timezone.now()}
    if not OutgoingMail.objects.filter(pk=found.pk, state=found.state).update(**came_back):
        return False
    if found.to and is_of_address(report.status):
        note_failure(found.to)
    keep_only(found)
    return True


def is_ours(report: Report) -> bool:
    """Whether it is about a mail of ours, known already or not."""
    return OutgoingMail.objects.filter(message_id=report.message_id).exists()


def note_word(message_id: str, word: str) -> bool:
    """The same for what a mail service says: one of SERVICE_WORDS, or a status such as 5.1.1; anything else says that
    it arrived, and changes nothing."""
    status = SERVICE_WORDS.get(word) or (word if re.fullmatch(r"[45]\.\d{1,3}\.\d{1,3}", word) else "")
    return bool(status) and note_returned(Report(message_id, status))
