"""Say who is responsible for this site."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from joinedup.about.models import ONLY, ResponsibleBody
from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person


@transaction.atomic
def describe_body(*, by: Person, **facts: Any) -> ResponsibleBody:
    """Store the `facts`, fields of ResponsibleBody; those that are not given stay as they are.

    Raises ValidationError for a fact that the model does not take, and PermissionDenied to anybody but an
    administrator.
    """
    require(by, "installation.change")
    ResponsibleBody.objects.get_or_create(pk=ONLY)
    body = ResponsibleBody.objects.select_for_update().get(pk=ONLY)
    before = audit.snapshot(body)
    for name, value in facts.items():
        setattr(body, name, value)
    try:
        body.full_clean()
    except ValidationError as error:
        raise ValidationError(error.messages[0]) from error
    body.save()
    audit.record(by=by, action="installation.change", on=body, before=before)
    return body
