"""Whom to ask about an event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from joinedup.about.models import ResponsibleBody
from joinedup.about.queries import responsible_body
from joinedup.events.models import Event


@dataclass(frozen=True)
class WhomToAsk:
    """`name`: a role or a team, "" if none is named. `is_own`: named for this event, rather than the body that is
    responsible for the site. `email` and `telephone` are both empty where nobody can be asked."""

    name: str
    email: str
    telephone: str
    is_own: bool

    @property
    def in_words(self) -> str:
        """Events team, events@council.example, 020 7946 0000."""
        return ", ".join(part for part in (self.name, self.email, self.telephone) if part)


def own_contact(event: Event) -> WhomToAsk | None:
    """The contact of the event itself, if it has one; no query."""
    if not (event.contact_email or event.contact_telephone):
        return None
    return WhomToAsk(event.contact, event.contact_email, event.contact_telephone, is_own=True)


def whom_to_ask(event: Event, responsible: Callable[[], ResponsibleBody] = responsible_body) -> WhomToAsk:
    """The event's own contact, else the body that is responsible for the site. One query at most; none where
    `responsible` knows that body already."""
    if own := own_contact(event):
        return own
    body = responsible()
    return WhomToAsk("", body.email, body.telephone, is_own=False)
