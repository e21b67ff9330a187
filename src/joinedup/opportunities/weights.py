"""How much each part of a strength counts in a partnership: as its coordinator weighs it, else as shipped."""

from __future__ import annotations

from joinedup.engines.opportunities.strength import WEIGHTS, Weights
from joinedup.opportunities.models import COMPONENTS, HEAVIEST_POWER, POWERS, Weighting
from joinedup.places.models import Footprint


def weighting_of(footprint: Footprint) -> Weighting | None:
    """Nothing where a partnership weighs as shipped. 1 query."""
    return Weighting.objects.filter(pk=footprint.pk).first()


def weights_of(footprint: Footprint) -> Weights:
    """What every run for a partnership weighs by. 1 query."""
    return as_weights(weighting_of(footprint))


def as_weights(weighting: Weighting | None) -> Weights:
    if weighting is None:
        return WEIGHTS
    return Weights(**{name: getattr(weighting, name) for name in COMPONENTS})


def most_of(name: str) -> float:
    """The most that a part may count: those that weaken are powers, the others are shares."""
    return HEAVIEST_POWER if name in POWERS else 1.0
