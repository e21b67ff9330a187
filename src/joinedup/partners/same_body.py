"""Which records have a name or an identifier already: asked for each body that is added, so each question has an
index."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce, Lower

from joinedup.partners.models import Partner


def keys_of_name(name: str) -> QuerySet[Any]:
    """Keys of the records of that name, however their apostrophes and their “and” are written, and of those that one of
    that name became part of; everywhere."""
    spellings = [Lower(Value(each)) for each in _spellings(name)]
    found = Partner.every.alias(lower_name=Lower("name")).filter(lower_name__in=spellings)
    return found.order_by().values_list(Coalesce("merged_into_id", "pk"), flat=True)


def keys_of_numbers(numbers: Mapping[str, str]) -> QuerySet[Any]:
    """Keys of the records, but for branches, that have one of these identifiers (by kind), and of what became part of
    another; everywhere."""
    same = Q()
    for kind, number in numbers.items():
        same |= Q(**{kind: number})
    return Partner.every.filter(same, is_branch=False).order_by().values_list("pk", flat=True)


def _spellings(name: str) -> list[str]:
    """As it is, with ’ or with ', with & or with and."""
    apostrophes = {name, name.replace("’", "'"), name.replace("'", "’")}
    with_and = {each.replace("&", "and") for each in apostrophes}
    with_sign = {re.sub(" and ", " & ", each, flags=re.IGNORECASE) for each in apostrophes}
    return sorted(apostrophes | with_and | with_sign)
