"""Say which organisation it is that somebody named at the door, since nothing public is made there."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.accounts.records import Came
from joinedup.events.models import Event
from joinedup.partners.actions import AlreadyHere, add_partner
from joinedup.partners.models import Partner
from joinedup.registration.models import Attendee
from joinedup.taxonomy.models import Sector

LISTED, NEW, NONE = "listed", "new", "none"


@transaction.atomic
def settle_body(
    *, by: Person, event: Event, name: str, choice: str, partner: str = "", sector: str = ""
) -> list[Attendee]:
    """Everybody who came for this name came for a partner of the list (LISTED, by its slug), for a new one (NEW, with
    its sector), or for themselves (NONE)."""
    require(by, "event.vouch", on=event)
    people = list(_people(event, name, settled=False))
    if not people:
        raise ValidationError("Nobody came under this name, or it is settled already.")
    home = _home(by, event, people[0].unlisted, choice, partner, sector)
    for each in people:
        before = audit.snapshot(each)
        each.partner, each.sector, each.unlisted_settled = home, home.sector if home else None, True
        each.save(update_fields=["partner", "sector", "unlisted_settled"])
        audit.record(by=by, action="event.settle_body", on=each, before=before)
    return people


def _people(event: Event, name: str, *, settled: bool) -> list[Attendee]:
    found = event.attendees.filter(unlisted__iexact=name, unlisted_settled=settled).exclude(unlisted="")
    return list(found.select_related("event", "partner"))


def _home(by: Person, event: Event, name: str, choice: str, partner: str, sector: str) -> Partner | None:
    if choice == NONE:
        return None
    if choice == LISTED:
        found = Partner.objects.filter(slug=partner, footprints=event.footprint_id).first()
        if found is None:
            raise ValidationError("Choose the organisation of the list.")
        return found
    if choice != NEW:
        raise ValidationError("Say whether it is in the list, new, or nobody's.")
    kind = Sector.objects.filter(pk=sector).first()
    if kind is None or event.footprint is None:
        raise ValidationError("Choose the sector of the new organisation.")
    try:
        return add_partner(by=by, footprint=event.footprint, came=Came.REGISTRATION, name=name, sector=kind)
    except AlreadyHere as error:
        raise ValidationError(f"“{name}” is in the list already: choose it there.") from error


@transaction.atomic
def take_back_body(*, by: Person, event: Event, name: str) -> list[Attendee]:
    """Nobody has said yet which organisation this is. One that was made for it stays in the list."""
    require(by, "event.vouch", on=event)
    people = _people(event, name, settled=True)
    if not people:
        raise ValidationError("Nobody came under this name.")
    for each in people:
        before = audit.snapshot(each)
        each.partner, each.sector, each.unlisted_settled = None, None, False
        each.save(update_fields=["partner", "sector", "unlisted_settled"])
        audit.record(by=by, action="event.take_back_body", on=each, before=before)
    return people
