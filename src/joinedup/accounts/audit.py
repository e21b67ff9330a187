"""The audit trail: one entry per change, written in the same transaction as the change."""

from __future__ import annotations

import datetime
import decimal
from typing import Any

from django.db import models

from joinedup.accounts.models import AuditEntry
from joinedup.accounts.person import Person
from joinedup.accounts.personal import personal_fields

HIDDEN = "(personal)"


def snapshot(record: models.Model) -> dict[str, Any]:
    """The record's own fields as JSON values. Personal fields say only that they were filled in."""
    personal = personal_fields(type(record))
    values: dict[str, Any] = {}
    for field in record._meta.concrete_fields:
        value = getattr(record, field.attname)
        if field.name in personal:
            value = HIDDEN if value else ""
        elif isinstance(value, datetime.datetime | datetime.date | datetime.time):
            value = value.isoformat()
        elif isinstance(value, decimal.Decimal):
            value = str(value)
        values[field.name] = value
    return values


def label_of(on: models.Model) -> str:
    """The permanent label of a record: its own words, unless they hold something personal."""
    words = str(on)
    personal = (str(getattr(on, name) or "") for name in personal_fields(type(on)))
    if any(value and value in words for value in personal):
        return f"{on._meta.verbose_name} {on.pk}"
    return words


def differences(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[str]:
    """The names of the fields that differ, for a page of history."""
    old, new = before or {}, after or {}
    return [name for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)]


def record(
    *,
    by: Person,
    action: str,
    on: models.Model,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEntry:
    """Write one entry. Call it inside the transaction that makes the change; `after` defaults to the record's
    state now."""
    return AuditEntry.objects.create(
        user_id=by.user_id,
        by=by.name[:160],
        action=action,
        record=on._meta.label_lower,
        record_id=str(on.pk),
        label=label_of(on)[:200],
        before=before,
        after=snapshot(on) if after is None else after,
    )


def history(on: models.Model) -> list[AuditEntry]:
    """Every entry about a record, newest first."""
    return list(AuditEntry.objects.filter(record=on._meta.label_lower, record_id=str(on.pk)))
