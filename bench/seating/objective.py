"""One scale for plans, whoever made them."""

from __future__ import annotations

import numpy as np

from joinedup.engines.seating import Plan, Problem
from joinedup.engines.seating.arrays import as_arrays, table_numbers
from joinedup.engines.seating.goals import measure, together
from joinedup.engines.seating.search import BELONGING, MIX


def whole(problem: Problem, plan: Plan) -> tuple[float, float]:
    """The whole objective, to be compared in order: the first goal; the other three, in new meetings."""
    arrays = as_arrays(problem)
    seats, topic_at = table_numbers(arrays, plan)
    goals = measure(arrays, seats, topic_at)
    mixed = int(np.triu(together(seats) * arrays.mixes, 1).sum())
    rest = BELONGING * goals["belonging"]["value"] + goals["new_meetings"]["score"] + MIX * mixed
    return goals["topic_parties"]["value"], round(rest, 2)
