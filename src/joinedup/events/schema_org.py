"""A public event in schema.org terms, for search engines and other readers, as JSON-LD.

It holds only what the public page says: no names of attendees, and nothing that is for the partnership.
"""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from joinedup.accounts.links import address_of
from joinedup.events.calendar import hours
from joinedup.events.models import Event
from joinedup.events.queries.contact import own_contact

SCHEMA = "https://schema.org"


def event_data(event: Event) -> dict[str, Any]:
    """The event as a schema.org Event; keys without a value are left out. Expects programme, footprint and
    venue to be selected."""
    span = hours(event)
    data: dict[str, Any] = {
        "@context": SCHEMA,
        "@type": "Event",
        "@id": f"{address_of('event', event.slug)}#event",
        "name": event.told_name,
        "url": address_of("event", event.slug),
        "description": event.purpose or event.story,
        "startDate": span[0].isoformat() if span else event.date and event.date.isoformat(),
        "endDate": span[1].isoformat() if span and event.ends else None,
        "eventStatus": f"{SCHEMA}/{'EventCancelled' if event.cancelled_on else 'EventScheduled'}",
        "eventAttendanceMode": f"{SCHEMA}/OfflineEventAttendanceMode",
        "inLanguage": "en-GB",
        "isAccessibleForFree": True,
        "location": _location(event),
        "organizer": _organiser(event),
        "superEvent": {
            "@type": "EventSeries",
            "name": event.programme.name,
            **({"description": event.programme.summary} if event.programme.summary else {}),
        },
    }
    if not event.is_history:
        data["maximumAttendeeCapacity"] = event.capacity
    return {name: value for name, value in data.items() if value not in (None, "")}


def _location(event: Event) -> dict[str, Any] | None:
    name = event.venue or event.place_name
    if not name:
        return None
    address: dict[str, Any] = {"@type": "PostalAddress", "addressCountry": "GB"}
    if event.place_name:
        address["addressLocality"] = event.place_name
    if event.at and event.at.address:
        address["streetAddress"] = event.at.address
    place: dict[str, Any] = {"@type": "Place", "name": name, "address": address}
    if event.at and event.at.access:
        place["amenityFeature"] = [
            {"@type": "LocationFeatureSpecification", "name": str(fact.label), "value": event.at.access[fact]}
            for fact in event.at.Access
            if fact in event.at.access
        ]
    return place


def _organiser(event: Event) -> dict[str, Any] | None:
    name = event.host or (event.footprint.name if event.footprint else "")
    if not name:
        return None
    organiser: dict[str, Any] = {"@type": "Organization", "name": name}
    if contact := own_contact(event):
        given = {"name": contact.name, "email": contact.email, "telephone": contact.telephone}
        organiser["contactPoint"] = {"@type": "ContactPoint"} | {
            key: said for key, said in given.items() if said
        }
    return organiser


def event_script(event: Event) -> Markup:
    """The same as the content of a script element: data that no browser runs and that no text in it can
    close."""
    text = json.dumps(event_data(event), ensure_ascii=False, sort_keys=True)
    safe = text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return Markup(safe)  # noqa: S704
