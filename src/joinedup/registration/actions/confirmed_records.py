"""Records of a partner that its own people confirm when they register."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.person import Person
from joinedup.initiatives.models import Initiative
from joinedup.partners.confirmation import CONFIRMING, confirm_now
from joinedup.partners.models import Partner
from joinedup.registration.models import Attendee

# More than anyone reads on a registration form; the rest is confirmed where the records are kept.
MOST = 8


def records(partner: Partner) -> dict[str, Any]:
    """A partner and its local action, by key, the longest unconfirmed first: for its own people, who were
    invited by name or are members. 1 query."""
    today = timezone.localdate()
    running = Initiative.objects.filter(Q(ends=None) | Q(ends__gte=today), partner=partner)
    kept: dict[str, Any] = {f"partner-{partner.pk}": partner}
    return kept | {f"action-{each.pk}": each for each in running.order_by("confirmed_on", "name")[:MOST]}


@transaction.atomic
def confirm(*, by: Person, attendee: Attendee, keys: Collection[str]) -> int:
    """Record that these records are true today; returns how many. Registration checks who may say so: only
    members, and people who were invited for the partner by name."""
    if not keys or attendee.partner is None:
        return 0
    held = records(attendee.partner)
    told = [held[key] for key in held if key in keys]
    for record in told:
        before = audit.snapshot(record)
        if by.is_signed_in:
            # Someone signed in who holds another person's link for a partner speaks for themselves, not for
            # the partner.
            confirm_now(record, by)
        else:
            record.confirmed_on = timezone.localdate()
            record.confirmed_by = f"{attendee.role}, when registering"[:160]
        record.save(update_fields=CONFIRMING)
        done = "check" if by.is_signed_in and not record.is_told_by(by) else "confirm"
        audit.record(by=by, action=f"{record._meta.model_name}.{done}", on=record, before=before)
    return len(told)
