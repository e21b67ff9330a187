"""What no plan can reach more of: the assignment of people to seats at topics, relaxed, as a linear programme."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from joinedup.engines.seating import Problem
from joinedup.engines.seating.arrays import as_arrays, most_seats
from joinedup.engines.seating.belonging import FALL, VALUES


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


def relaxed(problem: Problem) -> float:
    """The most belonging of any plan, agenda free: nobody at a topic twice unless they can lead it, a person's n-th
    topic counting what their n-th round counts, each topic at least once on a table where the tables allow it, and at
    each topic no more people than the seats of its tables (the largest first)."""
    arrays = as_arrays(problem)
    people, topics, rounds = len(arrays.people), len(arrays.topics), problem.rounds
    if not topics or not people or not problem.topic_places():
        return 0.0
    slots = sorted((n for row in arrays.present for n in most_seats(arrays, int(row.sum()))), reverse=True)
    seat = np.arange(people * rounds * topics).reshape(people, rounds, topics)
    held = seat.size + np.arange(topics * len(slots)).reshape(topics, len(slots))
    width = seat.size + held.size
    worth = FALL ** np.arange(rounds)[None, :, None] * np.array(VALUES)[arrays.rank][:, None, :]
    rows = _Programme()
    for who in range(people):
        there = int(arrays.present[:, who].sum())
        for turn in range(rounds):
            rows.add(seat[who, turn], [1] * topics, 1 if turn < there else 0)
        for topic in range(topics) if not arrays.facilitates[who] else ():
            rows.add(seat[who, :, topic], [1] * rounds, 1)
    for topic in range(topics):
        here = seat[:, :, topic].ravel()
        rows.add([*here, *held[topic]], [1] * len(here) + [-size for size in slots], 0)
        if topics <= problem.topic_places():
            rows.add(held[topic], [-1] * len(slots), -1)
    for slot in range(len(slots)):
        rows.add(held[:, slot], [1] * topics, 1)
    cost = np.zeros(width)
    cost[: seat.size] = -worth.ravel()
    found = linprog(cost, A_ub=rows.matrix(width), b_ub=rows.most, bounds=(0, 1), method="highs")
    return float(-found.fun)
