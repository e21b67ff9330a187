"""Records that many tests start from, made once for as long as the tests in a row start from the same.

A layer is made in a transaction that stays open, over the layer that it builds on. A test works in a transaction of its
own within these, which is undone at its end, and gets a copy of what the layer's maker returned: no test sees what
another did. Before a test that starts from something else, the layers are taken away.

A test that really commits cannot stand in an open transaction: what it asks for is made for it alone.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction

COMMITS = {"transactional_db", "live_server"}


class Standing:
    """`makers`: by a layer's name, the layer below ("" for none) and what makes it from that one."""

    def __init__(self) -> None:
        self.makers: dict[str, tuple[str, Callable[..., Any]]] = {}
        self._layers: list[tuple[str, transaction.Atomic, Any]] = []
        self._given: dict[str, Any] = {}
        self._blocker: Any = None

    def chain(self, item: pytest.Item) -> list[str]:
        """The layers that a test stands on, the lowest first; of several piles the highest."""
        fixtures = getattr(item, "fixturenames", ())
        if "db" not in fixtures or COMMITS & set(fixtures) or item.get_closest_marker("django_db"):
            return []
        piles = [self._pile(name) for name in self.makers if name in fixtures]
        return max(piles, key=len, default=[])

    def _pile(self, name: str) -> list[str]:
        below = self.makers[name][0]
        return [*(self._pile(below) if below else ()), name]

    def keep(self, wanted: list[str]) -> None:
        """Take away what stands, down to where it is what is `wanted`."""
        self._given = {}
        good = 0
        while good < min(len(wanted), len(self._layers)) and self._layers[good][0] == wanted[good]:
            good += 1
        if self._layers and (connection.closed_in_transaction or connection.needs_rollback):
            good = 0
        while len(self._layers) > good:
            self._take_away()

    def build(self, wanted: list[str], blocker: Any) -> None:
        """Make what is `wanted` and does not stand yet; copies of it all are for the next test. What making it left in
        the mailbox and the cache goes, as the tests after the first find none of it."""
        self._blocker = blocker
        new = wanted[len(self._layers) :]
        for name in new:
            self._put_up(name)
        if new:
            mail.outbox.clear()
            cache.clear()
        self._given = copy.deepcopy({name: made for name, _, made in self._layers})

    def given(self, name: str) -> Any:
        if name not in self._given:
            self._given[name] = self._make(name, self.given)
        return self._given[name]

    def _make(self, name: str, found: Callable[[str], Any]) -> Any:
        """A layer's records, by its maker, which names those of the layers below it that it needs, as fixtures do."""
        make = self.makers[name][1]
        return make(**{each: found(each) for each in inspect.signature(make).parameters})

    def _put_up(self, name: str) -> None:
        block = transaction.atomic()
        block._from_testcase = True  # as those of Django's own tests, which durable blocks may stand in
        with self._blocker.unblock():
            block.__enter__()
            self._layers.append((name, block, None))
            try:
                standing_now = {each: made for each, _, made in self._layers}
                made = self._make(name, standing_now.__getitem__)
                connection.check_constraints()
            except BaseException:
                self._take_away()
                raise
        self._layers[-1] = (name, block, made)

    def _take_away(self) -> None:
        _, block, _ = self._layers.pop()
        with self._blocker.unblock(), suppress(DatabaseError):
            if not connection.closed_in_transaction:
                connection.needs_rollback = True
            block.__exit__(None, None, None)


standing = Standing()


def layer(*, on: str = "") -> Callable[[Callable[..., Any]], Any]:
    """A fixture whose records stand for more than one test. What it returns has to bear copying."""

    def decorate(make: Callable[..., Any]) -> Any:
        name = make.__name__
        standing.makers[name] = (on, make)

        @pytest.fixture(name=name)
        def given(db: None) -> Any:
            return standing.given(name)

        return given

    return decorate
