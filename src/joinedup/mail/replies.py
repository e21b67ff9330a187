"""Whom a reply reaches: every mail has somebody who can answer it.

Who causes a mail, or plans what it is about, is put into it where it is made. Where there is nobody, replies go to the
installation's own address: rooms above know it, and say so here.
"""

from __future__ import annotations

from collections.abc import Callable

from django.core.mail import EmailMultiAlternatives

# Functions that return addresses, asked in this order until one knows some.
INSTALLATION: list[Callable[[], list[str]]] = []


def answered_by_somebody(mail: EmailMultiAlternatives) -> None:
    """Give a mail without an address for replies the installation's."""
    if not mail.reply_to:
        mail.reply_to = next(filter(None, (ask() for ask in INSTALLATION)), [])
