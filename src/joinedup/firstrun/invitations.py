"""The invitation list as rows: everybody to ask and, as separate rows, who is still missing."""

from __future__ import annotations

import datetime

from joinedup.accounts.person import Person
from joinedup.documents.csv_file import several
from joinedup.events.models import Event
from joinedup.events.queries.events import upcoming
from joinedup.firstrun.missing import missing
from joinedup.partners.queries import partners_of_footprint
from joinedup.places.models import Footprint
from joinedup.registration.models import Invitation

HEADER = [
    "Organisation",
    "Sector",
    "Role",
    "Name",
    "E-mail address",
    "Serves",
    "Named by the duty",
    "Event",
    "Date of the event",
    "Answer",
    "What is missing",
]
NO_CONTACT = "No contact recorded: whom to ask?"
NO_ADDRESS = "No e-mail address recorded"
NOBODY = "Nobody of this sector recorded: "


def next_event(footprint: Footprint, on: datetime.date) -> Event | None:
    """The partnership's next event; 1 query."""
    return upcoming(on).filter(footprint=footprint).first()


def rows(person: Person, footprint: Footprint, on: datetime.date) -> list[list[object]]:
    """One row per contact under HEADER, then organisations without one, then sectors without any. 18 queries."""
    event = next_event(footprint, on)
    answers = _answers(event)
    day: list[object] = [event, event.date] if event else ["", None]
    asked: list[list[object]] = []
    without: list[list[object]] = []
    partners = partners_of_footprint(person, footprint).prefetch_related("contacts")
    for partner in partners.order_by("sector__order", "name"):
        where: list[object] = [several(partner.serves.all()), partner.is_statutory, *day]
        for contact in partner.contacts.all():
            who: list[object] = [partner, partner.sector, contact.role, contact.name, contact.email]
            answer = answers.get(contact.email.casefold(), "")
            asked.append([*who, *where, answer, "" if contact.email else NO_ADDRESS])
        if not partner.contacts.all():
            without.append([partner, partner.sector, "", "", "", *where, "", NO_CONTACT])
    for gap in missing(person, footprint, on).gaps:
        if not gap.partners:
            lacks = NOBODY + gap.what_to_do[0].lower() + gap.what_to_do[1:]
            without.append(["", gap.sector, "", "", "", "", "", *day, "", lacks])
    return asked + without


def _answers(event: Event | None) -> dict[str, str]:
    """The answer of each address; empty without an event."""
    if event is None:
        return {}
    found = Invitation.objects.filter(event=event).exclude(email="")
    return {
        each.email.casefold(): str(each.get_answer_display()) if each.sent_at else "Not sent yet"
        for each in found
    }
