"""`match`: what one needs another can give.

Three rules, from the surest: a need meets an offer of help (`asks`); a need meets a body that has it, by its work or
its trade (`holders`); an offer of help meets a body that could use it (`takers`).
"""

from __future__ import annotations

from collections.abc import Iterator

from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.kinds.match import asks, holders, takers
from joinedup.engines.opportunities.move import Move

NAME = "match"


def moves(context: Context) -> Iterator[Move]:
    """Every match; what an offer of help meets is not looked for elsewhere."""
    met: set[str] = set()
    for move in asks.moves(context):
        met.update(move.asks)
        yield move
    yield from holders.moves(context, met)
    yield from takers.moves(context, met)
