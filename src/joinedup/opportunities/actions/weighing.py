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
from joinedup.engines.opportunities.strength import WEIGHTS, Weights
from joinedup.opportunities import checks
from joinedup.opportunities.actions.refreshing import keep_lists
from joinedup.opportunities.engine import worked_out
from joinedup.opportunities.models import Weighting
from joinedup.opportunities.weights import as_weights, weighting_of
from joinedup.places.models import Footprint


def weigh(*, by: Person, footprint: Footprint, weights: Weights, reason: str) -> Weighting:
    """From now on every run for the partnership weighs so; its whole list is worked out again at once.

    What it says already is given back, and nothing is written; another reason alone moves nothing.
    """
    _may(by, footprint)
    weights, reason = checks.weights(weights), checks.reason(reason)
    if as_weights(weighting_of(footprint)) != weights:
        # The list is worked out by the new weights before anything is locked, and stored together with them.
        with worked_out(footprint, timezone.localdate(), weights=weights) as worked:
            held = weighting_of(footprint)
            made = _weigh(by, footprint, weights, reason, held)
            if as_weights(held) != weights:
                keep_lists(by, worked)
            return made
    with transaction.atomic():
        Footprint.objects.select_for_update(no_key=True).get(pk=footprint.pk)
        held = weighting_of(footprint)
        if as_weights(held) == weights:
            return _weigh(by, footprint, weights, reason, held)
    # Somebody weighed otherwise at this moment.
    return weigh(by=by, footprint=footprint, weights=weights, reason=reason)


def _weigh(
    by: Person, footprint: Footprint, weights: Weights, reason: str, held: Weighting | None
) -> Weighting:
    """Put it down, in the transaction that has locked the partnership."""
    if held is not None and (as_weights(held), held.reason) == (weights, reason):
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
    return made


def weigh_as_shipped(*, by: Person, footprint: Footprint) -> None:
    """The undo: the partnership weighs as everybody does who says nothing, and its list is worked out again."""
    _may(by, footprint)
    _refuse_as_shipped(weighting_of(footprint))
    with worked_out(footprint, timezone.localdate(), weights=WEIGHTS) as worked:
        held = _refuse_as_shipped(weighting_of(footprint))
        audit.record(
            by=by, action="opportunity.weigh_as_shipped", on=held, before=_told(held), after=_told(None)
        )
        held.delete()
        keep_lists(by, worked)


def _may(by: Person, footprint: Footprint) -> None:
    require(by, "opportunity.weigh", on=Scope(footprints=frozenset({footprint.pk})))


def _refuse_as_shipped(held: Weighting | None) -> Weighting:
    if held is None:
        raise ValidationError(_("Every part counts as shipped already."))
    return held


def _told(weighting: Weighting | None) -> dict[str, Any]:
    """What the history keeps of it: who and when it knows itself."""
    return {**asdict(as_weights(weighting)), "reason": weighting.reason if weighting else ""}
