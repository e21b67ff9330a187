"""Slugs made from the names of records, for partners, local action and events."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils.text import slugify

# URLs such as /partners/add/ would hide a record with that slug.
RESERVED = frozenset({"add"})


# Letters and digits that are not confused with others, and that cannot spell a word.
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
