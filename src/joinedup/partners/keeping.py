"""How records are written: slugs, validation in plain words, and what the history keeps.

Partners and local action share it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from joinedup.accounts.audit import snapshot
from joinedup.accounts.person import Person
from joinedup.accounts.records import Came, Teller, role_of
from joinedup.places.models import Footprint

# URLs such as /partners/add/ would hide a record with that slug.
RESERVED = frozenset({"add"})


# Letters and figures that nobody confuses, and that spell no word.
_SIGNS = "bcdfghjkmnpqrstvwxz23456789"


def fresh_slug(model: type[models.Model], name: str) -> str:
    """A free slug for a record that not everybody may find: its name and four random characters, at most 80
    characters.

    They are always added: if a name were free for some records and taken for others, that would reveal
    another record of the name.
    """
    base = slugify(name)[:70].strip("-_") or str(model._meta.model_name)
    while True:
        slug = f"{base}-{''.join(secrets.choice(_SIGNS) for _ in range(4))}"
        if not model._base_manager.filter(slug=slug).exists():
            return slug


def unique_slug(model: type[models.Model], name: str) -> str:
    """The first free slug for `name` in a `model` whose records everybody may find.

    At most 80 characters; also for a name without Latin letters.
    """
    base = slugify(name)[:70].strip("-_") or str(model._meta.model_name)
    same = model._base_manager.filter(slug__startswith=base).values_list("slug", flat=True)
    taken = {*same, *RESERVED}
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


def picture(record: models.Model, many: Iterable[str]) -> dict[str, Any]:
    """The audit snapshot plus the keys of many-to-many fields, so that the history shows their changes too."""
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


# The fields that `confirm_now` writes.
CONFIRMING = ["confirmed_on", "confirmed_by", "checked_on", "checked_by"]
CAME = ["came", "came_by", "came_on"]
# Fields that may change without changing anything that a body said about itself.
NOT_SAID = frozenset(
    {
        "id", "slug", "owner", "marking", "named", "is_statutory", "is_demonstration", "source", "source_url",
        "created", *CONFIRMING, *CAME,
    }
)  # fmt: skip


def confirm_now(record: Any, by: Person) -> None:
    """Record that `by` says today that the record is true; saves nothing. Only those who speak for the body
    confirm it: anybody else has checked it."""
    today = timezone.localdate()
    if record.is_told_by(by):
        record.confirmed_on, record.confirmed_by = today, by.name[:160]
    else:
        record.checked_on, record.checked_by = today, role_of(by)


def thanks(record: Any, by: Person) -> str:
    """The message of the page after its confirm button is pressed."""
    if record.is_told_by(by):
        return _("Thank you: confirmed today.")
    return _("Noted: you checked it today. It counts as confirmed once they say so themselves.")


def came_now(record: Any, by: Person, how: str = Came.ELSE) -> None:
    """Record how a new record came about: what its own people write is confirmed by writing it. Saves
    nothing."""
    record.came, record.came_by, record.came_on = how, role_of(by), timezone.localdate()
    if record.is_told_by(by):
        record.came, record.came_by = Came.BODY, Teller.BODY
        confirm_now(record, by)


def lapse(
    record: Any, by: Person, before: Mapping[str, Any], after: Mapping[str, Any], *, checked: bool = False
) -> None:
    """If somebody else changed what a body had said about itself (two `picture`s differ), it becomes their
    statement, no longer confirmed, and not checked unless they say that they `checked` it. Saves what that
    changes."""
    changed = {name for name in after if before.get(name) != after[name]} - NOT_SAID
    if not changed or record.is_told_by(by):
        return
    record.confirmed_on, record.confirmed_by = None, ""
    record.came, record.came_by, record.came_on = Came.ELSE, role_of(by), timezone.localdate()
    if not checked:
        record.checked_on, record.checked_by = None, ""
    record.save(update_fields=[*CONFIRMING, *CAME])


def refuse_while_held(footprints: Iterable[Footprint]) -> None:
    """Call it where something becomes public. Raises ValidationError while one of the partnerships publishes
    nothing new, for example before an election."""
    today = timezone.localdate()
    for footprint in footprints:
        if footprint.held_until and footprint.is_held(today):
            day = date_format(footprint.held_until, "j F Y")
            raise ValidationError(
                f"Nothing new is published before {day}: share it with the partnership until then."
            )


def refuse_while_own_held(by: Person) -> None:
    """Call it where a coordinator makes something public that belongs to no partnership. Raises
    ValidationError while one of theirs publishes nothing new; programme leads are not held up by a single
    place. 1 query."""
    if not by.sees_every_partnership:
        refuse_while_held(Footprint.objects.filter(pk__in=by.coordinated_ids))


def refuse_unknown(details: Mapping[str, Any], known: Iterable[str]) -> None:
    """A misspelt field is the caller's error and is never silently dropped."""
    unknown = sorted(details.keys() - set(known))
    if unknown:
        raise TypeError(f"There is no field called {', '.join(unknown)}.")
