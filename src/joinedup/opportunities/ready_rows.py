"""Rows made ready before a transaction, so that nothing is left to do in it but to write them.

A statement is run once for all of its rows, whose values are as the database takes them. Django's own bulk methods make
SQL and values while they write, which for thousands of rows takes several times as long as the writing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models


@dataclass(frozen=True)
class Statement:
    """`rows`: the values of the statement, for each time that it is run."""

    sql: str
    rows: Sequence[tuple[Any, ...]]

    def run(self) -> None:
        """At most one query, however many rows."""
        if self.rows:
            with connection.cursor() as cursor:
                cursor.executemany(self.sql, self.rows)


@dataclass(frozen=True)
class ByName:
    """New rows that lead to what is stored in the same transaction, whose keys are known only then. `rows`: each begins
    with the name of what it leads to."""

    sql: str
    rows: Sequence[tuple[Any, ...]]

    def run(self, pks: Mapping[str, int], *last: Any) -> None:
        """`pks`: the key of each name. `last`: ready values that all rows end with. At most one query."""
        Statement(self.sql, [(pks[name], *rest, *last) for name, *rest in self.rows]).run()

    def part(self, numbers: Mapping[str, int], number: int) -> ByName:
        """The rows of the names that have this number, which is 0 for those that are not in `numbers`."""
        return ByName(self.sql, [row for row in self.rows if numbers.get(row[0], 0) == number])


# Names in the SQL below come from models; whatever comes from records is a value.


def insert(model: type[models.Model], names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> Statement:
    """New rows of a model, from values as they are (a key for a link). They get their keys when they are written."""
    fields = _fields(model, names)
    return Statement(_inserting(model, fields), [ready(fields, row) for row in rows])


def insert_by_name(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[tuple[Any, ...]],
    *,
    last: Sequence[str] = (),
) -> ByName:
    """As `insert`: the first name is that of the link, whose value is a name; those in `last` have no values yet."""
    fields = _fields(model, names)
    sql = _inserting(model, [*fields, *_fields(model, last)])
    return ByName(sql, [(name, *ready(fields[1:], rest)) for name, *rest in rows])


def update(
    model: type[models.Model], names: Sequence[str], rows: Iterable[tuple[Any, tuple[Any, ...]]]
) -> Statement:
    """Other values for rows of a model, each given with its key."""
    fields = _fields(model, names)
    given = ", ".join(f"{_column(field)} = %s" for field in fields)
    sql = f"UPDATE {_table(model)} SET {given} WHERE {_column(model._meta.pk)} = %s"  # noqa: S608
    return Statement(sql, [(*ready(fields, values), pk) for pk, values in rows])


def delete(model: type[models.Model], names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> Statement:
    """No longer these rows of a model, by values that tell which. Nothing may hang on them: the database refuses it."""
    fields = _fields(model, names)
    which = " AND ".join(f"{_column(field)} = %s" for field in fields)
    sql = f"DELETE FROM {_table(model)} WHERE {which}"  # noqa: S608
    return Statement(sql, [ready(fields, row) for row in rows])


def _fields(model: type[models.Model], names: Sequence[str]) -> list[Any]:
    return [model._meta.get_field(name) for name in names]


def _inserting(model: type[models.Model], fields: Sequence[Any]) -> str:
    columns, places = ", ".join(_column(field) for field in fields), ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {_table(model)} ({columns}) VALUES ({places})"  # noqa: S608


def ready(fields: Sequence[Any], values: Sequence[Any]) -> tuple[Any, ...]:
    """Values as the database takes them."""
    return tuple(
        field.get_db_prep_save(value, connection) for field, value in zip(fields, values, strict=True)
    )


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _column(field: Any) -> str:
    return connection.ops.quote_name(field.column)
