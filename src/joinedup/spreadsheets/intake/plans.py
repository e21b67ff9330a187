"""What rows come to, as text to store until they are made: a row is made as it was accepted, whoever makes it and when.

A record in it stands as {"record": [app.model, key]}, an organisation that is new with the sheet as {"new": fields}, a
day as {"day": "2026-11-30"}, the facts of support as {"facts": fields}.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model

from joinedup.partners.models import Partner
from joinedup.places.models import Place
from joinedup.spreadsheets.cells import plain_name
from joinedup.spreadsheets.rows import PartnerInRow
from joinedup.support.actions import Facts
from joinedup.taxonomy.models import Sector, Theme

Known = Mapping[tuple[str, Any], Model]
MODELS: dict[str, type[Model]] = {model._meta.label: model for model in (Partner, Place, Sector, Theme)}


def to_text(value: Any) -> Any:
    """A plan, or a part of it, as JSON values. Raises TypeError for what has no form here."""
    if isinstance(value, Partner | Place | Sector | Theme):
        return {"record": [value._meta.label, value.pk]}
    if isinstance(value, PartnerInRow):
        return {"new": to_text(asdict(value))}
    if isinstance(value, Facts):
        return {"facts": {each.name: to_text(getattr(value, each.name)) for each in fields(value)}}
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return {"day": value.isoformat()}
    if isinstance(value, Mapping):
        return {str(key): to_text(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_text(each) for each in value]
    if isinstance(value, str):
        return str(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    raise TypeError(f"There is no text for {type(value).__name__}.")


def from_text(text: Any, known: Known) -> Any:
    """What `to_text` was given. Raises ValidationError where a record is not among those `known`."""
    if isinstance(text, list):
        return [from_text(each, known) for each in text]
    if not isinstance(text, dict):
        return text
    if text.keys() == {"record"}:
        label, key = text["record"]
        if (label, key) not in known:
            raise ValidationError("Something that it needs was removed meanwhile.")
        return known[label, key]
    if text.keys() == {"new"}:
        return PartnerInRow(**text["new"])
    if text.keys() == {"facts"}:
        return Facts(**from_text(text["facts"], known))
    if text.keys() == {"day"}:
        return datetime.date.fromisoformat(text["day"])
    return {key: from_text(each, known) for key, each in text.items()}


def new_names(texts: Iterable[Any]) -> set[str]:
    """What the organisations that are new with the sheet are called in plans, as names are compared."""
    return {plain_name(each["new"]["name"]) for each in _parts(texts) if each.keys() == {"new"}}


def records_of(texts: Iterable[Any]) -> dict[tuple[str, Any], Model]:
    """The records that stand in plans, by model and key, as they are now; one query a model, two for partners."""
    wanted: dict[str, set[Any]] = defaultdict(set)
    for each in _parts(texts):
        if each.keys() == {"record"}:
            wanted[each["record"][0]].add(each["record"][1])
    found: dict[tuple[str, Any], Model] = {}
    for label, keys in wanted.items():
        model = MODELS[label]
        some = model._base_manager.all()
        # Who may change a partner depends on the partnerships that it is in.
        some = some.prefetch_related("footprints") if model is Partner else some
        found |= {(label, key): each for key, each in some.in_bulk(keys).items()}
    return found


def _parts(texts: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Everything in plans that has keys, also what stands in another."""
    waiting = list(texts)
    while waiting:
        text = waiting.pop()
        if isinstance(text, list):
            waiting += text
        elif isinstance(text, dict):
            yield text
            waiting += text.values()
