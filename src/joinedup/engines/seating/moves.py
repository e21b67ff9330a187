"""Manual changes: one person moves to another table, or two people change places, and what it costs.

No search: goals and rules are evaluated for the plan before and after, so a page can show the effect of a
change before it is made.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

from joinedup.engines.seating.arrays import Arrays, as_arrays, table_numbers
from joinedup.engines.seating.goals import measure
from joinedup.engines.seating.problem import Finding, Plan, Problem, in_order
from joinedup.engines.seating.rules import broken, leaders

Cost = dict[str, float]


class OpenTable(NamedTuple):
    """A table that somebody could move to in one round: its cost, and the rules newly broken."""

    table: str
    cost: Cost
    newly_broken: list[Finding]


class Exchange(NamedTuple):
    """Somebody to change places with in one round: the cost, and the rules newly broken."""

    person: str
    cost: Cost
    newly_broken: list[Finding]


def move(
    problem: Problem, plan: Plan, person: str, round: int, table: str
) -> tuple[Plan, Cost, list[Finding]]:
    """Move one person to another table in one round (from 1): the new plan, its cost, and what it breaks.

    The cost is new value minus old for `topic_parties`, `new_meetings`, `sector_mix` and `interest` (negative
    for a loss), and `rules_broken`, the increase in broken rules. The findings are all those of the new plan.
    Raises ValueError for an unknown person, table or round.
    """
    _known(problem, person, round)
    _table(problem, table)
    return _Before.of(problem, plan).with_report(_moved(plan, {person: table}, round))


def moves(problem: Problem, plan: Plan, person: str, round: int) -> list[OpenTable]:
    """Every table for one person in one round (from 1), in the order of `problem.tables`; the cost as in `move`.

    `newly_broken` are findings whose sentence was not there before. The person's current table is included,
    at no cost. About 5 ms per table for 120 people. Raises ValueError for an unknown person or round.
    """
    _known(problem, person, round)
    before = _Before.of(problem, plan)
    return [
        OpenTable(table.id, *before.judged(_moved(plan, {person: table.id}, round)))
        for table in problem.tables
    ]


def swap(
    problem: Problem, plan: Plan, person: str, other: str, round: int
) -> tuple[Plan, Cost, list[Finding]]:
    """Two people change places in one round (from 1): otherwise like `move`.

    Raises ValueError if one of them has no seat in that round.
    """
    at = _seats(problem, plan, round, person, other)
    return _Before.of(problem, plan).with_report(_moved(plan, {person: at[other], other: at[person]}, round))


def swaps(problem: Problem, plan: Plan, person: str, round: int, table: str) -> list[Exchange]:
    """Everybody at `table` with whom one person could change places in one round, in order of id.

    Cost and findings as in `moves`. Raises ValueError for an unknown person, table or round.
    """
    at = _seats(problem, plan, round, person)
    _table(problem, table)
    before = _Before.of(problem, plan)
    coming = {each.id for each in problem.attending(round)} - {person}
    there = sorted({row[3] for row in plan.assignments if row[:2] == (round, table)} & coming)
    return [
        Exchange(other, *before.judged(_moved(plan, {person: table, other: at[person]}, round)))
        for other in there
    ]


@dataclass(frozen=True)
class _Before:
    """The plan before a change, evaluated once for all changes that are tried on it."""

    problem: Problem
    arrays: Arrays
    values: Cost
    findings: list[Finding]

    @classmethod
    def of(cls, problem: Problem, plan: Plan) -> "_Before":
        arrays = as_arrays(problem)
        return cls(
            problem, arrays, _values(measure(arrays, *table_numbers(arrays, plan))), broken(problem, plan)
        )

    def with_report(self, moved: Plan) -> tuple[Plan, Cost, list[Finding]]:
        """The plan with its new value and leaders in its report, the cost, and all broken rules."""
        goals = measure(self.arrays, *table_numbers(self.arrays, moved))
        findings = broken(self.problem, moved)
        report = {
            **moved.report,
            "goals": goals,
            "broken": [each.as_dict() for each in findings],
            "leaders": [
                [number, table, who] for (number, table), who in leaders(self.problem, moved).items()
            ],
        }
        return replace(moved, report=report), self._cost(_values(goals), findings), findings

    def judged(self, moved: Plan) -> tuple[Cost, list[Finding]]:
        """The cost of a changed plan, and the rules newly broken."""
        findings = broken(self.problem, moved)
        values = _values(measure(self.arrays, *table_numbers(self.arrays, moved)))
        said = {each.sentence for each in self.findings}
        return self._cost(values, findings), [each for each in findings if each.sentence not in said]

    def _cost(self, values: Cost, findings: list[Finding]) -> Cost:
        cost = {goal: round(value - self.values[goal], 6) for goal, value in values.items()}
        return {**cost, "rules_broken": float(len(findings) - len(self.findings))}


def _values(goals: dict[str, dict[str, float | None]]) -> Cost:
    return {
        "topic_parties": float(goals["topic_parties"]["value"] or 0),
        "new_meetings": float(goals["new_meetings"]["value"] or 0),
        "sector_mix": float(goals["sector_mix"]["value"] or 0),
        "interest": float(goals["interest"]["value"] or 0),
    }


def _moved(plan: Plan, to: dict[str, str], number: int) -> Plan:
    """The plan with each person in `to` moved to the given table, in one round."""
    topics = {row[1]: row[2] for row in plan.assignments if row[0] == number}
    rows = [row for row in plan.assignments if row[0] != number or row[3] not in to]
    rows += [(number, table, topics.get(table), who) for who, table in to.items()]
    return replace(plan, assignments=in_order(rows))


def _known(problem: Problem, person: str, number: int) -> None:
    known = next((each for each in problem.people if each.id == person), None)
    if known is None or not 1 <= number <= problem.rounds or not known.attends(number):
        raise ValueError(f"{person} is not there in round {number}.")


def _table(problem: Problem, table: str) -> None:
    if table not in {each.id for each in problem.tables}:
        raise ValueError(f"There is no table {table}.")


def _seats(problem: Problem, plan: Plan, number: int, *people: str) -> dict[str, str]:
    """The table of each of these people in one round. Raises ValueError if one has none."""
    at = {row[3]: row[1] for row in plan.assignments if row[0] == number}
    for person in people:
        _known(problem, person, number)
        if person not in at:
            raise ValueError(f"{person} has no seat in round {number}.")
    return at
