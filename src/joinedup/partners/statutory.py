"""The bodies named in the serious violence duty, proposed for an area from the official look-ups.

The duty: Police, Crime, Sentencing and Courts Act 2022, sections 8 to 11 and Schedule 1. Which police force
and which integrated care board serve a place comes from the look-ups of the Office for National Statistics,
stored as `places.Membership`. If no look-up says, a body is named after the area and its `why` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.db import transaction

from joinedup.accounts.permissions import Scope, require
from joinedup.accounts.person import Person
from joinedup.accounts.records import Came, Marking
from joinedup.partners.actions import AlreadyHere, add_partner
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint, Membership, Place
from joinedup.taxonomy.models import Sector

ACT = "Police, Crime, Sentencing and Courts Act 2022, Schedule 1"
LOOKUP = f"{ACT}; Office for National Statistics area look-ups"
SPECIFIED = "specified authority under the serious violence duty"
THROUGH_COUNCIL = "specified authority under the serious violence duty, through the council"

LONDON, CITY_OF_LONDON, ISLES_OF_SCILLY = "E12000007", "E09000001", "E06000053"
# Names that do not follow from the name in the look-up.
COUNCILS = {
    CITY_OF_LONDON: "City of London Corporation",
    ISLES_OF_SCILLY: "Council of the Isles of Scilly",
    "E09000033": "Westminster City Council",
}
FORCES = {"E23000001": "Metropolitan Police Service", "E23000034": "City of London Police"}
# One organisation but separate sectors: each has its own people and its own data.
COUNCIL_PARTS = {
    "social_care": "children’s social care",
    "education": "education service",
    "youth_justice": "youth justice service",
}
ORDER = ["local_authority", *COUNCIL_PARTS, "police", "health", "probation", "fire"]
DISTRICT = "E07"  # A county council does children's social care, education and youth justice there.


@dataclass(frozen=True)
class Proposal:
    """A statutory partner of an area that somebody may accept.

    `gss`: the code of the area it is the authority for, if a look-up gives one. `places`: the GSS codes that
    it serves. `already`: the partner recorded for it.
    """

    name: str
    sector: str
    gss: str
    why: str
    source: str
    duty: str = SPECIFIED
    places: tuple[str, ...] = ()
    already: Partner | None = None

    @property
    def key(self) -> str:
        """Identifies it within an area; stable, fit for a form."""
        return f"{self.sector}:{self.gss or self.name}"


def proposals(places: Iterable[Place], partners: Iterable[Partner] = ()) -> list[Proposal]:
    """The statutory partners of `places` (local authorities), each once, in the order of the duty.

    Pure except for `place.memberships` (expected to be prefetched) and `place.parent` (selected). `partners`:
    those already recorded in the area.
    """
    found: dict[str, Proposal] = {}
    for place in sorted(places, key=lambda p: (p.name, p.code)):
        for body in _bodies(place):
            known = found.get(body.key)
            found[body.key] = body if known is None else _both(known, body)
    recorded = list(partners)
    ranked = sorted(found.values(), key=lambda body: (ORDER.index(body.sector), body.name))
    return [replace(body, already=_recorded(body, recorded)) for body in ranked]


def accept_proposals(*, by: Person, footprint: Footprint, chosen: Sequence[Proposal]) -> list[Partner]:
    """Record the chosen bodies as public statutory partners of a footprint, and return the new ones.

    They count as proposed from look-ups until each confirms its own record. What is recorded already is left
    as it is. A body that another partnership keeps gets a separate record here: sharing one would give each
    coordinator the other's, and what is shared with it. Raises PermissionDenied; ValidationError if the
    sectors are not loaded.
    """
    require(by, "partner.add", on=Scope(footprints=frozenset({footprint.pk})))
    sectors = Sector.objects.in_bulk()
    places = Place.objects.in_bulk({code for body in chosen for code in body.places})
    added = []
    with transaction.atomic():
        recorded = list(footprint.partners.all())
        for body in chosen:
            if body.sector not in sectors:
                raise ValidationError(f"The sector “{body.sector}” is not among the sectors kept here.")
            if _recorded(body, recorded) is not None:
                continue
            try:
                partner = add_partner(
                    by=by,
                    footprint=footprint,
                    came=Came.LOOKUPS,
                    name=body.name,
                    sector=sectors[body.sector],
                    gss=body.gss,
                    base=places.get(body.places[0]) if len(body.places) == 1 else None,
                    serves=[places[code] for code in body.places if code in places],
                    is_statutory=True,
                    marking=Marking.PUBLIC,
                    source=body.source,
                )
            except AlreadyHere:
                continue
            added.append(partner)
    return added


def council_name(place: Place) -> str:
    """Westminster City Council, Islington Council; City of London Corporation."""
    if place.code in COUNCILS:
        return COUNCILS[place.code]
    if place.name.endswith(", City of"):
        return f"{place.name.removesuffix(', City of')} City Council"
    return f"{place.name.removesuffix(', County of')} Council"


def _bodies(place: Place) -> list[Proposal]:
    member_of = {m.kind: m for m in place.memberships.all()}
    council = council_name(place)
    serves = (place.code,)
    its_own = f"The local authority of {place.name}."
    bodies = [Proposal(council, "local_authority", place.code, its_own, LOOKUP, SPECIFIED, serves)]
    upper = f"County council for {place.name}" if place.code.startswith(DISTRICT) else council
    unsaid = " The look-ups do not say which county council." if upper != council else ""
    for sector, part in COUNCIL_PARTS.items():
        why = f"{part.capitalize()} in {place.name}.{unsaid}"
        gss = place.code if upper == council else ""
        duty = SPECIFIED if sector == "youth_justice" else THROUGH_COUNCIL
        bodies.append(Proposal(f"{upper}: {part}", sector, gss, why, LOOKUP, duty, serves))
    force = member_of.get("police_force")
    if force is not None:
        why = f"{place.name} lies in its police force area."
        bodies.append(Proposal(_force(force), "police", force.code, why, LOOKUP, SPECIFIED, serves))
    board = member_of.get("health_board")
    if board is not None:
        name = board.name.replace("Integrated Care Board", "ICB")
        why = f"{place.name} lies in its health board area."
        bodies.append(Proposal(name, "health", board.code, why, LOOKUP, SPECIFIED, serves))
    return bodies + _by_area(place, force.name if force else place.name, serves)


def _by_area(place: Place, force_area: str, serves: tuple[str, ...]) -> list[Proposal]:
    """Probation and fire: no look-up that we hold names them, so they are named after the area."""
    if place.parent_id == LONDON:
        probation, fire = "Probation Service – London region", "London Fire Brigade"
        why = f"{place.name} is in London."
    else:
        area = force_area.removesuffix(" Police")
        probation = f"Probation Service – {area}"
        fire = f"{area} Fire and Rescue Service"
        why = f"Named after the police force area of {place.name}: check the name."
    return [
        Proposal(probation, "probation", "", why, ACT, SPECIFIED, serves),
        Proposal(fire, "fire", "", why, ACT, SPECIFIED, serves),
    ]


def _force(force: Membership) -> str:
    if force.code in FORCES:
        return FORCES[force.code]
    return force.name if force.name.endswith(" Police") else f"{force.name} Police"


def _both(known: Proposal, body: Proposal) -> Proposal:
    return replace(known, why=f"{known.why} {body.why}", places=known.places + body.places)


def _recorded(body: Proposal, partners: Sequence[Partner]) -> Partner | None:
    """By area code and sector, else by name: somebody may have renamed the record."""
    for partner in partners:
        if body.gss and partner.gss == body.gss and partner.sector_id == body.sector:
            return partner
    return next((p for p in partners if p.name.casefold() == body.name.casefold()), None)
