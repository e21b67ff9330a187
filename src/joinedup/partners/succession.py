"""That another body takes over from a partner on a day: its page leads on, what is open is asked about."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.partners.models import Partner

# As far as a body's successor may have a successor in turn.
STEPS = 5


def successors_of(ids: set[int], on: datetime.date) -> dict[int, tuple[Partner, Partner]]:
    """Those of these partners that another took over from by a day, with the one that goes on. One query, and one for
    each further change."""
    found: dict[int, tuple[Partner, Partner]] = {}
    rows = Partner.objects.filter(pk__in=ids, succeeded_on__lte=on).select_related("succeeded_by")
    for old in rows:
        after = old.succeeded_by
        for _step in range(STEPS):
            if after is None or not after.is_succeeded(on):
                break
            after = after.succeeded_by
        if after is not None:
            found[old.pk] = (old, after)
    return found


@transaction.atomic
def succeed_partner(*, by: Person, partner: Partner, successor: Partner, day: datetime.date) -> Partner:
    """Say that `successor` takes over from `partner` on `day`. Nothing of either is changed: who takes over an
    agreement is asked of those who see to it. `take_back_successor` undoes it.

    Raises PermissionDenied; ValidationError with one sentence.
    """
    require(by, "partner.succeed", on=partner)
    partner.refresh_from_db(from_queryset=Partner.objects.select_for_update())
    if partner.pk == successor.pk:
        raise ValidationError(_("A body does not take over from itself: choose another one."))
    if partner.succeeded_by_id is not None:
        raise ValidationError(
            _("It is said already that %(other)s takes over from %(name)s: take that back first.")
            % {"other": partner.succeeded_by, "name": partner}
        )
    shared = partner.footprints.filter(pk__in=successor.footprints.values("pk"))
    seen = Partner.objects.visible_to(by).filter(pk=successor.pk).exists()
    if not seen or not shared.exists():
        raise ValidationError(_("Choose a partner of the same partnership."))
    after: Partner | None = successor
    while after is not None:
        if after.pk == partner.pk:
            raise ValidationError(_("These two would take over from each other: check which one ends."))
        after = after.succeeded_by
    before = audit.snapshot(partner)
    partner.succeeded_by, partner.succeeded_on = successor, day
    partner.save(update_fields=["succeeded_by", "succeeded_on"])
    audit.record(by=by, action="partner.succeed", on=partner, before=before)
    return partner


@transaction.atomic
def take_back_successor(*, by: Person, partner: Partner) -> Partner:
    """Undo `succeed_partner`. What was taken over meanwhile stays with the successor."""
    require(by, "partner.succeed", on=partner)
    partner.refresh_from_db(from_queryset=Partner.objects.select_for_update())
    if partner.succeeded_by_id is None:
        raise ValidationError(_("Nobody takes over from this partner."))
    before = audit.snapshot(partner)
    partner.succeeded_by = partner.succeeded_on = None
    partner.save(update_fields=["succeeded_by", "succeeded_on"])
    audit.record(by=by, action="partner.take_back_successor", on=partner, before=before)
    return partner


def succession_said(partner: Partner, successor: Partner, on: datetime.date) -> str:
    """“Testshire Council has taken over from Borough Council since 1 April 2027”, or takes over on a day to come."""
    day = date_format(partner.succeeded_on, "j F Y") if partner.succeeded_on else ""
    words = {"new": successor, "old": partner, "day": day}
    if partner.is_succeeded(on):
        return _("%(new)s took over from %(old)s on %(day)s") % words
    return _("%(new)s takes over from %(old)s on %(day)s") % words
