"""The mails of an event: plain words, with the same in HTML, sent once the change is kept."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from joinedup.events.models import Attendee, Event, Invitation

logger = logging.getLogger(__name__)


def full_link(name: str, *args: object) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


def _mail(kind: str, subject: str, to: str, context: dict[str, object]) -> EmailMultiAlternatives:
    text = render_to_string(f"events/mails/{kind}.txt", context)
    mail = EmailMultiAlternatives(" ".join(subject.split()), text, to=[to])
    mail.attach_alternative(render_to_string(f"events/mails/{kind}.jinja", context), "text/html")
    return mail


def _send(mails: list[EmailMultiAlternatives]) -> None:
    if mails:
        transaction.on_commit(lambda: _deliver(mails))


def _deliver(mails: list[EmailMultiAlternatives]) -> None:
    """What was done stays done when the mail server refuses: the page must not fail after it."""
    try:
        get_connection().send_messages(mails)
    except (OSError, SMTPException) as error:
        # The words of the refusal often hold the address, so only its kind is logged.
        logger.error("%s mails could not be sent: %s.", len(mails), type(error).__name__)


def send_invitations(invitations: Iterable[Invitation]) -> None:
    """One mail each. The link opens a page with buttons: mail scanners follow links, so it changes nothing."""
    _send(
        [
            _mail(
                "invitation",
                f"Invitation: {each.event.name}",
                each.email,
                {"event": each.event, "invitation": each, "link": full_link("invitation", each.token)},
            )
            for each in invitations
            if each.email
        ]
    )


def send_registration(attendee: Attendee, address: str) -> None:
    """What somebody registered, and the link by which they change or cancel it."""
    context = {
        "event": attendee.event,
        "attendee": attendee,
        "link": full_link("attending", attendee.token),
        "event_link": full_link("event", attendee.event.slug),
    }
    placed = attendee.standing == Attendee.Standing.PLACED
    words = "You have a place" if placed else "You are on the waiting list"
    _send([_mail("registration", f"{words}: {attendee.event.name}", address, context)])


def send_cancelled(event: Event, address: str) -> None:
    context = {"event": event, "event_link": full_link("event", event.slug)}
    _send([_mail("cancelled", f"Cancelled: {event.name}", address, context)])
