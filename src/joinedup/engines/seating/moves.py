"""Manual changes: one person moves to another table, or two people change places, and what it costs.

No search: goals and rules are evaluated for the plan before and after, so a page can show the effect of a
change before it is made.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from joinedup.engines.seating.arrays import Arrays, Bools, Ints, as_arrays, rank_at, table_numbers
from joinedup.engines.seating.goals import measure, same_table, together
from joinedup.engines.seating.problem import Finding, Plan, Problem, in_order
from joinedup.engines.seating.rules import broken, leaders

Cost = dict[str, float]


class Effect(NamedTuple):
    """Whom a change in one round touches, by id. All but `nowhere` is about that round.

    `lose` and `gain`: people who no longer sit at a topic where they belong, and who do now and did not before;
    `nowhere`: those of `lose` who then have no such table in any round. `meet_nobody`: people who met somebody new and
    no longer do; `meet_somebody`: the reverse. `meetings`: new meetings more (or fewer, below 0). `parted` and
    `joined`: topics that no longer have all their parties at one table, and those that do now. `one_sector`: tables
    that become of one sector.
    """

    lose: list[str]
    gain: list[str]
    nowhere: list[str]
    meet_nobody: list[str]
    meet_somebody: list[str]
    meetings: int
    parted: list[str]
    joined: list[str]
    one_sector: list[str]


class OpenTable(NamedTuple):
    """A table that somebody could move to in one round: its cost, the rules newly broken, and whom it touches."""

    table: str
    cost: Cost
    newly_broken: list[Finding]
    effect: Effect


class Exchange(NamedTuple):
    """Somebody to change places with in one round: the cost, the rules newly broken, and whom it touches."""

    person: str
    cost: Cost
    newly_broken: list[Finding]
    effect: Effect


def move(
    problem: Problem, plan: Plan, person: str, round: int, table: str
) -> tuple[Plan, Cost, list[Finding]]:
    """Move one person to another table in one round (from 1): the new plan, its cost, and what it breaks.

    The cost is new value minus old for `topic_parties`, `belonging`, `new_meetings` and `sector_mix` (negative
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
        OpenTable(table.id, *before.judged(_moved(plan, {person: table.id}, round), round))
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
        Exchange(other, *before.judged(_moved(plan, {person: table, other: at[person]}, round), round))
        for other in there
    ]


@dataclass(frozen=True)
class _Before:
    """The plan before a change, evaluated once for all changes that are tried on it."""

    problem: Problem
    arrays: Arrays
    seats: Ints
    topic_at: Ints
    values: Cost
    findings: list[Finding]

    @classmethod
    def of(cls, problem: Problem, plan: Plan) -> "_Before":
        arrays = as_arrays(problem)
        seats, topic_at = table_numbers(arrays, plan)
        values = _values(measure(arrays, seats, topic_at))
        return cls(problem, arrays, seats, topic_at, values, broken(problem, plan))

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

    def judged(self, moved: Plan, number: int) -> tuple[Cost, list[Finding], Effect]:
        """The cost of a plan changed in one round (from 1), the rules newly broken, and whom it touches."""
        findings = broken(self.problem, moved)
        seats, topic_at = table_numbers(self.arrays, moved)
        values = _values(measure(self.arrays, seats, topic_at))
        said = {each.sentence for each in self.findings}
        new = [each for each in findings if each.sentence not in said]
        return self._cost(values, findings), new, self._effect(seats, topic_at, number - 1)

    def _effect(self, seats: Ints, topic_at: Ints, row: int) -> Effect:
        arrays = self.arrays
        was = np.asarray(rank_at(arrays, self.seats, self.topic_at) > 0)
        now = np.asarray(rank_at(arrays, seats, topic_at) > 0)
        met, meets = (_meets_somebody(arrays, each, row) for each in (self.seats, seats))
        whole, wholly = (_whole(arrays, *each) for each in ((self.seats, self.topic_at), (seats, topic_at)))
        sectors, sector = (_of_one_sector(arrays, each[row]) for each in (self.seats, seats))
        return Effect(
            lose=self._ids(was[row] & ~now[row]),
            gain=self._ids(now[row] & ~was[row]),
            nowhere=self._ids(np.asarray(was.any(axis=0) & ~now.any(axis=0))),
            meet_nobody=self._ids(met & ~meets),
            meet_somebody=self._ids(meets & ~met),
            meetings=_meetings(arrays, seats) - _meetings(arrays, self.seats),
            parted=sorted(whole - wholly),
            joined=sorted(wholly - whole),
            one_sector=sorted(sector - sectors),
        )

    def _ids(self, which: Bools) -> list[str]:
        return [self.arrays.people[who].id for who in np.flatnonzero(which)]

    def _cost(self, values: Cost, findings: list[Finding]) -> Cost:
        cost = {goal: round(value - self.values[goal], 6) for goal, value in values.items()}
        return {**cost, "rules_broken": float(len(findings) - len(self.findings))}


def _values(goals: dict[str, dict[str, float | None]]) -> Cost:
    return {
        "topic_parties": float(goals["topic_parties"]["value"] or 0),
        "belonging": float(goals["belonging"]["value"] or 0),
        "new_meetings": float(goals["new_meetings"]["value"] or 0),
        "sector_mix": float(goals["sector_mix"]["value"] or 0),
    }


def _meets_somebody(arrays: Arrays, seats: Ints, row: int) -> Bools:
    """(P): whether each person shares a table in this round with somebody new whom they meet in no other."""
    elsewhere = together(np.delete(seats, row, axis=0)) > 0
    return np.asarray((same_table(seats[row]) & (arrays.worth > 0) & ~elsewhere).any(axis=1))


def _meetings(arrays: Arrays, seats: Ints) -> int:
    return int(np.triu((together(seats) > 0) & (arrays.worth > 0), 1).sum())


def _whole(arrays: Arrays, seats: Ints, topic_at: Ints) -> set[str]:
    """The topics with all their parties at one table in some round."""
    found = set()
    for row, table in np.argwhere(topic_at >= 0).tolist():
        topic = int(topic_at[row, table])
        parties = set(arrays.parties[topic])
        if parties and parties <= set(arrays.partner[seats[row] == table].tolist()):
            found.add(arrays.topics[topic].id)
    return found


def _of_one_sector(arrays: Arrays, row: Ints) -> set[str]:
    """The tables where several people sit and all are of one known sector."""
    found = set()
    for number, table in enumerate(arrays.tables):
        there = arrays.sector[row == number]
        if len(there) > 1 and there[0] >= 0 and (there == there[0]).all():
            found.add(table.id)
    return found


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
