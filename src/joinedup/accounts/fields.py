"""Fields of records: set them, validate them in plain words, and take snapshots for the history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from joinedup.accounts.audit import snapshot


def picture(record: models.Model, many: Iterable[str]) -> dict[str, Any]:
    """The audit snapshot plus the keys of many-to-many fields, so that the history shows their changes
    too."""
    related = {name: sorted(str(o.pk) for o in getattr(record, name).all()) for name in many}
    return snapshot(record) | related


def fill_in(record: models.Model, details: Mapping[str, Any], many: frozenset[str]) -> None:
    """Set the record's fields, validate and save it; `many` names the many-to-many fields among `details`.

    Raises ValidationError with one sentence: the first error.
    """
    for name in details.keys() - many:
        setattr(record, name, details[name])
    check(record)
    record.save()
    for name in many & details.keys():
        getattr(record, name).set(details[name])


def check(record: models.Model) -> None:
    try:
        record.full_clean()
    except ValidationError as error:
        name, sentences = next(iter(error.message_dict.items()))
        if name == "__all__":
            raise ValidationError(sentences[0]) from error
        label = name.replace("_", " ").capitalize()
        raise ValidationError(f"{label}: {sentences[0]}") from error


def refuse_unknown(details: Mapping[str, Any], known: Iterable[str]) -> None:
    """A misspelt field is the caller's error and is never silently dropped."""
    unknown = sorted(details.keys() - set(known))
    if unknown:
        raise TypeError(f"There is no field called {', '.join(unknown)}.")
