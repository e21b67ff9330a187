"""A problem as arrays, in an order that does not depend on the order of the input rows."""

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from joinedup.engines.seating.assignment import matching
from joinedup.engines.seating.belonging import ranks
from joinedup.engines.seating.problem import (
    APART,
    FACILITATOR,
    TOGETHER,
    YOUNG_PERSON,
    Person,
    Plan,
    Problem,
    Table,
    Topic,
)
from joinedup.engines.seating.rules import accompanies

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

# An introduction (both have opted in) counts a quarter more than another new meeting.
INTRODUCTION = 0.25


@dataclass(frozen=True)
class Arrays:
    """P people, T tables, K topics, R rounds; every axis sorted by id.

    `partner` (P): numbers of the partners; each person without one gets their own. `sector` (P): -1 if
    unknown. `worth` (P, P): the value of a meeting of two people; `mixes` (P, P): whether their sectors are
    known and differ; `apart` (P, P): who must not share a table. `suits` (P, T): the table meets the person's
    access needs. `rank` (P, K): how far the person belongs at the topic (`belonging.VALUES`). `present` (R, P).
    `open` (R, T): the table is used; one that may stay empty is not if there are too few people or leaders.
    `companions`: for each round, the companions of young people as far as decided.
    """

    problem: Problem
    people: list[Person]
    tables: list[Table]
    topics: list[Topic]
    partner: Ints
    sector: Ints
    worth: Floats
    mixes: Bools
    apart: Bools
    suits: Bools
    rank: NDArray[np.int8]
    present: Bools
    facilitates: Bools
    parties: list[list[int]]
    open: Bools
    companions: tuple[dict[int, int], ...] = ()


def as_arrays(problem: Problem) -> Arrays:
    """Number everything in order of id."""
    people = sorted(problem.people, key=lambda each: each.id)
    tables = sorted(problem.tables, key=lambda each: each.id)
    topics = sorted(problem.topics, key=lambda each: each.id)
    index = {person.id: number for number, person in enumerate(people)}
    names = sorted({person.partner for person in people} - {""})
    codes = {name: number for number, name in enumerate(names)}
    sectors = {
        name: number for number, name in enumerate(sorted({person.sector for person in people} - {""}))
    }
    partner = np.array([codes.get(p.partner, len(codes) + n) for n, p in enumerate(people)], dtype=np.intp)
    sector = np.array([sectors.get(p.sector, -1) for p in people], dtype=np.intp)

    known = sector >= 0
    mixes = (sector[:, None] != sector) & known[:, None] & known
    counts = mixes & (partner[:, None] != partner)
    for one, other in problem.met:
        if one in index and other in index:
            counts[index[one], index[other]] = counts[index[other], index[one]] = False
    opted = np.array([p.opted_in for p in people], dtype=bool)
    worth = counts * (1 + INTRODUCTION * (opted[:, None] & opted))

    apart = np.zeros((len(people), len(people)), dtype=bool)
    for rule in problem.rules:
        if rule.kind == APART:
            for one, other in combinations(sorted(set(rule.people) & set(index)), 2):
                apart[index[one], index[other]] = apart[index[other], index[one]] = True
    made = Arrays(
        problem=problem,
        people=people,
        tables=tables,
        topics=topics,
        partner=partner,
        sector=sector,
        worth=worth.astype(np.float32),
        mixes=mixes,
        apart=apart,
        suits=_grid([[set(p.access) <= set(t.access) for t in tables] for p in people], len(tables)),
        rank=ranks(problem, people, topics),
        present=_grid([[p.attends(r + 1) for p in people] for r in range(problem.rounds)], len(people)),
        facilitates=np.array([FACILITATOR in p.roles for p in people], dtype=bool),
        parties=[[codes[name] for name in problem.parties_here(topic)] for topic in topics],
        open=np.ones((problem.rounds, len(tables)), dtype=bool),
    )
    return replace(made, open=open_tables(made))


def _grid(rows: list[list[bool]], width: int) -> Bools:
    return np.array(rows, dtype=bool).reshape(len(rows), width)


def table_numbers(arrays: Arrays, plan: Plan) -> tuple[Ints, Ints]:
    """A plan as (tables of people (R, P), topics of tables (R, T)); -1 where there is none.

    Rows with unknown ids are left out: `rules.broken` reports them.
    """
    people = {person.id: number for number, person in enumerate(arrays.people)}
    tables = {table.id: number for number, table in enumerate(arrays.tables)}
    topics = {topic.id: number for number, topic in enumerate(arrays.topics)}
    rounds = arrays.problem.rounds
    seats = np.full((rounds, len(people)), -1, dtype=np.intp)
    topic_at = np.full((rounds, len(tables)), -1, dtype=np.intp)
    for number, table, topic, person in plan.assignments:
        if person in people and table in tables and 1 <= number <= rounds:
            seats[number - 1, people[person]] = tables[table]
            if topic in topics:
                topic_at[number - 1, tables[table]] = topics[topic]
    return seats, topic_at


def rank_at(arrays: Arrays, seats: Ints, topic_at: Ints) -> NDArray[np.int8]:
    """(R, P): the rank of each person at the topic of their table; 0 where there is none."""
    found = np.zeros(seats.shape, dtype=np.int8)
    for number, row in enumerate(seats):
        topic = np.where(row >= 0, topic_at[number][row], -1)
        there = np.flatnonzero(topic >= 0)
        found[number, there] = arrays.rank[there, topic[there]]
    return found


class _Sets:
    """Disjoint sets of people (union-find)."""

    def __init__(self) -> None:
        self.above: dict[int, int] = {}

    def top(self, who: int) -> int:
        while self.above.get(who, who) != who:
            who = self.above[who]
        return who

    def join(self, one: int, other: int) -> None:
        first, second = sorted((self.top(one), self.top(other)))
        self.above[second] = first


def blocks(arrays: Arrays, number: int) -> list[list[int]]:
    """Who must share a table in round `number` (from 0): lists of people, singles included, in order.

    `together` rules join people; each young person joins a companion from their host who is there. If the
    host brings several companions, the young people are divided among them as evenly as the rules allow.
    """
    here = [int(who) for who in np.flatnonzero(arrays.present[number])]
    index = {arrays.people[who].id: who for who in here}
    sets = _Sets()
    for rule in arrays.problem.rules:
        if rule.kind == TOGETHER:
            ids = sorted(set(rule.people) & set(index))
            for other in ids[1:]:
                sets.join(index[ids[0]], index[other])
    load = dict.fromkeys(here, 0)
    for young in here:
        if YOUNG_PERSON not in arrays.people[young].roles:
            continue
        adults = [who for who in here if accompanies(arrays.people[who], arrays.people[young])]
        members = _members(sets, here)
        mine = members[sets.top(young)]
        choice = min(
            adults,
            key=lambda who: (
                sets.top(who) != sets.top(young),
                bool(arrays.apart[np.ix_(members[sets.top(who)], mine)].any()),
                load[who],
                who,
            ),
            default=None,
        )
        if arrays.companions:
            choice = arrays.companions[number].get(young, choice)
        if choice is not None and not arrays.apart[np.ix_(members[sets.top(choice)], mine)].any():
            load[choice] += 1
            sets.join(young, choice)
    return sorted(_members(sets, here).values())


def _members(sets: _Sets, here: list[int]) -> dict[int, list[int]]:
    members: dict[int, list[int]] = {}
    for who in here:
        members.setdefault(sets.top(who), []).append(who)
    return members


def open_tables(arrays: Arrays, seats: Ints | None = None) -> Bools:
    """(R, T): which tables are used: all, unless there are fewer people, or leaders, than tables. Then tables
    that may stay empty are closed as far as seats and topics allow, first those at which nobody sits in
    `seats` (R, P)."""
    opened = np.ones((arrays.problem.rounds, len(arrays.tables)), dtype=bool)
    for number, there in enumerate(arrays.present):
        people = int(there.sum())
        if people < len(arrays.tables):
            opened[number] = np.array(quotas(arrays, people), dtype=bool)
    if not arrays.facilitates.any() or all(table.seats_min for table in arrays.tables):
        return opened
    spare = int(opened.sum()) - len(arrays.topics)
    for number, there in enumerate(arrays.present):
        able = [block for block in blocks(arrays, number) if arrays.facilitates[block].any()]
        choices: list[Bools] = [np.asarray(arrays.suits[block].all(axis=0)) for block in able]
        sat = np.zeros(len(arrays.tables), dtype=np.intp)
        if seats is not None:
            sat += np.bincount(seats[number][seats[number] >= 0], minlength=len(sat))
        optional = [t for t, table in enumerate(arrays.tables) if not table.seats_min and opened[number, t]]
        optional.sort(key=lambda t: (sat[t], len(arrays.tables[t].access), arrays.tables[t].seats_max, -t))
        for t in optional:
            used = opened[number].copy()
            lacking = _unled(choices, used)
            used[t] = False
            room = sum(table.seats_max for table, each in zip(arrays.tables, used, strict=True) if each)
            if lacking and spare > 0 and room >= there.sum() and _unled(choices, used) < lacking:
                opened[number] = used
                spare -= 1
    return opened


def _unled(choices: list[Bools], used: Bools) -> int:
    return int(used.sum()) - matching([np.flatnonzero(each & used).tolist() for each in choices])


def most_seats(arrays: Arrays, people: int) -> list[int]:
    """How many of `people` can be at each table, at most; more than it takes only where all are too many for the
    room."""
    shares = quotas(arrays, people)
    return [max(min(t.seats_max, people), n) for t, n in zip(arrays.tables, shares, strict=True)]


def quotas(arrays: Arrays, people: int, opened: Bools | None = None) -> list[int]:
    """How many of `people` go to each table, as evenly as the sizes allow; always adds up to `people`.

    Too few people leave tables below their smallest size, too many exceed their largest; `rules.broken`
    reports that. Nobody goes to tables that are not `opened` (T).
    """
    used = range(len(arrays.tables)) if opened is None else np.flatnonzero(opened).tolist()
    low = [table.seats_min for table in arrays.tables]
    high = [table.seats_max for table in arrays.tables]
    shares = [0] * len(low)
    for _ in range(people):
        # Smallest sizes first, then the emptiest table with a free seat, then the emptiest of all.
        shares[min(used, key=lambda t: (shares[t] >= low[t], shares[t] >= high[t], shares[t], t))] += 1
    return shares
