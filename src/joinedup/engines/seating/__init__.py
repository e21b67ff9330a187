"""Plans the tables of an event: who sits with whom, and on which topic. Pure computation, no input or
output."""

from joinedup.engines.seating.belonging import has_places, places_that_count, why
from joinedup.engines.seating.goals import goals
from joinedup.engines.seating.infeasible_counts import blockers
from joinedup.engines.seating.moves import Effect, Exchange, OpenTable, move, moves, swap, swaps
from joinedup.engines.seating.plan import plan, replan
from joinedup.engines.seating.problem import Finding, Person, Plan, Problem, Rule, Table, Topic
from joinedup.engines.seating.rules import broken, leaders

__all__ = [
    "Effect",
    "Exchange",
    "Finding",
    "OpenTable",
    "Person",
    "Plan",
    "Problem",
    "Rule",
    "Table",
    "Topic",
    "blockers",
    "broken",
    "goals",
    "has_places",
    "leaders",
    "move",
    "moves",
    "places_that_count",
    "plan",
    "replan",
    "swap",
    "swaps",
    "why",
]
