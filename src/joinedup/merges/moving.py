"""Moves every row that leads to one record of a body to the other, and back again.

The relations are asked of the models, so that none can be forgotten; what becomes of each is in `rules.py`.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, models, transaction

from joinedup.partners.models import Partner


@dataclass
class Moving:
    """From `gone` to `kept`; `moved` is what it takes to go back, in order."""

    gone: Partner
    kept: Partner
    moved: list[dict[str, Any]] = field(default_factory=list)

    def change(self, row: models.Model, **values: Any) -> bool:
        """Set fields of a row, by their columns, past its signals; False if a rule of the database is against it, and
        then it is as before."""
        model = type(row)
        was = {name: as_json(getattr(row, name)) for name in values}
        try:
            with transaction.atomic():
                model._base_manager.filter(pk=row.pk).update(**values)
        except IntegrityError:
            return False
        for name, value in values.items():
            setattr(row, name, value)
        now = {name: as_json(value) for name, value in values.items()}
        self.moved.append({"model": model._meta.label, "pk": row.pk, "was": was, "now": now})
        return True

    def drop(self, row: models.Model) -> None:
        """Take out a row that says what another says already."""
        self.moved.append({"model": row._meta.label, "row": columns_of(row)})
        type(row)._base_manager.filter(pk=row.pk).delete()

    def note_changes(self, row: models.Model, was: Mapping[str, Any], together: tuple[str, ...]) -> None:
        """Remember what was saved in a row, field by field, `was` as `columns_of` gave it before; some `together`."""
        now = columns_of(row)
        for names in (together, *((name,) for name in was if name not in together)):
            entry = {"was": {name: was[name] for name in names}, "now": {name: now[name] for name in names}}
            if entry["was"] != entry["now"]:
                self.moved.append({"model": row._meta.label, "pk": row.pk, **entry})


# What becomes of the rows of one relation, beside those of the body that is kept.
Rule = Callable[[Moving, str, list[Any]], None]


def as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date | datetime.datetime) else value


def columns_of(row: models.Model) -> dict[str, Any]:
    """The row as JSON values, by column."""
    return {each.attname: as_json(getattr(row, each.attname)) for each in row._meta.concrete_fields}


def relations() -> dict[str, tuple[type[models.Model], str]]:
    """Every column of the database that leads to a partner, by "app.Model.field": (model, name of the column). Lists of
    many to many are among them, as the rows that they are stored in."""
    found = {}
    for relation in Partner._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and not relation.many_to_many:
            foreign: Any = relation.field  # type: ignore[union-attr]
            found[f"{foreign.model._meta.label}.{foreign.name}"] = (foreign.model, foreign.attname)
    return found


def rows_of(model: type[models.Model], column: str, partner: Partner) -> list[Any]:
    return list(model._base_manager.filter(**{column: partner.pk}).order_by("pk"))


def move_all(moving: Moving, rules: Mapping[str, Rule]) -> None:
    """Let every rule see to its relation, in the order of the rules.

    Raises LookupError if there is a relation without a rule, before anything is moved: better none than half.
    """
    every = relations()
    if unknown := sorted(every.keys() - rules.keys()):
        raise LookupError(f"What becomes of {', '.join(unknown)} when two records become one?")
    for name, rule in rules.items():
        model, column = every[name]
        rule(moving, column, rows_of(model, column, moving.gone))


def move_back(moved: Iterable[Mapping[str, Any]]) -> None:
    """Undo, the last first: rows that somebody changed or removed since stay as they are now."""
    every: dict[str, Any] = {model._meta.label: model for model, _column in relations().values()}
    for each in reversed(list(moved)):
        model = every[each["model"]]
        if "row" not in each:
            model._base_manager.filter(pk=each["pk"], **each["now"]).update(**each["was"])
            continue
        columns = {one.attname: one for one in model._meta.concrete_fields if one.attname in each["row"]}
        row = model(**{name: one.to_python(each["row"][name]) for name, one in columns.items()})
        if _has_all_it_leads_to(row):
            # Somebody may have written the same again meanwhile.
            with suppress(IntegrityError), transaction.atomic():
                row.save_base(raw=True, force_insert=True)


def _has_all_it_leads_to(row: models.Model) -> bool:
    for each in row._meta.concrete_fields:
        other: Any = each.related_model
        key = getattr(row, each.attname)
        if each.is_relation and key is not None and not other._base_manager.filter(pk=key).exists():
            return False
    return True
