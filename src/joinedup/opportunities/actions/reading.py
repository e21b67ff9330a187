"""That somebody has read what moved in the list of their partnership, or what people did there."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.permissions import Scope, require
from joinedup.accounts.person import Person
from joinedup.opportunities.models import Look
from joinedup.places.models import Footprint


@transaction.atomic
def have_read(*, by: Person, footprint: Footprint, until: datetime.datetime, of_people: bool = False) -> Look:
    """They have read what moved in the list, or `of_people` what people did, up to `until`: the newest that was on
    the page, not now, so that what came while they read is not lost. An older page does not take back what a
    newer one said.

    Raises ValidationError for a time to come.
    """
    require(by, "opportunity.take_up", on=Scope(footprints=frozenset({footprint.pk})))
    if by.user_id is None:
        raise ValidationError(_("The operator has no account: sign in to read."))
    if until > timezone.now():
        raise ValidationError(_("This time has not come yet: open the page again."))
    name = "people_at" if of_people else "at"
    look, is_new = Look.objects.select_for_update().get_or_create(
        user_id=by.user_id, footprint=footprint, defaults={name: until}
    )
    before = None if is_new else audit.snapshot(look)
    setattr(look, name, max(getattr(look, name) or until, until))
    look.save(update_fields=[name])
    audit.record(by=by, action="opportunity.read", on=look, before=before)
    return look
