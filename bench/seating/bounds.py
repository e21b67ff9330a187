"""What no plan can reach more of: the assignment of people to seats at topics, relaxed, as a linear programme."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from joinedup.engines.seating import Problem
from joinedup.engines.seating.arrays import Arrays, as_arrays, most_seats
from joinedup.engines.seating.belonging import FALL, VALUES
from joinedup.engines.seating.problem import TOGETHER, YOUNG_PERSON
from joinedup.engines.seating.rules import accompanies


class _Programme:
    """Rows of a linear programme, one after the other."""

    def __init__(self) -> None:
        self.rows: list[tuple[list[int], list[float]]] = []
        self.most: list[float] = []

    def add(self, columns: Any, values: Any, most: float) -> None:
        self.rows.append((list(columns), list(values)))
        self.most.append(most)

    def matrix(self, width: int) -> Any:
        number = [n for n, (columns, _) in enumerate(self.rows) for _ in columns]
        columns = [column for columns, _ in self.rows for column in columns]
        values = [value for _, values in self.rows for value in values]
        return csr_array((values, (number, columns)), shape=(len(self.rows), width))


def relaxed(problem: Problem, *, rules: bool = False) -> float:
    """The most belonging of any plan, agenda free: nobody at a topic twice unless they can lead it, a person's n-th
    topic counting what their n-th round counts, each topic at least once on a table where the tables allow it, and at
    each topic no more people than the seats of its tables (the largest first).

    With `rules` also: everybody has a seat in every round they are there, each table of a topic somebody who can lead
    it, and those who stay together in every round are at the same topics. It wants an event that can be seated.
    """
    arrays = as_arrays(problem)
    people, topics, rounds = len(arrays.people), len(arrays.topics), problem.rounds
    if not topics or not people or not problem.topic_places():
        return 0.0
    slots = sorted((n for row in arrays.present for n in most_seats(arrays, int(row.sum()))), reverse=True)
    seat = np.arange(people * rounds * topics).reshape(people, rounds, topics)
    held = seat.size + np.arange(topics * len(slots)).reshape(topics, len(slots))
    # A seat where somebody is not at a topic that counts for them.
    idle = seat.size + held.size + np.arange(people * topics).reshape(people, topics)
    width = seat.size + held.size + (idle.size if rules else 0)
    worth = FALL ** np.arange(rounds)[None, :, None] * np.array(VALUES)[arrays.rank][:, None, :]
    rows = _Programme()
    for who in range(people):
        there = int(arrays.present[:, who].sum())
        for turn in range(rounds):
            rows.add(seat[who, turn], [1] * topics, 1 if turn < there else 0)
        for topic in range(topics) if not arrays.facilitates[who] else ():
            rows.add(_there(seat, idle, [who], topic, rules), [1] * (rounds + rules), 1)
    for topic in range(topics):
        here = _there(seat, idle, range(people), topic, rules)
        rows.add([*here, *held[topic]], [1] * len(here) + [-size for size in slots], 0)
        if topics <= problem.topic_places():
            rows.add(held[topic], [-1] * len(slots), -1)
    for slot in range(len(slots)):
        rows.add(held[:, slot], [1] * topics, 1)
    if rules and len(problem.topics) == problem.topic_places():
        _more_rules(rows, problem, arrays, seat, idle, held)
    cost = np.zeros(width)
    cost[: seat.size] = -worth.ravel()
    found = linprog(cost, A_ub=rows.matrix(width), b_ub=rows.most, bounds=(0, 1), method="highs")
    return float(-found.fun)


def _there(seat: Any, idle: Any, people: Any, topic: int, rules: bool) -> list[int]:
    """The columns that put these people at a topic."""
    found = seat[list(people), :, topic].ravel().tolist()
    return found + (idle[list(people), topic].tolist() if rules else [])


def _more_rules(rows: _Programme, problem: Problem, arrays: Arrays, seat: Any, idle: Any, held: Any) -> None:
    for who in range(len(arrays.people)):
        everywhere = [*seat[who].ravel(), *idle[who]]
        rows.add(everywhere, [-1] * len(everywhere), -int(arrays.present[:, who].sum()))
    able = np.flatnonzero(arrays.facilitates)
    for topic in range(len(arrays.topics)) if len(able) else ():
        here = _there(seat, idle, able, topic, True)
        rows.add([*here, *held[topic]], [-1] * len(here) + [1] * held.shape[1], 0)
    for one, other in _pairs(problem, arrays):
        for topic in range(len(arrays.topics)):
            ours, theirs = (_there(seat, idle, [who], topic, True) for who in (one, other))
            rows.add([*ours, *theirs], [1] * len(ours) + [-1] * len(theirs), 0)
            rows.add([*ours, *theirs], [-1] * len(ours) + [1] * len(theirs), 0)


def _pairs(problem: Problem, arrays: Arrays) -> list[tuple[int, int]]:
    """Who stays together in every round: by a rule, or a young person and the only companion of their host."""
    index = {person.id: number for number, person in enumerate(arrays.people)}
    found = [
        (index[rule.people[0]], index[other])
        for rule in problem.rules
        if rule.kind == TOGETHER and set(rule.people) <= index.keys()
        for other in rule.people[1:]
    ]
    for young in problem.people:
        adults = [each for each in problem.people if accompanies(each, young)]
        if YOUNG_PERSON in young.roles and len(adults) == 1:
            found.append((index[young.id], index[adults[0].id]))
    return [(a, b) for a, b in found if (arrays.present[:, a] == arrays.present[:, b]).all()]
