"""Two people who change one record at the same time: the second is told, sees what differs, and loses nothing.

A form that changes a record carries a fingerprint of it. If the record was changed since the page was opened, the form
is shown again with what was typed; sent once more, it counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from joinedup.accounts.request import Request

FIELD = "version"
# What changes without anybody who typed.
NOT_TYPED = {"modified", "updated", "confirmed_on", "came_on"}


def version_of(record: models.Model) -> str:
    """A fingerprint of what people may change of a record as it is stored now: its fields and what it is linked to.
    One query for each kind of link."""
    parts = []
    for field in record._meta.concrete_fields:
        if field.name not in NOT_TYPED:
            parts.append(f"{field.name}={field.value_to_string(record)}")
    for many in record._meta.many_to_many:
        keys = getattr(record, many.name).order_by().values_list("pk", flat=True)
        parts.append(f"{many.name}={sorted(map(str, keys))}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]


class VersionField(forms.CharField):
    """Hidden; always written as the record is now, so that a form that is sent again after the notice counts."""

    widget = forms.HiddenInput

    def __init__(self, version: str) -> None:
        super().__init__(required=False, initial=version)

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial


def watch(form: forms.BaseForm, record: models.Model) -> None:
    """Let `form`, which changes `record`, be refused once if the record was changed since the form was shown.

    Call it in a view that is `one_at_a_time`: the record is locked before it is compared, so that of two forms that
    are sent at once the second is told. A form without a fingerprint (from a program) is taken as it is.
    """
    version = _version_now(record)
    form.fields[FIELD] = VersionField(version)
    own_clean = form.clean

    def clean() -> Any:
        cleaned = own_clean()
        seen = form.cleaned_data.pop(FIELD, "")
        if seen and seen != version:
            raise ValidationError(_differs(form), code="stale")
        return cleaned

    form.clean = clean  # type: ignore[method-assign]


def was_changed(record: models.Model, seen: str) -> bool:
    """The same for a button that has no form: whether `record` is no longer as in the fingerprint that the page had.
    Locks it in a view that is `one_at_a_time`. Without a fingerprint it is taken as unchanged."""
    return bool(seen) and seen != _version_now(record)


def _version_now(record: models.Model) -> str:
    stored = type(record)._base_manager
    if connection.in_atomic_block:
        stored.select_for_update().get(pk=record.pk)
    return version_of(stored.get(pk=record.pk))


def _differs(form: forms.BaseForm) -> str:
    labels = [f"“{form.fields[name].label}”" for name in form.changed_data if name != FIELD]
    if not labels:
        return _(
            "Somebody changed this since you opened the page, to just what you typed. Nothing is left to save."
        )
    return _(
        "Somebody changed this since you opened the page, so nothing was saved yet. What you typed differs from "
        "what is stored now in: %(labels)s. Save once more if yours is to count."
    ) % {"labels": ", ".join(labels)}


def one_at_a_time(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view whose form is checked and saved in one transaction, so that nobody else saves in between."""

    @wraps(view)
    def held(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            return view(request, *args, **kwargs)

    return held
