"""Mails: one set of three templates each, sent as plain text with simple HTML beside it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from smtplib import SMTPException
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from joinedup.accounts.preferences import off_headers

logger = logging.getLogger(__name__)


def send_letter(
    template: str,
    to: str,
    context: Mapping[str, Any],
    *,
    reply_to: Sequence[str] = (),
) -> bool:
    """Send `{template}_subject.txt`, `{template}_message.txt` and `{template}_message.jinja` to one address.

    Whether the mail server took it. A refusal is logged without the address: what was done stays done,
    and who asked for it is told by the page. Call it on commit, so that no mail tells of what was undone.
    A context with `off`, the link that turns this kind of mail off, gives mail programs a button for it too.
    """
    values = dict(context)
    subject = " ".join(render_to_string(f"{template}_subject.txt", values).split())
    letter = EmailMultiAlternatives(
        subject,
        render_to_string(f"{template}_message.txt", values),
        to=[to],
        headers=off_headers(values["off"]) if values.get("off") else {},
        reply_to=list(reply_to),
    )
    letter.attach_alternative(render_to_string(f"{template}_message.jinja", values), "text/html")
    try:
        letter.send()
    except (OSError, SMTPException) as error:
        # The words of the refusal often hold the address, so only its kind is logged.
        logger.error("A mail could not be sent (%s): %s.", template, type(error).__name__)
        return False
    return True


def words_of(template: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """Subject and plain text of a letter as `send_letter` would send it, to be read before it goes."""
    values = dict(context)
    subject = " ".join(render_to_string(f"{template}_subject.txt", values).split())
    return subject, render_to_string(f"{template}_message.txt", values).strip()


def masked(address: str) -> str:
    """An address as a page shows it to who need not know it: m…@lantern.example."""
    name, _at, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}" if name else ""
