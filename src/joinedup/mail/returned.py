"""What comes back after the mail server had accepted a mail: delivery reports, and what a mail service says.

A report is believed only where it names the Message-ID of a mail of ours, which nobody but its reader knows; whatever
address it gives is ignored. Each mail comes back once, however often it is reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message

from django.db import transaction
from django.utils import timezone

from joinedup.mail.addresses import note_failure
from joinedup.mail.models import OutgoingMail
from joinedup.mail.outbox import is_of_address

State = OutgoingMail.State
MESSAGE_ID = re.compile(r"<[^<>\s]{3,240}>")
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


def reports_in(raw: bytes) -> list[Report]:
    """The failures that a delivery report tells (RFC 3464); empty for any other mail, and for one that says only that
    it is delayed or delivered."""
    mail = message_from_bytes(raw, policy=policy.compat32)
    parts = list(mail.walk())
    status = next((each for each in parts if each.get_content_type() == "message/delivery-status"), None)
    about = next((found for each in parts for found in _original_id(each)), "")
    if status is None or not about:
        return []
    failed = [fields for fields in _fields(status) if fields.get("Action", "").strip().lower() == "failed"]
    return [Report(about, _status(fields.get("Status", ""))) for fields in failed[:1]]


def _fields(status: Message) -> list[Message]:
    """The groups of fields: the first is about the report, each other about one recipient."""
    payload = status.get_payload()
    return [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []


def _original_id(part: Message) -> Iterator[str]:
    """The Message-ID of the mail that a part returns, whole or its headers alone."""
    kind = part.get_content_type()
    if kind == "message/rfc822":
        payload = part.get_payload()
        if isinstance(payload, list) and isinstance(payload[0], Message):
            yield from MESSAGE_ID.findall(str(payload[0].get("Message-ID", "")))[:1]
    elif kind == "text/rfc822-headers":
        body = part.get_payload(decode=True)
        if isinstance(body, bytes):
            yield from MESSAGE_ID.findall(str(message_from_bytes(body).get("Message-ID", "")))[:1]


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
    if is_of_address(report.status):
        note_failure(found.to)
    return True


def note_word(message_id: str, word: str) -> bool:
    """The same for what a mail service says: one of SERVICE_WORDS, or a status such as 5.1.1; anything else says that
    it arrived, and changes nothing."""
    status = SERVICE_WORDS.get(word) or (word if re.fullmatch(r"[45]\.\d{1,3}\.\d{1,3}", word) else "")
    return bool(status) and note_returned(Report(message_id, status))
