"""Our three for this quarter: for a partnership's coordinator to say, with who chairs each."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.opportunities.models import Opportunity, Priority, Run
from joinedup.opportunities.queries.lists import OPEN_STATES
from joinedup.opportunities.queries.priorities import MOST, priority_of, quarter_of
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint


@transaction.atomic
def choose(*, by: Person, opportunity: Opportunity, chair: Partner | None) -> Priority:
    """One of the partnership's few for the quarter that runs; again with another chair changes who chairs it.

    Raises ValidationError where three are chosen already, where it is not open, and for a body elsewhere.
    """
    require(by, "opportunity.choose", on=opportunity)
    # Two who choose at once: the second waits here, and finds what the first wrote.
    footprint = Footprint.objects.select_for_update(no_key=True).get(pk=opportunity.footprint_id)
    if opportunity.audience != Run.Audience.PARTNERSHIP or opportunity.state not in OPEN_STATES:
        raise ValidationError(_("Only what is open on your partnership’s own list can be chosen."))
    if opportunity.marking == "named":
        raise ValidationError(_("Only those it names see it, so the partnership cannot choose it."))
    if chair is not None and not chair.footprints.filter(pk=footprint.pk).exists():
        raise ValidationError(_("Choose a body of this partnership to chair it."))
    held = priority_of(opportunity)
    if held is not None:
        if held.chair == chair:
            return held
        before = audit.snapshot(held)
        held.chair = chair
        held.save(update_fields=["chair"])
        audit.record(by=by, action="opportunity.choose", on=held, before=before)
        return held
    today = timezone.localdate()
    if Priority.objects.filter(footprint=footprint, quarter=quarter_of(today)).count() >= MOST:
        raise ValidationError(_("Three are chosen for this quarter already: take one of them out first."))
    made = Priority.objects.create(
        footprint=footprint,
        opportunity=opportunity,
        quarter=quarter_of(today),
        chair=chair,
        chosen_by=by.name[:160],
        chosen_on=today,
    )
    audit.record(by=by, action="opportunity.choose", on=made)
    return made


@transaction.atomic
def unchoose(*, by: Person, opportunity: Opportunity) -> None:
    """The undo: it is one of many again."""
    require(by, "opportunity.choose", on=opportunity)
    Footprint.objects.select_for_update(no_key=True).get(pk=opportunity.footprint_id)
    held = priority_of(opportunity)
    if held is None:
        raise ValidationError(_("It is not among those chosen for this quarter."))
    audit.record(by=by, action="opportunity.unchoose", on=held, before=audit.snapshot(held), after={})
    held.delete()
