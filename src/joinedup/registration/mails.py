"""The mails of an event, sent after the change is committed.

Young people are never sent mail: it goes to the adult who comes with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from joinedup.accounts.links import address_of
from joinedup.events.calendar import event_calendar
from joinedup.events.models import Event
from joinedup.events.queries.contact import own_contact
from joinedup.mail.compose import compose, words_of
from joinedup.mail.send import Sending, Undo, send_on_commit
from joinedup.partners.addressees import HAS_TO_BE_HEARD, contacts_first, coordinator_addresses, coordinators
from joinedup.partners.models import Partner
from joinedup.privacy.detect import EMAIL
from joinedup.registration.calendar import mailbox_calendars
from joinedup.registration.models import Attendee, Invitation
from joinedup.registration.queries.reminders import Coming
from joinedup.registration.queries.reserved_places import places_of
from joinedup.registration.queries.waiting_list import waiting_of
from joinedup.registration.survey import survey_link
from joinedup.registration.waiting_words import why_they_wait


def when_of(event: Event) -> str:
    """8 October 2018, 10:00 to 15:00; as far as known."""
    if event.date is None:
        return ""
    hours = f" {_('to')} ".join(f"{hour:%H:%M}" for hour in (event.starts, event.ends) if hour)
    return date_format(event.date, "j F Y") + (f", {hours}" if event.starts else "")


def mail_of(kind: str, to: str, context: Mapping[str, Any], calendar: bytes = b"") -> EmailMultiAlternatives:
    """One mail about an event, with a calendar file if given: its method is PUBLISH, not REQUEST, as people
    answer on a page and not in their calendar."""
    mail = compose(f"registration/mails/{kind}", to, _with_day(context))
    if calendar:
        mail.attach("event.ics", calendar, "text/calendar; method=PUBLISH")
    return mail


def _with_day(context: Mapping[str, Any]) -> dict[str, Any]:
    event = context["event"]
    return {"when": when_of(event), "where": event.where, "contact": own_contact(event), **context}


def post(event: Event, mails: Sequence[EmailMultiAlternatives], undo: Undo | None = None) -> Sending:
    """Store mails about an event to be sent; replies, and what does not arrive, go to its coordinators."""
    replies = coordinator_addresses(event.footprint_id) if mails else []
    for each in mails:
        each.reply_to = replies
    return send_on_commit(mails, footprint=event.footprint_id, undo=undo)


def send_invitations(
    event: Event,
    invitations: Sequence[Invitation],
    *,
    is_reminder: bool = False,
    undo: Undo | None = None,
) -> Sending:
    """Send one mail each, with a calendar file. The link opens a page with buttons: mail scanners follow
    links, so opening it changes nothing. `undo` is called with positions in `invitations`.

    Every invitation must have an address. Expects the event's programme and venue to be selected.
    """
    calendar = event_calendar(event) if event.date else b""
    mails = []
    for each in invitations:
        context = {"event": event, "invitation": each, "link": address_of("invitation", each.token)}
        mails.append(mail_of(_invitation(is_reminder), each.email, context, calendar))
    return post(event, mails, undo)


def _invitation(is_reminder: bool) -> str:
    return "invitation_reminder" if is_reminder else "invitation"


def invitations_to_read(
    event: Event, invitations: Iterable[Invitation], *, is_reminder: bool = False
) -> list[tuple[str, str]]:
    """(subject, text) of the mails of `send_invitations`, once for each that differs by more than its link;
    no query."""
    template = f"registration/mails/{_invitation(is_reminder)}"
    link = _("[a link, for this reader alone]")
    context = {"event": event, "link": link, "off": link}
    found = {each.brings: each for each in invitations}
    return [words_of(template, _with_day({**context, "invitation": each})) for each in found.values()]


def send_withdrawn(invitation: Invitation) -> Sending:
    """Tell somebody that their invitation was withdrawn, and so why its link no longer works."""
    event = invitation.event
    return post(event, [mail_of("withdrawn", invitation.email, {"event": event})])


def send_substituted(invitation: Invitation) -> Sending:
    """Tell the invited person that somebody else is asked in their place, as requested with their link."""
    event = invitation.event
    context = {"event": event, "link": address_of("invitation", invitation.token)}
    return post(event, [mail_of("substituted", invitation.email, context)])


def send_substitute_declined(invitation: Invitation) -> Sending:
    """Tell the person who named a substitute that the substitute cannot come either."""
    event = invitation.event
    context = {"event": event, "link": address_of("invitation", invitation.token)}
    return post(event, [mail_of("substitute_declined", invitation.email, context)])


def send_reminders(
    event: Event,
    told: Iterable[tuple[str, list[Coming]]],
) -> Sending:
    """Remind everybody who comes of time, place, access, code and tables. Each address gets one mail, about
    its attendee (the first in the list) and the young people who come with them. Expects the event's
    programme and venue to be selected."""
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
            "ticket": address_of("attending_ticket", (first if is_own else first.companion or first).token),
            "survey": survey_link(first) if is_own else "",
        }
        mails.append(mail_of("reminder", address, context, calendars[address]))
    return post(event, mails)


def send_registration(attendee: Attendee, address: str) -> None:
    """Send what somebody registered, and the link to change or cancel it. Called once the place is given."""
    post(attendee.event, _registration(attendee, address))


def _registration(attendee: Attendee, address: str) -> list[EmailMultiAlternatives]:
    """What somebody has now, which may be less than when the mail was asked for; none if they do not come."""
    now = Attendee.objects.select_related("event__at", "partner", "companion").get(pk=attendee.pk)
    if not now.is_coming:
        return []
    event = now.event
    waiting = waiting_of(now)
    context = {
        **_about(now),
        "waits": why_they_wait(waiting, places_of(event)) if waiting else [],
        "ticket": address_of("attending_ticket", now.token) if now.standing == "placed" else "",
        "colleagues": [each for each in now.colleagues.all() if each.is_coming],
    }
    return [mail_of("registration", address, context, mailbox_calendars(event, [address])[address])]


def _about(attendee: Attendee) -> dict[str, Any]:
    """The context of a mail about one registration: several people may share the address."""
    event = attendee.event
    young = [*attendee.with_them.all(), *attendee.asked_to_bring.all()] if attendee.pk else []
    return {
        "event": event,
        "attendee": attendee,
        "who": called(attendee),
        "young": [each for each in young if each.standing not in Attendee.GONE],
        "colleagues": list(attendee.colleagues.exclude(standing__in=Attendee.GONE)) if attendee.pk else [],
        "link": address_of("attending", attendee.token),
        "event_link": address_of("event", event.slug),
    }


def called(attendee: Attendee) -> str:
    """The person a mail is about, in one line: “Sam, Youth worker, Lantern Youth”."""
    role = "" if attendee.is_young else attendee.role
    return ", ".join(part for part in (attendee.name, role, attendee.comes_for) if part)


def send_cancelled(event: Event, address: str, attendee: Attendee) -> None:
    """Tell somebody that a registration is cancelled, with a calendar file that cancels the entry."""
    context = {"event": event, "event_link": address_of("event", event.slug), "who": called(attendee)}
    calendar = mailbox_calendars(event, [address])[address]
    post(event, [mail_of("cancelled", address, context, calendar)])


def send_held(attendee: Attendee) -> Sending:
    """The only mail to a stranger until they confirm: their turn is held for a day, and the button behind the
    link confirms it."""
    event = attendee.event
    return post(event, [mail_of("held", attendee.email, _about(attendee))])


def send_lapsed(attendee: Attendee) -> Sending:
    """Tell a stranger that the day for confirming has passed, and that the same link still works."""
    event = attendee.event
    return post(event, [mail_of("lapsed", attendee.email, _about(attendee))])


def send_unchanged(event: Event, address: str, *, is_full: bool) -> Sending:
    """Tell a registered address that it was used to register again, that nothing changed, and how to register
    another person. It names nobody: the sender may not own that address."""
    context = {"event": event, "is_full": is_full, "link": address_of("event_register", event.slug)}
    return post(event, [mail_of("unchanged", address, context)])


def send_asked_to_bring(companion: Attendee) -> Sending:
    """Ask an adult who comes whether a young person of their organisation may come with them. Nothing happens
    until they say yes."""
    mail = mail_of("asked_to_bring", companion.email, _about(companion))
    return post(companion.event, [mail])


def send_no_longer_with(companion: Attendee, names: Sequence[str]) -> Sending:
    """Tell an adult whom nobody vouches for any more that these young people do not come with them now."""
    context = {**_about(companion), "names": list(names)}
    return post(companion.event, [mail_of("no_longer_with", companion.email, context)])


def send_without_companion(event: Event, host: Partner | None, number: int) -> Sending:
    """Tell the host, if there is one, the planners and, if an address is known, the safeguarding lead how many
    young people have no companion now. It contains no names."""
    lead = EMAIL.all_in(f"{event.safeguarding_contact} {event.safeguarding_lead}")
    to = [each.email for each in coordinators(event.footprint_id)]
    if host is not None:
        to += [each.email for each in contacts_first([host.pk], HAS_TO_BE_HEARD)[host.pk]]
    context = {
        "event": event,
        "host": host,
        "number": number,
        "link": address_of("event_people", event.slug),
    }
    found = dict.fromkeys(each.lower() for each in [*lead, *to] if each)
    mails = [mail_of("without_companion", address, context) for address in found]
    return post(event, mails)
