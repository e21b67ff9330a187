"""A plain annealer: two people of one round change places, one proposal at a time."""

from __future__ import annotations

import math
import random
import time
from itertools import combinations

import numpy as np

from joinedup.engines.seating import Plan, Problem
from joinedup.engines.seating.arrays import as_arrays, quotas

HOT, COLD = 0.6, 0.06


def annealed(problem: Problem, seconds: float, seed: int = 1) -> Plan:
    """It keeps table sizes and no other rule, and looks at the second goal only: both make its task the easier one."""
    arrays, chance = as_arrays(problem), random.Random(seed)
    worth = arrays.worth.tolist()
    met = [[0] * len(worth) for _ in worth]
    rounds = []
    for there in arrays.present:
        people = np.flatnonzero(there).tolist()
        order, tables = chance.sample(people, len(people)), []
        for share in quotas(arrays, len(people)):
            tables.append(order[:share])
            order = order[share:]
        rounds.append((people, tables, {who: t for t, here in enumerate(tables) for who in here}))
        for here in tables:
            for one, other in combinations(here, 2):
                met[one][other] += 1
                met[other][one] += 1
    started, used, proposals = time.perf_counter(), 0.0, 0
    temperature = HOT
    while used < 1:
        if not proposals % 256:
            used = (time.perf_counter() - started) / seconds
            temperature = HOT * (COLD / HOT) ** used
        proposals += 1
        people, tables, at = rounds[chance.randrange(len(rounds))]
        one, other = chance.choice(people), chance.choice(people)
        i, j = at[one], at[other]
        if i == j:
            continue
        sides = ((tables[i], one, other), (tables[j], other, one))
        change = 0.0
        for here, goes, comes in sides:
            lost, won, had, has = worth[goes], worth[comes], met[goes], met[comes]
            for who in here:
                if who != goes:
                    change += won[who] * (not has[who]) - lost[who] * (had[who] == 1)
        if change < 0 and chance.random() >= math.exp(change / temperature):
            continue
        for here, goes, comes in sides:
            for who in here:
                if who != goes:
                    met[comes][who] += 1
                    met[who][comes] += 1
                    met[goes][who] -= 1
                    met[who][goes] -= 1
        tables[i][tables[i].index(one)], tables[j][tables[j].index(other)] = other, one
        at[one], at[other] = j, i
    return Plan(
        sorted(
            (number + 1, arrays.tables[t].id, None, arrays.people[who].id)
            for number, (_, tables, _) in enumerate(rounds)
            for t, here in enumerate(tables)
            for who in here
        )
    )
