"""What a coordinator decides about an opportunity."""

from __future__ import annotations

import datetime
from collections.abc import Container

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.models import User
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.opportunities.decided import copies
from joinedup.opportunities.models import Opportunity, Run
from joinedup.opportunities.queries.desk import people_for
from joinedup.opportunities.queries.lists import UNDECIDED

State = Opportunity.State
LONGEST_SNOOZE = datetime.timedelta(days=366)


@transaction.atomic
def take_up(*, by: Person, opportunity: Opportunity) -> Opportunity:
    """Somebody will act on it. The public's copy of the same opportunity, where there is one, says so too."""
    require(by, "opportunity.take_up", on=opportunity)
    hold(opportunity, {State.SUGGESTED, State.DISMISSED})
    return _decide(by, opportunity, "opportunity.take_up", State.TAKEN_UP)


@transaction.atomic
def set_aside(*, by: Person, opportunity: Opportunity, reason: str) -> Opportunity:
    """Stays away for half a year, and the reason is shown to the next person. Undo: put it back, or take it up."""
    require(by, "opportunity.dismiss", on=opportunity)
    if reason not in Opportunity.Reason.values:
        raise ValidationError(_("Choose one of the reasons."))
    hold(opportunity, {State.SUGGESTED, State.TAKEN_UP})
    return _decide(by, opportunity, "opportunity.dismiss", State.DISMISSED, reason)


@transaction.atomic
def put_back(*, by: Person, opportunity: Opportunity) -> Opportunity:
    """On the list again as if nobody had decided: the undo of taking up and of setting aside."""
    was_aside = opportunity.state == State.DISMISSED
    require(by, "opportunity.dismiss" if was_aside else "opportunity.take_up", on=opportunity)
    hold(opportunity, {State.TAKEN_UP, State.DISMISSED})
    return _decide(by, opportunity, "opportunity.put_back", State.SUGGESTED)


@transaction.atomic
def snooze(*, by: Person, opportunity: Opportunity, until: datetime.date) -> Opportunity:
    """Off the list until that day, when it returns by itself; at most a year. Only the partnership's list: the
    public's copy, where there is one, stays."""
    require(by, "opportunity.snooze", on=opportunity)
    hold(opportunity, UNDECIDED, shared_only=True)
    today = timezone.localdate()
    if not today < until <= today + LONGEST_SNOOZE:
        raise ValidationError(_("Choose a day after today and within a year."))
    return _set(by, opportunity, "opportunity.snooze", snoozed_until=until)


@transaction.atomic
def wake(*, by: Person, opportunity: Opportunity) -> Opportunity:
    """On the list again before its day."""
    require(by, "opportunity.snooze", on=opportunity)
    hold(opportunity, shared_only=True)
    if opportunity.snoozed_until is None or opportunity.snoozed_until <= timezone.localdate():
        raise ValidationError(_("It is on the list already."))
    return _set(by, opportunity, "opportunity.wake", snoozed_until=None)


@transaction.atomic
def assign(*, by: Person, opportunity: Opportunity, to: User) -> Opportunity:
    """Give it to somebody of the partnership who may see it: it waits for them in My work."""
    require(by, "opportunity.assign", on=opportunity)
    hold(opportunity, UNDECIDED, shared_only=True)
    if not people_for(opportunity).filter(pk=to.pk).exists():
        raise ValidationError(_("Choose somebody of this partnership."))
    if opportunity.assigned_to_id == to.pk:
        raise ValidationError(_("They have it already."))
    return _set(by, opportunity, "opportunity.assign", assigned_to=to, assigned_on=timezone.localdate())


@transaction.atomic
def unassign(*, by: Person, opportunity: Opportunity) -> Opportunity:
    """It is nobody's in particular again."""
    require(by, "opportunity.assign", on=opportunity)
    hold(opportunity, shared_only=True)
    if opportunity.assigned_to_id is None:
        raise ValidationError(_("Nobody has it."))
    return _set(by, opportunity, "opportunity.unassign", assigned_to=None, assigned_on=None)


def hold(
    opportunity: Opportunity, states: Container[str] | None = None, *, shared_only: bool = False
) -> None:
    """Read it as it is now, so that of two who decide at once the second finds what the first did.

    Raises ValidationError where it is in none of `states`; with `shared_only`, also for the public's copy.
    """
    opportunity.refresh_from_db(from_queryset=Opportunity.objects.select_for_update())
    if shared_only and opportunity.audience != Run.Audience.PARTNERSHIP:
        raise ValidationError(_("This is the public's copy: decide on the one of your partnership."))
    if states is not None and opportunity.state not in states:
        state = opportunity.get_state_display().lower()
        raise ValidationError(_("This is already %(state)s.") % {"state": state})


def _decide(
    by: Person, opportunity: Opportunity, action: str, state: Opportunity.State, reason: str = ""
) -> Opportunity:
    """Write a decision on both copies. What was decided on is awake again: it has its day in the list, or none."""
    before = audit.snapshot(opportunity)
    undone = state == State.SUGGESTED
    copies(opportunity, state).update(
        state=state,
        reason=reason,
        decided_by="" if undone else by.name[:160],
        decided_on=None if undone else timezone.localdate(),
        snoozed_until=None,
    )
    opportunity.refresh_from_db()
    audit.record(by=by, action=action, on=opportunity, before=before)
    return opportunity


def _set(by: Person, opportunity: Opportunity, action: str, **fields: object) -> Opportunity:
    before = audit.snapshot(opportunity)
    for name, value in fields.items():
        setattr(opportunity, name, value)
    opportunity.save(update_fields=list(fields))
    audit.record(by=by, action=action, on=opportunity, before=before)
    return opportunity
