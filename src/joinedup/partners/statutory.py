"""The bodies named in the serious violence duty, proposed for an area from the official look-ups.

The duty: Police, Crime, Sentencing and Courts Act 2022, sections 8 to 11 and Schedule 1. Which police force, health
board and fire service serve a place comes from the look-ups of the Office for National Statistics, stored as
`places.Membership`; what bodies call themselves, and which region of the Probation Service a police force's area
lies in, from `data/country/councils.csv` and `bodies.csv`; which councils share a youth justice service, from
`youth_justice.csv`. If none says, a body is named after the area and its
`why` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import get_text_list

from joinedup.accounts.permissions import Scope, require
from joinedup.accounts.person import Person
from joinedup.accounts.records import Came, Marking
from joinedup.engines.words import listing
from joinedup.partners.actions import AlreadyHere, add_partner
from joinedup.partners.models import Partner
from joinedup.places.body_names import COUNCIL, body_name
from joinedup.places.models import Footprint, Membership, Place
from joinedup.places.youth_justice import youth_justice_service
from joinedup.taxonomy.models import Sector

ACT = "Police, Crime, Sentencing and Courts Act 2022, Schedule 1"
LOOKUP = f"{ACT}; Office for National Statistics area look-ups"
SPECIFIED = "specified authority under the serious violence duty"
THROUGH_COUNCIL = "specified authority under the serious violence duty, through the council"

YOUTH_JUSTICE = "youth_justice"
# One organisation but separate sectors: each has its own people and its own data.
COUNCIL_PARTS = {
    "social_care": "children’s social care",
    "education": "education service",
    YOUTH_JUSTICE: "youth justice service",
}
ASK_WHICH = "Often one such service serves several councils: if so here, record it once."
# The first letter of codes of England: its health boards are called otherwise than those of Wales.
ENGLISH = "E"
AFTER = "Named after the police force area of {where}: check the name."
# How many places a reason names.
NAMED = 4
ORDER = ["local_authority", *COUNCIL_PARTS, "police", "health", "probation", "fire"]


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


def proposals(
    places: Iterable[Place], partners: Iterable[Partner] = (), called: Mapping[str, int] | None = None
) -> list[Proposal]:
    """The statutory partners of `places` (local authorities), each once, in the order of the duty.

    Pure except for `place.memberships` (expected to be prefetched) and `place.parent` (selected). `partners`:
    those already recorded in the area; `called`: what records were called that became part of one, with its key.
    """
    found: dict[str, Proposal] = {}
    every = sorted(places, key=lambda p: (p.name, p.code))
    for place in every:
        for body in _bodies(place):
            known = found.get(body.key)
            found[body.key] = body if known is None else _both(known, body)
    recorded = list(partners)
    names = {place.code: place.name for place in every}
    ranked = sorted(found.values(), key=lambda body: (ORDER.index(body.sector), body.name))
    return [
        replace(body, why=_why(body, names), already=_recorded(body, recorded, called)) for body in ranked
    ]


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
    """What the council calls itself; without that, after the place."""
    known = body_name(COUNCIL, place.code)
    if known:
        return known
    if place.name.endswith(", City of"):
        return f"{place.name.removesuffix(', City of')} City Council"
    return f"{place.name.removesuffix(', County of')} Council"


def _bodies(place: Place) -> list[Proposal]:
    member_of = {m.kind: m for m in place.memberships.all()}
    serves = (place.code,)
    its_own = "The local authority of {where}."
    bodies = [
        Proposal(council_name(place), "local_authority", place.code, its_own, LOOKUP, SPECIFIED, serves)
    ]
    upper = place
    if place.parent is not None and place.parent.kind == Place.Kind.COUNTY:
        upper = place.parent
        why = "The county council for {where}."
        bodies.append(
            Proposal(council_name(upper), "local_authority", upper.code, why, LOOKUP, SPECIFIED, serves)
        )
    for sector, part in COUNCIL_PARTS.items():
        if sector == YOUTH_JUSTICE:
            bodies.append(_youth_justice(upper, serves))
            continue
        why = f"{part[0].upper()}{part[1:]} in {{where}}."
        bodies.append(
            Proposal(
                f"{council_name(upper)}: {part}", sector, upper.code, why, LOOKUP, THROUGH_COUNCIL, serves
            )
        )
    force, board, fire = (member_of.get(kind) for kind in ("police_force", "health_board", "fire"))
    if force is not None:
        name = _called("police_force", force, f"{force.name.removesuffix(' Police')} Police")
        why = "{where} {lies} in its police force area."
        bodies.append(Proposal(name, "police", force.code, why, LOOKUP, SPECIFIED, serves))
    if board is not None:
        name = _called("health", board, board.name.replace("Integrated Care Board", "ICB"))
        called = "integrated care board area" if board.code.startswith(ENGLISH) else "health board area"
        why = f"{{where}} {{lies}} in its {called}."
        bodies.append(Proposal(name, "health", board.code, why, LOOKUP, SPECIFIED, serves))
    bodies.append(_probation(place, force, serves))
    if fire is not None:
        name = _called("fire", fire, f"{fire.name} Fire and Rescue Service")
        why = "{where} {lies} in its area."
        return [*bodies, Proposal(name, "fire", fire.code, why, LOOKUP, SPECIFIED, serves)]
    return [
        *bodies,
        Proposal(
            f"{_area(place, force)} Fire and Rescue Service",
            "fire",
            "",
            AFTER,
            ACT,
            SPECIFIED,
            serves,
        ),
    ]


def _youth_justice(upper: Place, serves: tuple[str, ...]) -> Proposal:
    """The one service of several councils, where it is known that they share one; else the council's own."""
    known = youth_justice_service(upper.code)
    if known is not None and known.name:
        why = f"One youth justice service for {listing(known.covers)}."
        return Proposal(known.name, YOUTH_JUSTICE, "", why, f"{ACT}; {known.source}", SPECIFIED, serves)
    why = "Youth justice service in {where}." + ("" if known is not None else f" {ASK_WHICH}")
    name = f"{council_name(upper)}: {COUNCIL_PARTS[YOUTH_JUSTICE]}"
    return Proposal(name, YOUTH_JUSTICE, upper.code, why, LOOKUP, SPECIFIED, serves)


def _probation(place: Place, force: Membership | None, serves: tuple[str, ...]) -> Proposal:
    """The region of the Probation Service that a police force's area lies in; without one, after the area."""
    name = body_name("probation", force.code) if force else None
    if name is None:
        name, why = f"Probation Service – {_area(place, force)}", AFTER
    else:
        why = "{where} {lies} in its region."
    return Proposal(name, "probation", "", why, ACT, SPECIFIED, serves)


def _called(kind: str, area: Membership, otherwise: str) -> str:
    return body_name(kind, area.code) or otherwise


def _area(place: Place, force: Membership | None) -> str:
    return force.name.removesuffix(" Police") if force else place.name


def _why(body: Proposal, names: Mapping[str, str]) -> str:
    """Why it is proposed, with the places that it is proposed for."""
    own = [names[code] for code in body.places]
    shown = own if len(own) <= NAMED + 1 else [*own[:NAMED], f"{len(own) - NAMED} more"]
    return body.why.format(where=get_text_list(shown, "and"), lies="lies" if len(own) == 1 else "lie")


def _both(known: Proposal, body: Proposal) -> Proposal:
    return replace(known, places=known.places + body.places)


def _recorded(
    body: Proposal, partners: Sequence[Partner], called: Mapping[str, int] | None = None
) -> Partner | None:
    """By area code and sector, else by name: somebody may have renamed the record, or made it part of another."""
    for partner in partners:
        if body.gss and partner.gss == body.gss and partner.sector_id == body.sector:
            return partner
    name = body.name.casefold()
    leads = (called or {}).get(name)
    return next((p for p in partners if p.name.casefold() == name or p.pk == leads), None)
