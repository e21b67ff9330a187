"""What to call a partnership, and how to list several places. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from joinedup.engines.words import listing
from joinedup.places.models import Place

NAMED = 3


def called(place: Place) -> str:
    """City of Bristol rather than Bristol, City of."""
    name, comma, of = place.name.partition(", ")
    return f"{of} {name}" if comma and of.endswith(" of") else place.name


def listed(names: Sequence[str], most: int | None = None) -> str:
    """A; A and B; A, B and C; A, a; B; and C; with `most`: A, B and 5 more."""
    if most is not None and len(names) > most:
        names = [*names[:most], f"{len(names) - most} more"]
    return listing(list(names))


def suggested_name(places: Sequence[Place]) -> str:
    """Blaby and Leicester partnership."""
    return f"{listed(sorted(called(place) for place in places), NAMED - 1)[:100]} partnership"
