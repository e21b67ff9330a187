"""The cache in the database, in which limits, tries of codes and forms that were sent are remembered."""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.db import DatabaseCache
from django.db import connections


class LimitsDatabaseCache(DatabaseCache):
    """Django's throws out a third of what still counts when there is too much, in the order of the keys: whoever sends
    many forms would reset the limits of signing in. Here only what is over goes, however much there is."""

    def _cull(self, db: str, cursor: Any, now: Any, num: int) -> None:
        connection = connections[db]
        table, expires = (connection.ops.quote_name(each) for each in (self._table, "expires"))  # type: ignore[attr-defined]
        over = connection.ops.adapt_datetimefield_value(now)
        # What we name ourselves; the time is a parameter.
        cursor.execute(f"DELETE FROM {table} WHERE {expires} < %s", [over])  # noqa: S608
