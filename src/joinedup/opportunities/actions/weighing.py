"""How much each part of a strength counts: for the coordinator of a partnership to say."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.permissions import Scope, require
from joinedup.accounts.person import Person
from joinedup.engines.opportunities.strength import Weights
from joinedup.opportunities import checks
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.models import Weighting
from joinedup.opportunities.weights import as_weights, weighting_of
from joinedup.places.models import Footprint


@transaction.atomic
def weigh(*, by: Person, footprint: Footprint, weights: Weights, reason: str) -> Weighting:
    """From now on every run for the partnership weighs so; its whole list is worked out again at once.

    What it says already is given back, and nothing is written; another reason alone moves nothing.
    """
    held = _hold(by, footprint)
    weights, reason = checks.weights(weights), checks.reason(reason)
    before = as_weights(held)
    if held is not None and (before, held.reason) == (weights, reason):
        return held
    made = Weighting(
        footprint=footprint,
        **asdict(weights),
        reason=reason,
        changed_by=by.name[:160],
        changed_on=timezone.localdate(),
    )
    made.save()
    audit.record(by=by, action="opportunity.weigh", on=made, before=_told(held), after=_told(made))
    if weights != before:
        refresh(by=by, footprint=footprint)
    return made


@transaction.atomic
def weigh_as_shipped(*, by: Person, footprint: Footprint) -> None:
    """The undo: the partnership weighs as everybody does who says nothing, and its list is worked out again."""
    held = _hold(by, footprint)
    if held is None:
        raise ValidationError(_("Every part counts as shipped already."))
    audit.record(by=by, action="opportunity.weigh_as_shipped", on=held, before=_told(held), after=_told(None))
    held.delete()
    refresh(by=by, footprint=footprint)


def _hold(by: Person, footprint: Footprint) -> Weighting | None:
    require(by, "opportunity.weigh", on=Scope(footprints=frozenset({footprint.pk})))
    # Two who change it at once: the second waits here, and finds what the first wrote.
    Footprint.objects.select_for_update().get(pk=footprint.pk)
    return weighting_of(footprint)


def _told(weighting: Weighting | None) -> dict[str, Any]:
    """What the history keeps of it: who and when it knows itself."""
    return {**asdict(as_weights(weighting)), "reason": weighting.reason if weighting else ""}
