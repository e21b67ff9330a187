"""What people do with a commitment: add dated evidence of how far it has come."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.partners.keeping import refuse_while_own_held
from joinedup.strategy.models import Commitment, Update


@transaction.atomic
def add_update(
    *,
    by: Person,
    commitment: Commitment,
    on: datetime.date,
    standing: str,
    text: str,
    source: str = "",
    initiative: Any = None,
    is_demonstration: bool = False,
) -> Update:
    """Record that on the day `on` the commitment stood so, by what source or through which local action.

    Updates are public and stay: a wrong one is put right by a newer one. ValidationError for a day to come, an
    unknown standing, no words, or neither a source nor a local action that anyone may see; and while a partnership
    that `by` coordinates publishes nothing new.
    """
    require(by, "commitment.update")
    refuse_while_own_held(by)
    if on > timezone.localdate():
        raise ValidationError({"on": _("Evidence cannot be dated in the future.")})
    if not source and initiative is None:
        raise ValidationError(
            {"source": _("Say where this can be read, or choose the local action that shows it.")}
        )
    if initiative is not None and initiative.marking != "public":
        raise ValidationError(
            {"initiative": _("Updates are public, so choose local action that is public too.")}
        )
    update = Update(
        commitment=commitment,
        on=on,
        standing=standing,
        text=text,
        source=source,
        initiative=initiative,
        is_demonstration=is_demonstration,
        by=by.name[:160],
    )
    update.full_clean()
    update.save()
    audit.record(by=by, action="commitment.update", on=update)
    return update
