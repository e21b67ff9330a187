"""Shared test records, created once for as long as consecutive tests start from the same ones.

A layer is created in a transaction that stays open, on top of the layer it builds on. A test runs in its own
transaction within these, which is rolled back at its end, and gets a copy of what the layer's maker returned:
no test sees the effects of another. Before a test that starts from something else, the layers are rolled
back.

A test that really commits cannot run in an open transaction: its records are created for it alone.
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
    """`makers`: for each layer's name, the layer below ("" for none) and the function that creates it."""

    def __init__(self) -> None:
        self.makers: dict[str, tuple[str, Callable[..., Any]]] = {}
        self._layers: list[tuple[str, transaction.Atomic, Any]] = []
        self._given: dict[str, Any] = {}
        self._blocker: Any = None

    def chain(self, item: pytest.Item) -> list[str]:
        """The layers that a test builds on, the lowest first; of several stacks the highest."""
        fixtures = getattr(item, "fixturenames", ())
        if "db" not in fixtures or COMMITS & set(fixtures) or item.get_closest_marker("django_db"):
            return []
        piles = [self._pile(name) for name in self.makers if name in fixtures]
        return max(piles, key=len, default=[])

    def _pile(self, name: str) -> list[str]:
        below = self.makers[name][0]
        return [*(self._pile(below) if below else ()), name]

    def keep(self, wanted: list[str]) -> None:
        """Roll back layers down to the last one that is `wanted`."""
        self._given = {}
        good = 0
        while good < min(len(wanted), len(self._layers)) and self._layers[good][0] == wanted[good]:
            good += 1
        if self._layers and (connection.closed_in_transaction or connection.needs_rollback):
            good = 0
        while len(self._layers) > good:
            self._take_away()

    def build(self, wanted: list[str], blocker: Any) -> None:
        """Create the layers that are `wanted` and missing; the next test gets copies of all. The mailbox and
        the cache are cleared of what that left, as tests after the first would not find it either."""
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
        """A layer's records, from its maker, whose parameters name lower layers, as in fixtures."""
        make = self.makers[name][1]
        return make(**{each: found(each) for each in inspect.signature(make).parameters})

    def _put_up(self, name: str) -> None:
        block = transaction.atomic()
        block._from_testcase = True  # like those of Django's own tests, in which durable blocks are allowed
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
    """A fixture whose records are kept for more than one test. Its result must be copyable."""

    def decorate(make: Callable[..., Any]) -> Any:
        name = make.__name__
        standing.makers[name] = (on, make)

        @pytest.fixture(name=name)
        def given(db: None) -> Any:
            return standing.given(name)

        return given

    return decorate
