"""GOV.UK Notify instead of a mail server: `EMAIL_BACKEND=joinedup.mail.notify.EmailBackend`.

One template of the service, with the subject `((subject))` and the text `((body))`, carries every mail. Its API is
described at https://docs.notifications.service.gov.uk/rest-api.html; what it answers becomes what a mail server would
have answered, so that the outbox treats both alike.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from email.mime.base import MIMEBase
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any
from urllib.parse import urlparse

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext as _

from joinedup.mail.line import NothingSent

PATH = "/v2/notifications/email"
# An API key is the name that somebody gave it, the service and the secret, joined by hyphens; the last two are UUIDs.
UUID = 36
CALENDAR = "text/calendar"


class EmailBackend(BaseEmailBackend):
    """Sends over one connection. Raises what smtplib raises: SMTPRecipientsRefused for a wrong address, SMTPDataError
    for one mail that is refused or put off, NothingSent where no mail can be sent now (a key that is not accepted, a
    rate limit), and OSError where nobody knows."""

    def __init__(self, fail_silently: bool = False, timeout: float | None = None, **_kwargs: Any) -> None:
        super().__init__(fail_silently=fail_silently)
        self.timeout = timeout
        self._http: HTTPConnection | None = None

    def open(self) -> bool:
        if self._http is not None:
            return False
        parts = urlparse(settings.NOTIFY_URL)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        http = kind(parts.hostname or "", parts.port, timeout=self.timeout)
        http.connect()
        self._http = http
        return True

    def close(self) -> None:
        if self._http is not None:
            self._http.close()
        self._http = None

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.open()
        for each in email_messages:
            self._send(each)
        return len(email_messages)

    def _send(self, mail: EmailMessage) -> None:
        posted = json.dumps(as_notification(mail))
        assert self._http is not None
        try:
            self._http.request("POST", PATH, posted, headers_with(settings.NOTIFY_API_KEY))
            answer = self._http.getresponse()
            said = answer.read()
        except HTTPException as error:
            # Nobody knows what became of it.
            self.close()
            raise ConnectionError(type(error).__name__) from error
        if answer.getheader("Connection", "").lower() == "close":
            self.close()
        if answer.status != 201:
            raise _refusal(answer, said, mail.to[0])


def as_notification(mail: EmailMessage) -> dict[str, Any]:
    """What is posted for a mail. Raises ValueError, which refuses it, for an attachment that is no calendar file: the
    service sends files only as links in templates of their own."""
    body = str(mail.body).rstrip()
    if mail.attachments:
        kinds = [
            each.get_content_type() if isinstance(each, MIMEBase) else str(each[2])
            for each in mail.attachments
        ]
        if not all(kind.startswith(CALENDAR) for kind in kinds):
            raise ValueError("GOV.UK Notify carries no attachments.")
        body += "\n\n" + _("A calendar file cannot come with this mail: the page of the event has one.")
    if mail.reply_to:
        body += "\n\n" + _("To answer, write to %(who)s.") % {"who": ", ".join(mail.reply_to)}
    posted: dict[str, Any] = {
        "email_address": mail.to[0],
        "template_id": settings.NOTIFY_TEMPLATE,
        "personalisation": {"subject": str(mail.subject), "body": body},
        # Delivery receipts name it.
        "reference": mail.extra_headers.get("Message-ID", ""),
    }
    if off := mail.extra_headers.get("List-Unsubscribe"):
        posted["one_click_unsubscribe_url"] = off.strip("<>")
    if settings.NOTIFY_REPLY_TO:
        posted["email_reply_to_id"] = settings.NOTIFY_REPLY_TO
    return posted


def headers_with(key: str) -> dict[str, str]:
    return {"Content-Type": "application/json", "Authorization": f"Bearer {signed(key, int(time.time()))}"}


def signed(key: str, now: int) -> str:
    """The JSON Web Token of a request (RFC 7519, HS256): the service, and a time within 30 seconds of theirs."""
    secret, service = key[-UUID:], key[-2 * UUID - 1 : -UUID - 1]
    parts = ({"typ": "JWT", "alg": "HS256"}, {"iss": service, "iat": now})
    head = ".".join(_plain(json.dumps(each, separators=(",", ":")).encode()) for each in parts)
    return f"{head}.{_plain(hmac.digest(secret.encode(), head.encode(), hashlib.sha256))}"


def _plain(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _refusal(answer: HTTPResponse, said: bytes, to: str) -> Exception:
    """What a mail server would have answered. Documented: 400 BadRequestError and ValidationError, 403 AuthError, 429
    RateLimitError and TooManyRequestsError (a day's limit), 500."""
    words = _message(said)
    if answer.status in {401, 403, 429}:
        return NothingSent(str(answer.status))
    if answer.status == 400 and "email_address" in words:
        return SMTPRecipientsRefused({to: (550, b"5.1.3 not an address")})
    if answer.status == 400 and ("team-only" in words or "trial mode" in words):
        return SMTPDataError(550, b"5.7.1 the service may not write to it yet")
    if answer.status in {400, 413}:
        return SMTPDataError(554, b"5.6.0 refused")
    return SMTPDataError(451, b"4.3.0 later")


def _message(said: bytes) -> str:
    try:
        return " ".join(str(each["message"]) for each in json.loads(said)["errors"])
    except (ValueError, KeyError, TypeError):
        return ""
