"""Work of a run in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date
from multiprocessing import get_context

from joinedup.engines.garbage_collection import collection_paused
from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.inputs import Inputs, build
from joinedup.engines.opportunities.kinds import match
from joinedup.engines.opportunities.move import Move


@contextmanager
def matches_beside(inputs: Inputs, as_of: date) -> Iterator[Future[list[Move]]]:
    """The moves of kind `match`, which are few and dear, worked out in a fresh process while the caller goes on."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        yield pool.submit(matches, inputs, as_of)


def matches(inputs: Inputs, as_of: date) -> list[Move]:
    """The moves of kind `match` of these inputs."""
    with collection_paused():
        return list(match.moves(Context(build(inputs, as_of))))
