"""What a new coordinator does first: the actions of the rooms, in sequence."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.fields import check
from joinedup.accounts.models import Grant
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.accounts.slugs import unique_slug
from joinedup.engines.reading.theme_words import SECTOR_SAID
from joinedup.events.actions.event import add_event
from joinedup.firstrun.area_loads import put_in_line
from joinedup.firstrun.contacts import contacts
from joinedup.firstrun.place_names import suggested_name
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.models import Run
from joinedup.opportunities.touching import left_to_the_worker
from joinedup.partners.models import Partner
from joinedup.partners.queries import statutory_proposals
from joinedup.partners.statutory import accept_proposals
from joinedup.places.models import Footprint, Place
from joinedup.registration.actions.invitations import make_invitations
from joinedup.spreadsheets.actions import keep
from joinedup.spreadsheets.models import Upload
from joinedup.taxonomy.models import Sector


@transaction.atomic
def start_area(*, by: Person, places: Sequence[Place], name: str = "") -> Footprint:
    """Make a partnership of these local authorities, with the person making it as its coordinator.

    What ships about them is not brought in: see `start_with_data`. Raises PermissionDenied; ValidationError without
    places, or if the name is taken.
    """
    require(by, "footprint.create")
    if not places or any(place.kind != Place.Kind.LOCAL_AUTHORITY or place.ended for place in places):
        raise ValidationError("Choose at least one local authority.")
    name = " ".join(name.split()) or suggested_name(places)
    if Footprint.objects.filter(name__iexact=name).exists():
        raise ValidationError("There is a partnership of that name already: choose another name.")
    footprint = Footprint(name=name, slug=unique_slug(Footprint, name)[:50])
    check(footprint)
    footprint.save()
    footprint.places.set(places)
    codes = sorted(place.pk for place in places)
    audit.record(
        by=by, action="footprint.create", on=footprint, after=audit.snapshot(footprint) | {"places": codes}
    )
    if by.user_id is not None:
        grant = Grant.objects.create(user_id=by.user_id, role=Grant.Role.COORDINATOR, footprint=footprint)
        audit.record(by=by, action="role.grant", on=grant)
    return footprint


@transaction.atomic
def start_with_data(*, by: Person, places: Sequence[Place], name: str = "") -> Footprint:
    """As `start_area`, and what ships about these authorities is asked for."""
    footprint = start_area(by=by, places=places, name=name)
    put_in_line(by=by, footprint=footprint)
    return footprint


def accept_statutory(*, by: Person, footprint: Footprint, keys: Collection[str]) -> list[Partner]:
    """Record the statutory partners that were ticked (their keys), and look for opportunities at once.

    Bodies recorded already stay as they are. Returns the new partners.
    """
    proposed = statutory_proposals(footprint)
    if set(keys) - {body.key for body in proposed}:
        raise ValidationError("Choose among the bodies that are proposed.")
    # What changed is followed once, at the end, and outside the transaction that records them.
    with left_to_the_worker():
        added = accept_proposals(
            by=by, footprint=footprint, chosen=[body for body in proposed if body.key in keys]
        )
    if added or (keys and not Run.objects.filter(footprint=footprint).exists()):
        refresh(by=by, footprint=footprint)
    return added


def paste_contacts(*, by: Person, footprint: Footprint, text: str) -> Upload:
    """Turn pasted contacts, one per line, into a spreadsheet ready to preview: accepted whole or not at all,
    and undoable."""
    words = set(SECTOR_SAID) | {sector.name.casefold().replace("&", "and") for sector in Sector.objects.all()}
    words |= {slug.replace("_", " ") for slug in Sector.objects.values_list("slug", flat=True)}
    sheet, mapping = contacts(text, words)
    return keep(
        by=by,
        footprint=footprint,
        kind=Upload.Kind.PARTNERS,
        sheet=sheet,
        file_name="Pasted contacts",
        mapping=mapping,
    )


@transaction.atomic
def plan_first_event(
    *, by: Person, footprint: Footprint, name: str, date: datetime.date, venue: str = ""
) -> int:
    """Make an event with an invitation for every contact that has an address; returns how many. Nothing is
    sent."""
    if date < timezone.localdate():
        raise ValidationError("Choose a day to come.")
    event = add_event(by=by, footprint=footprint, name=" ".join(name.split()), date=date, venue=venue.strip())
    return make_invitations(by=by, event=event)
