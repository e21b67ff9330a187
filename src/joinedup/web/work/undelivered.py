"""Mails that did not arrive, each with why, what to do, and where its address stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from joinedup.accounts.person import Person
from joinedup.mail.codes import TO_ACCOUNT
from joinedup.mail.models import OutgoingMail
from joinedup.partners.models import Contact
from joinedup.partners.undelivered import accounts_looked_after, undelivered, what_to_do, why
from joinedup.registration.models import Attendee, Invitation

# The most of those dealt with that the page keeps to take back.
SETTLED = 20


@dataclass(frozen=True)
class UndeliveredMail:
    """`places`: (words, URL) of the pages where this address can be corrected."""

    mail: OutgoingMail
    why: str
    to_do: str
    places: list[tuple[str, str]]

    @property
    def subject(self) -> str:
        if self.mail.kind == TO_ACCOUNT:
            return _("A code to sign in")
        return self.mail.subject or _("A mail about something that only named partners see")

    @property
    def can_go_again(self) -> bool:
        return bool(self.mail.mail)


def told(mail: OutgoingMail, places: list[tuple[str, str]] | None = None) -> UndeliveredMail:
    return UndeliveredMail(mail, why(mail), what_to_do(mail), places or [])


def undelivered_mails(person: Person) -> tuple[list[UndeliveredMail], list[UndeliveredMail]]:
    """Those to deal with, and the last that were dealt with; 6 queries."""
    waiting = list(undelivered(person).filter(settled_at=None))
    places = _places(person, {each.to.lower() for each in waiting})
    settled = undelivered(person).exclude(settled_at=None).order_by("-settled_at")[:SETTLED]
    return [told(each, places[each.to.lower()]) for each in waiting], [told(each) for each in settled]


def _places(person: Person, addresses: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """For each address, where it stands in the partnerships that `person` coordinates, and whose account has it."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    own, every = person.coordinated_ids, list(addresses)
    contacts = Contact.objects.filter(partner__footprints__in=own).select_related("partner").distinct()
    for each in contacts.exclude(email=""):
        if each.email.lower() in every:
            words = _("contact of %(partner)s") % {"partner": each.partner.name}
            found[each.email.lower()].append((words, reverse("partner", args=[each.partner.slug])))
    invitations = Invitation.objects.filter(event__footprint__in=own, email__in=every)
    for invitation in invitations.select_related("event"):
        words = _("invitation to %(event)s") % {"event": invitation.event.name}
        where = reverse("event_invitation", args=[invitation.event.slug, invitation.pk])
        found[invitation.email.lower()].append((words, where))
    attendees = Attendee.objects.filter(event__footprint__in=own, email__in=every)
    for attendee in attendees.select_related("event"):
        words = _("comes to %(event)s") % {"event": attendee.event.name}
        found[attendee.email.lower()].append((words, _where_corrected(attendee)))
    for account in accounts_looked_after(person).filter(email__in=every):
        found[account.email].append((_("account of %(name)s") % {"name": account}, reverse("people")))
    return found


def _where_corrected(attendee: Attendee) -> str:
    return reverse("event_person_address", args=[attendee.event.slug, attendee.pk])
