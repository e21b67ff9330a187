"""Opportunities to work together: moves of named partners on one theme in one place. Pure functions over frames.

`opportunities(inputs, as_of)` is the way in; `docs/methods/opportunities.md` says what it does and why.
"""

from joinedup.engines.opportunities.inputs import Inputs
from joinedup.engines.opportunities.move import Because, Move, Opportunity, Party
from joinedup.engines.opportunities.run import Gap, Left, Result, Settings, is_shelf, opportunities

__all__ = [
    "Because",
    "Gap",
    "Inputs",
    "Left",
    "Move",
    "Opportunity",
    "Party",
    "Result",
    "Settings",
    "is_shelf",
    "opportunities",
]
