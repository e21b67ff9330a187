"""A mail as plain data, and the same mail again."""

from __future__ import annotations

import base64
from email.mime.base import MIMEBase
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from joinedup.mail.compose import Mail


def packed(mail: EmailMultiAlternatives) -> dict[str, Any]:
    """A mail as plain data; `unpacked` makes the same mail of it."""
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


def unpacked(data: dict[str, Any], kind: str = "") -> Mail:
    """The mail, with the address that what comes back goes to (`BOUNCE_ADDRESS`) as its sender for the server.
    `kind`: the template that it was made from."""
    written_by, headers = data["from"], dict(data["headers"])
    if settings.BOUNCE_ADDRESS:
        headers.setdefault("From", written_by)
        written_by = settings.BOUNCE_ADDRESS
    mail = Mail(
        data["subject"],
        data["body"],
        from_email=written_by,
        to=data["to"],
        reply_to=data["reply_to"],
        headers=headers,
    )
    mail.template = kind
    for content, mimetype in data["alternatives"]:
        mail.attach_alternative(content, mimetype)
    for name, content, mimetype in data["attached"]:
        mail.attach(name, base64.b64decode(content), mimetype)
    return mail
