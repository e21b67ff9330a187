"""The same task as a model for CP-SAT, a solver that the product does not use (a development dependency)."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from joinedup.engines.seating import Person, Plan, Problem
from joinedup.engines.seating.arrays import Arrays, as_arrays
from joinedup.engines.seating.belonging import FALL, VALUES
from joinedup.engines.seating.rules import accompanies
from joinedup.engines.seating.search import BELONGING, MIX

# More processes than cores: CP-SAT mixes its strategies, and those that search neighbourhoods help most here.
WORKERS = 8
# Hundredths of a new meeting, so that every weight is a whole number.
UNIT = 100

Slot = tuple[int, str]


class Seats:
    """Every hard rule as constraints, and the whole of the first goal: each topic has all its parties at one table.

    It wants a place for each topic. Facilitators may come back to a topic even where they do not lead it, which makes
    the model's task the easier one.
    """

    def __init__(self, problem: Problem) -> None:
        if len(problem.topics) > problem.topic_places():
            raise ValueError("The model is for no more topics than there are tables in all rounds.")
        self.problem, self.model = problem, cp_model.CpModel()
        self.slots = [(r, t.id) for r in range(1, problem.rounds + 1) for t in problem.tables]
        suits = {(p.id, t.id): set(p.access) <= set(t.access) for p in problem.people for t in problem.tables}
        self.x = {
            (p.id, slot): self.model.new_bool_var("")
            for p in problem.people
            for slot in self.slots
            if p.attends(slot[0]) and suits[p.id, slot[1]]
        }
        self._seats()
        self._rules()
        self.y = self._topics()

    def _at(self, person: str, slot: Slot) -> Any:
        return self.x.get((person, slot), 0)

    def _seats(self) -> None:
        model, problem = self.model, self.problem
        for p in problem.people:
            for r in range(1, problem.rounds + 1):
                if p.attends(r):
                    model.add_exactly_one(
                        self.x[p.id, (r, t.id)] for t in problem.tables if (p.id, (r, t.id)) in self.x
                    )
        leads = [p.id for p in problem.people if "facilitator" in p.roles]
        young = [p for p in problem.people if "young_person" in p.roles]
        sizes = {t.id: t for t in problem.tables}
        for slot in self.slots:
            here = sum(self._at(p.id, slot) for p in problem.people)
            model.add_linear_constraint(here, sizes[slot[1]].seats_min, sizes[slot[1]].seats_max)
            if leads:
                model.add(sum(self._at(who, slot) for who in leads) >= 1)
            for p in young:
                adults = [a.id for a in problem.people if accompanies(a, p)]
                model.add(sum(self._at(a, slot) for a in adults) >= self._at(p.id, slot))

    def _rules(self) -> None:
        person = {p.id: p for p in self.problem.people}
        for rule in self.problem.rules:
            for one, other in combinations(sorted(set(rule.people) & set(person)), 2):
                for slot in self.slots:
                    if person[one].attends(slot[0]) and person[other].attends(slot[0]):
                        if rule.kind == "together":
                            self.model.add(self._at(one, slot) == self._at(other, slot))
                        else:
                            self.model.add(self._at(one, slot) + self._at(other, slot) <= 1)

    def _topics(self) -> dict[tuple[str, Slot], Any]:
        """The agenda, with somebody of each party at its topic's table."""
        model, problem = self.model, self.problem
        y = {(k.id, slot): model.new_bool_var("") for k in problem.topics for slot in self.slots}
        if not problem.topics:
            return y
        for slot in self.slots:
            model.add_exactly_one(y[k.id, slot] for k in problem.topics)
        of: dict[str, list[str]] = defaultdict(list)
        for p in problem.people:
            of[p.partner].append(p.id)
        for k in problem.topics:
            if len(problem.topics) == len(self.slots):
                model.add_exactly_one(y[k.id, slot] for slot in self.slots)
                whole = y
            else:
                model.add_at_least_one(y[k.id, slot] for slot in self.slots)
                self._once(k.id, y)
                whole = {(k.id, slot): model.new_bool_var("") for slot in self.slots}
                model.add_at_least_one(whole.values())
                for slot in self.slots:
                    model.add(whole[k.id, slot] <= y[k.id, slot])
            for slot in self.slots:
                for party in problem.parties_here(k):
                    model.add(sum(self._at(who, slot) for who in of[party]) >= whole[k.id, slot])
        return y

    def _once(self, topic: str, y: dict[tuple[str, Slot], Any]) -> None:
        """Nobody comes to a topic twice, but for those who can lead."""
        for p in self.problem.people:
            if "facilitator" in p.roles:
                continue
            there = []
            for slot in self.slots:
                if (p.id, slot) in self.x:
                    both = self.model.new_bool_var("")
                    self.model.add(both >= self.x[p.id, slot] + y[topic, slot] - 1)
                    there.append(both)
            self.model.add_at_most_one(there)

    def hint(self, plan: Plan) -> None:
        """Start from a plan."""
        seated = {(who, (r, t)) for r, t, _, who in plan.assignments}
        about = {(topic, (r, t)) for r, t, topic, _ in plan.assignments}
        for key, variable in self.x.items():
            self.model.add_hint(variable, key in seated)
        for key, variable in self.y.items():
            self.model.add_hint(variable, key in about)

    def solved(self, seconds: float, seed: int) -> tuple[Plan | None, float]:
        """The best plan found and the bound on the objective."""
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.num_workers = WORKERS
        solver.parameters.random_seed = seed
        if solver.solve(self.model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None, solver.best_objective_bound
        about = {slot: topic for (topic, slot), each in self.y.items() if solver.boolean_value(each)}
        rows = [
            (*slot, about.get(slot), who)
            for (who, slot), each in self.x.items()
            if solver.boolean_value(each)
        ]
        return Plan(sorted(rows, key=lambda row: (*row[:2], row[3]))), solver.best_objective_bound


def best(problem: Problem, seconds: float, seed: int = 1, warm: Plan | None = None) -> Plan | None:
    """What CP-SAT makes of the whole objective in `seconds`, from nothing or from the plan `warm`."""
    seats = Seats(problem)
    model, arrays = seats.model, as_arrays(problem)
    index = {p.id: n for n, p in enumerate(arrays.people)}
    terms: list[Any] = []
    for one, other in combinations(problem.people, 2):
        worth, mixes = (each[index[one.id], index[other.id]] for each in (arrays.worth, arrays.mixes))
        if not mixes:
            continue
        shared = [
            _same(seats, one, other, r)
            for r in range(1, problem.rounds + 1)
            if one.attends(r) and other.attends(r)
        ]
        terms += [round(UNIT * MIX) * each for each in shared]
        if worth:
            met = model.new_bool_var("")
            model.add_bool_or([*shared, ~met])
            terms.append(round(UNIT * float(worth)) * met)
    terms += _belonging(seats, arrays)
    model.maximize(sum(terms))
    if warm is not None:
        seats.hint(warm)
    return seats.solved(seconds, seed)[0]


def _belonging(seats: Seats, arrays: Arrays) -> list[Any]:
    """Each step of what belonging is worth, for each person: in how many rounds they reach it, each counting less."""
    model, problem = seats.model, seats.problem
    topic = {each.id: n for n, each in enumerate(arrays.topics)}
    terms = []
    for number, person in enumerate(arrays.people):
        for step, worth in enumerate(np.diff(VALUES), 1):
            there = [k.id for k in problem.topics if arrays.rank[number, topic[k.id]] >= step]
            reached = []
            for slot in seats.slots if there else ():
                if (person.id, slot) in seats.x:
                    both = model.new_bool_var("")
                    model.add(both <= seats.x[person.id, slot])
                    model.add(both <= sum(seats.y[k, slot] for k in there))
                    reached.append(both)
            counted = [model.new_bool_var("") for _ in range(problem.rounds)]
            model.add(sum(counted) <= sum(reached))
            terms += [round(UNIT * BELONGING * worth * FALL**n) * each for n, each in enumerate(counted)]
    return terms


def _same(seats: Seats, one: Person, other: Person, number: int) -> Any:
    """Only if two people share a table in a round."""
    same = seats.model.new_bool_var("")
    for t in seats.problem.tables:
        slot = (number, t.id)
        here, there = seats.x.get((one.id, slot)), seats.x.get((other.id, slot))
        if here is not None:
            seats.model.add_bool_or([~same, ~here] if there is None else [~same, ~here, there])
    return same


def fewest_moves(
    problem: Problem, was: Plan, seconds: float, warm: Plan | None = None, *, topics_stay: bool = False
) -> tuple[int | None, int]:
    """(people moved by the best seating found, and a number that no seating can go below) where `problem` is seated
    anew and `was` is how those who stayed sat: every hard rule, and nothing else. Topics may change tables too, unless
    they are to stay."""
    seats = Seats(problem)
    before = {(who, r): t for r, t, _, who in was.assignments}
    moved = {}
    for p in problem.people:
        sat = [
            (r, before[p.id, r]) for r in range(1, problem.rounds + 1) if (p.id, r) in before and p.attends(r)
        ]
        if sat:
            moved[p.id] = seats.model.new_bool_var("")
            for slot in sat:
                seats.model.add(moved[p.id] + seats.x.get((p.id, slot), 0) >= 1)
    if topics_stay:
        for r, t, topic in {row[:3] for row in was.assignments if row[2] is not None}:
            seats.model.add(seats.y[topic, (r, t)] == 1)
    seats.model.minimize(sum(moved.values()))
    if warm is not None:
        seats.hint(warm)
    made, bound = seats.solved(seconds, 1)
    least = max(0, -int(-bound // 1)) if bound > 0 else 0
    if made is None:
        return None, least
    after = {(who, r): t for r, t, _, who in made.assignments}
    return sum(
        any(after.get((who, r)) != t for (w, r), t in before.items() if w == who) for who in moved
    ), least
