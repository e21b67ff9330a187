"""Opportunities to work together: pure functions over tables, with no memory and no input or output.

`opportunities(tables, as_of)` is the way in; `docs/methods/matching.md` says what it does and why.
"""

from joinedup.engines.matching.beside import Beside, beside, beside_scene
from joinedup.engines.matching.engine import Result, opportunities
from joinedup.engines.matching.following import Change, Followed, Touched, follow, touched, update
from joinedup.engines.matching.opportunity import Opportunity
from joinedup.engines.matching.people import introductions
from joinedup.engines.matching.score import WEIGHTS, Weights, band
from joinedup.engines.matching.shortlist import shortlist
from joinedup.engines.matching.tables import Tables, normalise
from joinedup.engines.matching.why_not import why_not

__all__ = [
    "WEIGHTS",
    "Beside",
    "Change",
    "Followed",
    "Opportunity",
    "Result",
    "Tables",
    "Touched",
    "Weights",
    "band",
    "beside",
    "beside_scene",
    "follow",
    "introductions",
    "normalise",
    "opportunities",
    "shortlist",
    "touched",
    "update",
    "why_not",
]
