"""What a coordinator decides about an opportunity."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.opportunities.models import Opportunity


@transaction.atomic
def take_up(*, by: Person, opportunity: Opportunity) -> Opportunity:
    """Somebody will act on it. The public's copy of the same opportunity, where there is one, says so too."""
    require(by, "opportunity.take_up", on=opportunity)
    if opportunity.state not in {Opportunity.State.SUGGESTED, Opportunity.State.DISMISSED}:
        raise ValidationError(f"This is already {opportunity.get_state_display().lower()}.")
    return _decide(by, opportunity, "opportunity.take_up", Opportunity.State.TAKEN_UP, "")


@transaction.atomic
def set_aside(*, by: Person, opportunity: Opportunity, reason: str) -> Opportunity:
    """Stays away for half a year, and the reason is shown to the next person. Undo: take it up."""
    require(by, "opportunity.dismiss", on=opportunity)
    if reason not in Opportunity.Reason.values:
        raise ValidationError("Choose one of the reasons.")
    if opportunity.state not in {Opportunity.State.SUGGESTED, Opportunity.State.TAKEN_UP}:
        raise ValidationError(f"This is already {opportunity.get_state_display().lower()}.")
    return _decide(by, opportunity, "opportunity.dismiss", Opportunity.State.DISMISSED, reason)


def _decide(by: Person, opportunity: Opportunity, action: str, state: str, reason: str) -> Opportunity:
    before = audit.snapshot(opportunity)
    twins = Opportunity.objects.filter(footprint=opportunity.footprint, key=opportunity.key)
    twins.update(state=state, reason=reason, decided_by=by.name, decided_on=timezone.localdate())
    opportunity.refresh_from_db()
    audit.record(by=by, action=action, on=opportunity, before=before)
    return opportunity
