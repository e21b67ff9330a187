"""What hangs on the codes of authorities that are to end: for the preview, before anybody confirms."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields

from django.db.models import Q

from joinedup.accounts.person import Person
from joinedup.agreements.models import Agreement
from joinedup.events.models import Event
from joinedup.evidence.models import Figure
from joinedup.initiatives.models import Initiative
from joinedup.partners.models import Contact, Partner
from joinedup.places.models import Footprint, Place

OPEN = (Agreement.State.AGREED, Agreement.State.STARTED)
SHOWN = 12


@dataclass(frozen=True)
class Counted:
    """How many there are that the reader may see, and the first of them by name."""

    name: str
    number: int
    shown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hanging:
    """In the order in which a page shows it. `councils` are the bodies of the authorities themselves."""

    footprints: Counted
    councils: Counted
    partners: Counted
    contacts: Counted
    agreements: Counted
    closed_agreements: Counted
    initiatives: Counted
    events: Counted
    wards: Counted
    figures: Counted

    @property
    def every(self) -> list[Counted]:
        return [getattr(self, field.name) for field in fields(self)]


def hanging(person: Person, codes: Collection[str]) -> Hanging:
    """What `person` may see of what hangs on these places (GSS codes) and their parts. A fixed number of queries."""
    inside = Q(place__in=codes) | Q(place__parent__in=codes)
    footprints = Footprint.objects.filter(places__in=codes).distinct()
    if not (person.sees_every_partnership or person.is_administrator):
        footprints = footprints.filter(pk__in=person.footprint_ids)
    seen = Partner.objects.visible_to(person)
    councils = seen.filter(gss__in=codes)
    serving = seen.filter(serves__in=codes).exclude(gss__in=codes).distinct()
    agreements = Agreement.objects.visible_to(person).filter(inside)
    events = Event.objects.visible_to(person).filter(footprint__in=footprints.values("pk"), is_history=False)
    initiatives = Initiative.objects.visible_to(person).filter(places__in=codes).distinct()
    wards = Place.objects.filter(parent__in=codes, kind=Place.Kind.WARD, ended=None)
    # Contacts are for people of the same partnership alone.
    together = Q(partner__footprints__in=person.footprint_ids) | Q(partner__in=person.partner_ids)
    contacts = Contact.objects.filter(partner__in=councils.values("pk"))
    contacts = contacts if person.is_operator else contacts.filter(together).distinct()
    return Hanging(
        footprints=_counted("partnerships", footprints),
        councils=_counted("bodies of these authorities", councils),
        partners=_counted("other partners who work there", serving),
        contacts=Counted("contacts at those bodies", contacts.count()),
        agreements=_counted("open agreements", agreements.filter(state__in=OPEN)),
        closed_agreements=Counted(
            "closed agreements, which stay as they are", agreements.exclude(state__in=OPEN).count()
        ),
        initiatives=_counted("pieces of local action", initiatives),
        events=_counted("events of those partnerships", events),
        wards=Counted("wards, which keep their codes", wards.count()),
        figures=Counted("figures", Figure.objects.filter(place__in=codes).count()),
    )


def _counted(name: str, rows: object) -> Counted:
    found = [str(row) for row in rows[:SHOWN]]  # type: ignore[index]
    number = len(found) if len(found) < SHOWN else rows.count()  # type: ignore[attr-defined]
    return Counted(name, number, tuple(found))
