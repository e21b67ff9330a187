"""The ward and the authority that a neighbourhood lies in, found by climbing: how many steps lie between them, and
between an authority and its region, differs from place to place."""

from __future__ import annotations

from joinedup.places.models import Place

AUTHORITY = Place.Kind.LOCAL_AUTHORITY
# As much as one step up from a neighbourhood is a ward, and the next an authority: loaded together with it.
ABOVE = "parent__parent"


def around(place: Place, kind: str) -> Place | None:
    """The place itself or the one around it that is of `kind`, a ward or an authority; None if there is none. No
    query where `ABOVE` is loaded."""
    at: Place | None = place
    while at is not None and at.kind not in (kind, AUTHORITY):
        at = at.parent
    return at if at is not None and at.kind == kind else None


def authority_of(place: Place) -> Place | None:
    return around(place, AUTHORITY)


def ward_of(place: Place) -> Place | None:
    return around(place, Place.Kind.WARD)
