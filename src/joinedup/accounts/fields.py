"""Fields of records: set them, validate them in plain words, and take snapshots for the history."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.signals import m2m_changed

from joinedup.accounts.audit import snapshot


def picture(record: models.Model, many: Iterable[str]) -> dict[str, Any]:
    """The audit snapshot plus the keys of many-to-many fields, so that the history shows their changes
    too."""
    related = {name: sorted(str(o.pk) for o in getattr(record, name).all()) for name in many}
    return snapshot(record) | related


def with_lists(details: Mapping[str, Any], many: Iterable[str]) -> dict[str, Any]:
    """The details with lists where many records are meant, so that they can be gone through again."""
    return {name: list(value) if name in many else value for name, value in details.items()}


def first_picture(record: models.Model, details: Mapping[str, Any], many: Iterable[str]) -> dict[str, Any]:
    """The `picture` of a record just made of `details`, which is what they say: no query."""
    related = {name: sorted({str(each.pk) for each in details.get(name, ())}) for name in many}
    return snapshot(record) | related


def fill_in(
    record: models.Model, details: Mapping[str, Any], many: frozenset[str], *, asked: Collection[str] = ()
) -> None:
    """Set the record's fields, validate and save it; `many` names the many-to-many fields among `details`. `asked`: see
    `check`.

    Raises ValidationError with one sentence: the first error.
    """
    for name in details.keys() - many:
        setattr(record, name, details[name])
    is_new = record._state.adding
    check(record, asked=asked)
    record.save()
    for name in many & details.keys():
        if not is_new:
            getattr(record, name).set(details[name])
        elif given := list(details[name]):
            add_first(record, name, given)


def add_first(record: models.Model, name: str, given: Iterable[Any]) -> None:
    """Put the first records (or their keys) into a many-to-many field of a record just made. As `add`, which would ask
    the database what stands there already, and tells those who listen the same."""
    field: Any = record._meta.get_field(name)
    keys = {each.pk if isinstance(each, models.Model) else each for each in given}
    through = field.remote_field.through
    says = {
        "instance": record, "reverse": False, "model": field.related_model, "pk_set": keys, "using": record._state.db,
    }  # fmt: skip
    m2m_changed.send(through, action="pre_add", **says)
    own, other = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
    through._default_manager.bulk_create(through(**{own: record.pk, other: key}) for key in keys)
    m2m_changed.send(through, action="post_add", **says)


def check(record: models.Model, *, asked: Collection[str] = ()) -> None:
    """As `full_clean`, without asking the database what is known: whether a record that was fetched exists, and whether
    what a new record begins with may be so. `asked`: fields of which the caller has asked already that no other record
    has the same there.

    Raises ValidationError with one sentence: the first error.
    """
    try:
        record.clean_fields(exclude=_fetched(record))
        record.clean()
        record.validate_unique(exclude=set(asked))
        if not _are_as_begun(record):
            record.validate_constraints(exclude=set(asked))
    except ValidationError as error:
        name, sentences = next(iter(error.message_dict.items()))
        if name == "__all__":
            raise ValidationError(sentences[0]) from error
        label = name.replace("_", " ").capitalize()
        raise ValidationError(f"{label}: {sentences[0]}") from error


def _fetched(record: models.Model) -> set[str]:
    """The foreign keys whose record is at hand and stored."""
    found = set()
    for field in record._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and field.is_cached(record):
            other = getattr(record, field.name)
            if other is not None and not other._state.adding:
                found.add(field.name)
    return found


def _are_as_begun(record: models.Model) -> bool:
    """Whether all that the constraints of a new record are about is as the model begins with it: each would cost a
    query and two savepoints."""
    names: set[str] = set()
    for each in record._meta.constraints:
        if not isinstance(each, models.CheckConstraint) or not isinstance(each.condition, models.Q):
            return False
        names |= each.condition.referenced_base_fields
    return record._state.adding and all(_is_begun(record, name) for name in names)


def _is_begun(record: models.Model, name: str) -> bool:
    if name == "pk":
        return record.pk is None
    field = record._meta.get_field(name)
    return isinstance(field, models.Field) and getattr(record, field.attname) == field.get_default()


def refuse_unknown(details: Mapping[str, Any], known: Iterable[str]) -> None:
    """A misspelt field is the caller's error and is never silently dropped."""
    unknown = sorted(details.keys() - set(known))
    if unknown:
        raise TypeError(f"There is no field called {', '.join(unknown)}.")
