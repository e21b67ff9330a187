"""The mails of an event: plain words, with the same in HTML, sent once the change is kept.

A young person never gets one: what concerns them goes to the adult who comes with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from joinedup.accounts.delivery import deliver
from joinedup.accounts.links import address_of
from joinedup.accounts.turns import after_turn
from joinedup.engines.days import day
from joinedup.events.calendar import event_calendar
from joinedup.events.models import Event
from joinedup.partners.addressees import coordinators, host_addresses
from joinedup.partners.models import Partner
from joinedup.privacy.detect import EMAIL
from joinedup.registration.calendar import mailbox_calendars
from joinedup.registration.models import Attendee, Invitation
from joinedup.registration.queries.reminders import Coming
from joinedup.registration.survey import survey_link


@dataclass
class Sending:
    """How a batch of mails went: `number` were written. Known once the change is kept: how many the mail server
    `refused`, and how many wait because it did not answer (`kept`: the worker sends them)."""

    number: int = 0
    refused: int = 0
    kept: int = 0

    @property
    def sent(self) -> int:
        return self.number - self.refused - self.kept


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
    text = render_to_string(f"registration/mails/{kind}.txt", values)
    mail = EmailMultiAlternatives(" ".join(subject.split()), text, to=[to])
    mail.attach_alternative(render_to_string(f"registration/mails/{kind}.jinja", values), "text/html")
    attach_calendar(mail, calendar)
    return mail


def attach_calendar(mail: EmailMultiAlternatives, calendar: bytes) -> None:
    """Published, not requested: the answer is given on a page, not by a calendar. Nothing for an empty one."""
    if calendar:
        mail.attach("event.ics", calendar, "text/calendar; method=PUBLISH")


def answered_by(event: Event, mails: Sequence[EmailMultiAlternatives]) -> Sequence[EmailMultiAlternatives]:
    """The same mails; a reply to one reaches those who coordinate the event's partnership. 1 query."""
    replies = [user.email for user in coordinators(event.footprint_id)] if mails else []
    for each in mails:
        each.reply_to = replies
    return mails


def send_all(
    mails: Sequence[EmailMultiAlternatives], refused: Callable[[list[int]], object] | None = None
) -> Sending:
    """Send on commit; `refused` is given the positions of the mails that the server refused for good, if any."""
    sending = Sending(len(mails))

    def send() -> None:
        done = deliver(mails)
        sending.refused, sending.kept = len(done.refused), len(done.kept)
        if done.refused and refused is not None:
            refused(done.refused)

    if mails:
        transaction.on_commit(lambda: after_turn(send))
    return sending


def send_invitations(
    event: Event,
    invitations: Sequence[Invitation],
    *,
    is_reminder: bool = False,
    refused: Callable[[list[int]], object] | None = None,
) -> Sending:
    """One mail each, with a calendar file. The link opens a page with buttons: mail scanners follow links, so it
    changes nothing. Wants an address of each; `refused` is given positions among `invitations`.

    Wants the event's programme and venue.
    """
    calendar = event_calendar(event) if event.date else b""
    mails = [
        _invitation(event, each, address_of("invitation", each.token), calendar, is_reminder=is_reminder)
        for each in invitations
    ]
    return send_all(answered_by(event, mails), refused)


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
) -> Sending:
    """To everybody who comes: when, where, access, code, tables. Each address gets one mail, about itself and the
    young people who come with it; the first is whose registration it is. Wants the event's programme and venue."""
    told, mails = list(told), []
    calendars = mailbox_calendars(event, [address for address, _coming in told])
    for address, coming in told:
        first = coming[0].attendee
        is_own = first.email == address
        context = {
            "event": event,
            "coming": coming,
            "is_own": is_own,
            "who": called(first),
            "link": address_of("attending", first.token),
            "survey": survey_link(first) if is_own else "",
        }
        mails.append(_mail("reminder", f"Soon: {event.told_name}", address, context, calendars[address]))
    return send_all(answered_by(event, mails))


def send_registration(attendee: Attendee, address: str) -> None:
    """What somebody registered, and the link by which they change or cancel it.

    Written once the place is given: the next in the queue does not wait for somebody else's mail.
    """
    transaction.on_commit(
        lambda: after_turn(lambda: deliver(answered_by(attendee.event, [_registration(attendee, address)]))),
        robust=True,
    )


def _registration(attendee: Attendee, address: str) -> EmailMultiAlternatives:
    event = attendee.event
    context = _about(attendee)
    placed = attendee.standing == Attendee.Standing.PLACED
    words = "You have a place" if placed else "You are on the waiting list"
    calendar = mailbox_calendars(event, [address])[address]
    return _mail("registration", f"{words}: {event.told_name}", address, context, calendar)


def _about(attendee: Attendee) -> dict[str, Any]:
    """What a mail about one registration needs: several people may share the address it goes to."""
    event = attendee.event
    young = [*attendee.with_them.all(), *attendee.asked_to_bring.all()] if attendee.pk else []
    return {
        "event": event,
        "attendee": attendee,
        "who": called(attendee),
        "young": [each for each in young if each.standing not in Attendee.GONE],
        "link": address_of("attending", attendee.token),
        "event_link": address_of("event", event.slug),
    }


def called(attendee: Attendee) -> str:
    """Whom a mail is about, in a line: “Sam, Youth worker, Lantern Youth”."""
    role = "" if attendee.is_young else attendee.role
    return ", ".join(part for part in (attendee.name, role, attendee.partner.name) if part)


def send_cancelled(event: Event, address: str, attendee: Attendee) -> None:
    """That a registration is cancelled, with what a calendar needs to strike the day through."""
    context = {"event": event, "event_link": address_of("event", event.slug), "who": called(attendee)}
    calendar = mailbox_calendars(event, [address])[address]
    send_all(
        answered_by(event, [_mail("cancelled", f"Cancelled: {event.told_name}", address, context, calendar)])
    )


def send_held(attendee: Attendee) -> Sending:
    """The one mail to a stranger: their turn is kept for a day, and the button behind the link confirms it."""
    event = attendee.event
    mail = _mail("held", f"One more step: {event.told_name}", attendee.email, _about(attendee))
    return send_all(answered_by(event, [mail]))


def send_unchanged(event: Event, address: str, *, is_full: bool) -> Sending:
    """That somebody registered with an address that is registered, that nothing changed, and what to do for another
    person. It names nobody: whoever wrote it may not be at that address."""
    context = {"event": event, "is_full": is_full, "link": address_of("event_register", event.slug)}
    return send_all(
        answered_by(event, [_mail("unchanged", f"Nothing changed: {event.told_name}", address, context)])
    )


def send_asked_to_bring(companion: Attendee) -> Sending:
    """To an adult who comes: that a young person of their organisation wants to come with them. Nothing happens until
    they say yes."""
    subject = f"Will you bring a young person? {companion.event.told_name}"
    mail = _mail("asked_to_bring", subject, companion.email, _about(companion))
    return send_all(answered_by(companion.event, [mail]))


def send_without_companion(event: Event, host: Partner, number: int) -> Sending:
    """To the host, to those who plan the event, and to the safeguarding lead where an address is known: so many young
    people have no companion now. No name is in it."""
    lead = EMAIL.all_in(f"{event.safeguarding_contact} {event.safeguarding_lead}")
    to = [each.email for each in host_addresses(host)] + [
        each.email for each in coordinators(event.footprint_id)
    ]
    context = {
        "event": event,
        "host": host,
        "number": number,
        "link": address_of("event_people", event.slug),
    }
    subject = f"Young people without a companion: {event.told_name}"
    found = dict.fromkeys(each.lower() for each in [*lead, *to] if each)
    mails = [_mail("without_companion", subject, address, context) for address in found]
    return send_all(answered_by(event, mails))
