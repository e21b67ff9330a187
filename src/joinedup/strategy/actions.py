"""Commitments: add dated evidence of how far each has come."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.permissions import Scope, require
from joinedup.accounts.person import Person
from joinedup.partners.election_hold import refuse_while_held
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
    """Record how the commitment stood on the day `on`, with a source or a local action: for those who keep
    what all partnerships share.

    Updates are public and stay: a wrong one is corrected by a newer one. Raises ValidationError for a future
    day, an unknown standing, no words, or neither a source nor a local action that anyone may see.
    """
    require(by, "commitment.update")
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
    return _write(
        by,
        "commitment.update",
        commitment=commitment,
        on=on,
        standing=standing,
        text=text,
        source=source,
        initiative=initiative,
        is_demonstration=is_demonstration,
    )


@transaction.atomic
def add_evidence(
    *, by: Person, commitment: Commitment, on: datetime.date, text: str, initiative: Any, source: str = ""
) -> Update:
    """Record what a partnership's own local action does towards a commitment, as that partnership's evidence.

    It says that something is on the way, never how the whole commitment stands. Raises ValidationError for a
    future day, for local action that is not public, and while the partnership publishes nothing new.
    """
    require(by, "commitment.evidence")
    whose = initiative.partner.footprints.filter(pk__in=by.coordinated_ids).order_by("name").first()
    require(by, "commitment.evidence", on=Scope(footprints=frozenset({whose.pk} if whose else ())))
    if whose is None:
        raise ValidationError({"initiative": _("Choose local action of a partnership that you coordinate.")})
    refuse_while_held([whose])
    if on > timezone.localdate():
        raise ValidationError({"on": _("Evidence cannot be dated in the future.")})
    if initiative.marking != "public":
        raise ValidationError(
            {"initiative": _("Updates are public, so choose local action that is public too.")}
        )
    return _write(
        by,
        "commitment.evidence",
        commitment=commitment,
        on=on,
        standing=Update.Standing.ON_THE_WAY,
        text=text,
        source=source,
        initiative=initiative,
        footprint=whose,
        is_demonstration=whose.is_demonstration,
    )


def _write(by: Person, action: str, **fields: Any) -> Update:
    update = Update(by=by.name[:160], **fields)
    update.full_clean()
    update.save()
    audit.record(by=by, action=action, on=update)
    return update
