"""The address of a record that people keep, made of its name. Partners, local action and events share it."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils.text import slugify

# Addresses such as /partners/add/ would hide a record of that slug.
RESERVED = frozenset({"add"})


# Letters and figures that nobody confuses, and that spell no word.
_SIGNS = "bcdfghjkmnpqrstvwxz23456789"


def fresh_slug(model: type[models.Model], name: str) -> str:
    """A free slug for a record that not everybody may find: its name and four signs by chance, at most 80 characters.

    Always with them: a name that were free for some and taken for others would say that there is one more of it.
    """
    base = slugify(name)[:70].strip("-_") or str(model._meta.model_name)
    while True:
        slug = f"{base}-{''.join(secrets.choice(_SIGNS) for _ in range(4))}"
        if not model._base_manager.filter(slug=slug).exists():
            return slug


def unique_slug(model: type[models.Model], name: str) -> str:
    """The first free slug for `name` in `model`, of which everybody may find every record.

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
