"""The mails of an event: plain words, with the same in HTML, sent once the change is kept.

A young person never gets one: what concerns them goes to the adult who comes with them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPSenderRefused
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from joinedup.accounts.links import address_of
from joinedup.events.calendar import event_calendar
from joinedup.events.dates import day
from joinedup.events.models import Attendee, Event, Invitation
from joinedup.events.queries.asking import coordinators
from joinedup.events.queries.reminders import Coming
from joinedup.events.survey import survey_link

logger = logging.getLogger(__name__)

# What the mail server says of one mail; anything else is said of the connection, and concerns all that follow.
OF_ONE_MAIL = (SMTPRecipientsRefused, SMTPDataError, SMTPSenderRefused)


@dataclass
class Sending:
    """How a batch of mails went: `number` were written; `refused` is known once the change is kept."""

    number: int = 0
    refused: int = 0

    @property
    def sent(self) -> int:
        return self.number - self.refused


def _when(event: Event) -> str:
    """8 October 2018, 10:00 to 15:00; as far as it is known."""
    if event.date is None:
        return ""
    hours = " to ".join(f"{hour:%H:%M}" for hour in (event.starts, event.ends) if hour)
    return day(event.date) + (f", {hours}" if event.starts else "")


def _mail(
    kind: str, subject: str, to: str, context: Mapping[str, Any], calendar: bytes = b""
) -> EmailMultiAlternatives:
    event = context["event"]
    values = {"when": _when(event), "where": event.where, **context}
    text = render_to_string(f"events/mails/{kind}.txt", values)
    mail = EmailMultiAlternatives(" ".join(subject.split()), text, to=[to])
    mail.attach_alternative(render_to_string(f"events/mails/{kind}.jinja", values), "text/html")
    if calendar:
        # Published, not requested: the answer is given on a page, not by a calendar.
        mail.attach("event.ics", calendar, "text/calendar; method=PUBLISH")
    return mail


def answered_by(event: Event, mails: Sequence[EmailMultiAlternatives]) -> Sequence[EmailMultiAlternatives]:
    """The same mails; a reply to one reaches those who coordinate the event's partnership. 1 query."""
    replies = [user.email for user in coordinators(event)] if mails else []
    for each in mails:
        each.reply_to = replies
    return mails


@dataclass(frozen=True)
class Failed:
    """Positions of the mails that did not go: `refused` by the mail server, or `lost` since nobody was reached."""

    refused: list[int]
    lost: list[int]

    @property
    def all(self) -> list[int]:
        return [*self.refused, *self.lost]


def send_all(
    mails: Sequence[EmailMultiAlternatives], failing: Callable[[Failed], object] | None = None
) -> Sending:
    """Send on commit; `failing` is called where some did not go."""
    sending = Sending(len(mails))

    def deliver() -> None:
        failed = _deliver(mails)
        sending.refused = len(failed.all)
        if failed.all and failing is not None:
            failing(failed)

    if mails:
        transaction.on_commit(deliver)
    return sending


def _deliver(mails: Sequence[EmailMultiAlternatives]) -> Failed:
    """Send one by one.

    What was done stays done when the mail server refuses: the page must not fail after it. One address that is
    refused does not hold up the others; a connection that fails ends the attempt.
    """
    connection, failed, kind = get_connection(), Failed([], []), ""
    with suppress(OSError, SMTPException):
        # One connection for all; where it cannot be opened, the first mail says so.
        connection.open()
    for position, mail in enumerate(mails):
        try:
            connection.send_messages([mail])
        except OF_ONE_MAIL as error:
            failed.refused.append(position)
            kind = type(error).__name__
        except (OSError, SMTPException) as error:
            failed.lost.extend(range(position, len(mails)))
            kind = type(error).__name__
            break
    with suppress(OSError, SMTPException):
        connection.close()
    if failed.all:
        # The words of the refusal often hold the address, so only its kind is logged.
        logger.error("%s mails could not be sent: %s.", len(failed.all), kind)
    return failed


def _calendar_of(event: Event, attendee: Attendee | None = None) -> bytes:
    return event_calendar(event, attendee=attendee) if event.date else b""


def send_invitations(
    event: Event,
    invitations: Sequence[Invitation],
    *,
    is_reminder: bool = False,
    failing: Callable[[Failed], object] | None = None,
) -> Sending:
    """One mail each, with a calendar file. The link opens a page with buttons: mail scanners follow links, so it
    changes nothing. Wants an address of each; `failing` is given positions among `invitations`.

    Wants the event's programme and venue.
    """
    calendar = _calendar_of(event)
    mails = [
        _invitation(event, each, address_of("invitation", each.token), calendar, is_reminder=is_reminder)
        for each in invitations
    ]
    return send_all(answered_by(event, mails), failing)


def _invitation(
    event: Event, invitation: Invitation, link: str, calendar: bytes = b"", *, is_reminder: bool
) -> EmailMultiAlternatives:
    kind = "invitation_reminder" if is_reminder else "invitation"
    words = "Are you coming?" if is_reminder else "Invitation:"
    context = {"event": event, "invitation": invitation, "link": link}
    return _mail(kind, f"{words} {event.told_name}", invitation.email, context, calendar)


def invitations_to_read(
    event: Event, invitations: Iterable[Invitation], *, is_reminder: bool = False
) -> list[tuple[str, str]]:
    """(subject, text) of what `send_invitations` sends, once for each that differs by more than its link; no query."""
    link = _("[a link, for this reader alone]")
    found = {each.brings: _invitation(event, each, link, is_reminder=is_reminder) for each in invitations}
    return [(str(mail.subject), str(mail.body).strip()) for mail in found.values()]


def send_withdrawn(invitation: Invitation) -> Sending:
    """That an invitation no longer holds, so that nobody wonders about a link that leads nowhere."""
    event = invitation.event
    subject = f"Invitation withdrawn: {event.told_name}"
    mails = [_mail("withdrawn", subject, invitation.email, {"event": event})]
    return send_all(answered_by(event, mails))


def send_substituted(invitation: Invitation) -> Sending:
    """To whoever was invited: that somebody else is asked in their place, on the word of who held their link."""
    event = invitation.event
    context = {"event": event, "link": address_of("invitation", invitation.token)}
    subject = f"We invite somebody else: {event.told_name}"
    return send_all(answered_by(event, [_mail("substituted", subject, invitation.email, context)]))


def send_substitute_declined(invitation: Invitation) -> Sending:
    """To whoever named somebody else: that these cannot come either."""
    event = invitation.event
    context = {"event": event, "link": address_of("invitation", invitation.token)}
    subject = f"The person you named cannot come: {event.told_name}"
    return send_all(answered_by(event, [_mail("substitute_declined", subject, invitation.email, context)]))


def send_reminders(
    event: Event,
    told: Iterable[tuple[str, list[Coming]]],
    *,
    failing: Callable[[Failed], object] | None = None,
) -> Sending:
    """To everybody who comes: when, where, access, code, tables. Each address gets one mail, about itself and the
    young people who come with it; the first is whose registration it is. Wants the event's programme and venue;
    `failing` is given positions in `told`."""
    mails = []
    for address, coming in told:
        first = coming[0].attendee
        is_own = first.email == address
        context = {
            "event": event,
            "coming": coming,
            "is_own": is_own,
            "link": address_of("attending", first.token),
            "survey": survey_link(first) if is_own else "",
        }
        calendar = _calendar_of(event, first)
        mails.append(_mail("reminder", f"Soon: {event.told_name}", address, context, calendar))
    return send_all(answered_by(event, mails), failing)


def send_registration(attendee: Attendee, address: str) -> None:
    """What somebody registered, and the link by which they change or cancel it.

    Written once the place is given: the next in the queue does not wait for somebody else's mail.
    """
    transaction.on_commit(
        lambda: _deliver(answered_by(attendee.event, [_registration(attendee, address)])), robust=True
    )


def _registration(attendee: Attendee, address: str) -> EmailMultiAlternatives:
    event = attendee.event
    context = {
        "event": event,
        "attendee": attendee,
        "link": address_of("attending", attendee.token),
        "event_link": address_of("event", event.slug),
    }
    placed = attendee.standing == Attendee.Standing.PLACED
    words = "You have a place" if placed else "You are on the waiting list"
    calendar = _calendar_of(event, attendee)
    return _mail("registration", f"{words}: {event.told_name}", address, context, calendar)


def send_cancelled(event: Event, address: str) -> None:
    context = {"event": event, "event_link": address_of("event", event.slug)}
    mails = [_mail("cancelled", f"Cancelled: {event.told_name}", address, context)]
    send_all(answered_by(event, mails))
