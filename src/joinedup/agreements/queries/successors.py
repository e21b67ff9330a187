"""Open agreements with a body that another has taken over from: who takes over?"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import QuerySet

from joinedup.accounts.permissions import Scope, may
from joinedup.accounts.person import Person
from joinedup.agreements.models import Agreement
from joinedup.agreements.naming import named_bodies
from joinedup.agreements.reminder_steps import OPEN
from joinedup.partners.models import Partner
from joinedup.partners.queries import visible_partners
from joinedup.partners.succession import successors_of


@dataclass(frozen=True)
class ToTakeOver:
    """`old` is named by an open agreement; `successor` took over from it, and is proposed."""

    agreement: Agreement
    old: Partner
    successor: Partner


def may_take_over(person: Person, agreement: Agreement, successor: Partner) -> bool:
    """Whether `person` may put the successor in the place of the old body: also as a member of the successor."""
    scope = agreement.scope()
    return may(person, "agreement.take_over", Scope(scope.partners | {successor.pk}, scope.footprints))


def to_take_over(person: Person, agreement: Agreement, on: datetime.date) -> list[ToTakeOver]:
    """What to ask `person` about one agreement, for somebody who may answer; expects `contributions` to be
    prefetched. Two queries at most."""
    if agreement.state not in OPEN or not person.is_signed_in:
        return []
    found = successors_of(set(named_bodies(agreement)), on)
    seen = visible_partners(person, [new.pk for _old, new in found.values()]) if found else {}
    return [
        ToTakeOver(agreement, old, new)
        for old, new in found.values()
        if new.pk in seen and may_take_over(person, agreement, new)
    ]


def taken_over(person: Person, partner: Partner, successor: Partner) -> list[ToTakeOver]:
    """The open agreements that name a partner and may be given to its successor by `person`, the soonest due first;
    also before the day. 3 queries."""
    rows = _open_that_name(person, [partner.pk]).select_related("event", "owner_partner")
    every = (
        rows.select_related("deputy_partner").prefetch_related("contributions__partner").order_by("due", "pk")
    )
    asked = [ToTakeOver(each, partner, successor) for each in every]
    return [each for each in asked if may_take_over(person, each.agreement, successor)]


def waiting_to_take_over(person: Person, on: datetime.date) -> list[ToTakeOver]:
    """All that waits for `person` to say who takes over, the soonest due first."""
    ended = list(Partner.objects.filter(succeeded_on__lte=on).values_list("pk", flat=True))
    if not ended:
        return []
    rows = _open_that_name(person, ended).select_related("event")
    every = list(rows.prefetch_related("contributions__partner", "namings"))
    return [each for agreement in every for each in to_take_over(person, agreement, on)]


def _open_that_name(person: Person, partners: list[int]) -> QuerySet[Agreement]:
    return Agreement.objects.visible_to(person).filter(Agreement.objects.that_name(partners), state__in=OPEN)
