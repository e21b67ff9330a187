"""What a model keeps in one line is in one line, whichever page, sheet or mail it came by.

A line break in a name broke a calendar and lost mails. What nobody sees is taken out where text comes in
(`web.submission`, `spreadsheets.parse`); here it is for what comes by any other way.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import models

from joinedup.engines.words import one_line


@cache
def _fields(model: type[models.Model]) -> tuple[str, ...]:
    """The fields of one line: text with a greatest length, but for fixed choices and for what is made by us."""
    if not model.__module__.startswith("joinedup."):
        return ()
    return tuple(
        field.attname
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField) and not field.choices and not field.is_relation
    )


def keep_one_line(sender: type[models.Model], instance: models.Model, raw: bool = False, **_how: Any) -> None:
    if raw:
        return
    for name in _fields(sender):
        value = instance.__dict__.get(name)
        if isinstance(value, str) and not (value.isascii() and value.isprintable()):
            setattr(instance, name, one_line(value))
