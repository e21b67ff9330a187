"""The councils of authorities that became one: who takes over from them in each partnership."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.accounts.records import Came, Marking
from joinedup.partners.actions import AlreadyHere, add_partner
from joinedup.partners.models import Partner
from joinedup.partners.statutory import COUNCIL_PARTS
from joinedup.partners.succession import succeed_partner, take_back_successor
from joinedup.places.models import Footprint, Place, Succession


def councils_follow(
    rows: Sequence[Succession], new: Place, footprints: Iterable[Footprint], *, back: bool = False
) -> None:
    """Record the new council, if its name was said, in each of the partnerships, and that it takes over from those of
    the old ones, sector by sector; with `back`, take the latter back. Call it inside a transaction."""
    operator = Person.operator()
    olds = [row.old for row in rows]
    if not rows[0].council and not back:
        return
    for footprint in footprints:
        for body in Partner.objects.filter(footprints=footprint, gss__in=olds).select_related("sector"):
            if (
                back
                and body.succeeded_on == rows[0].day
                and body.succeeded_by
                and body.succeeded_by.gss == new.pk
            ):
                take_back_successor(by=operator, partner=body)
            elif not back and body.succeeded_by_id is None and _called(rows[0].council, body.sector_id):
                successor = _council(operator, footprint, rows[0], body, new)
                # A council that keeps its name goes on as the same body.
                if successor.pk == body.pk:
                    continue
                succeed_partner(by=operator, partner=body, successor=successor, day=rows[0].day)


def _called(council: str, sector: str) -> str:
    """What the new body is called: the council itself, or its service for the sector; empty for another sector."""
    if sector == "local_authority":
        return council
    return f"{council}: {COUNCIL_PARTS[sector]}" if sector in COUNCIL_PARTS else ""


def _council(by: Person, footprint: Footprint, row: Succession, body: Partner, new: Place) -> Partner:
    held = Partner.objects.filter(footprints=footprint, gss=new.pk, sector=body.sector_id).first()
    if held is not None:
        return held
    try:
        return add_partner(
            by=by,
            footprint=footprint,
            came=Came.ELSE,
            name=_called(row.council, body.sector_id),
            sector=body.sector,
            gss=new.pk,
            base=new,
            serves=[new],
            is_statutory=body.is_statutory,
            # While nothing new is published before an election, it begins shared with the partnership.
            marking=Marking.PARTNERSHIP if footprint.is_held(timezone.localdate()) else body.marking,
            source=row.source,
            is_demonstration=body.is_demonstration,
        )
    except AlreadyHere as already:
        return already.partner
