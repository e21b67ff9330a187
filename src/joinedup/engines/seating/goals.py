"""What a plan is worth: the four goals in their order, and what random seating would reach on the third."""

from typing import Any

import numpy as np

from joinedup.engines.seating.arrays import (
    INTRODUCTION,
    Arrays,
    Bools,
    Ints,
    as_arrays,
    quotas,
    rank_at,
    table_numbers,
)
from joinedup.engines.seating.belonging import counted
from joinedup.engines.seating.problem import Plan, Problem

# A topic counts in full if all its parties meet at its table in one round; parties that come one by one, in
# different rounds, count for half of it at most.
ONE_BY_ONE = 0.5


def goals(problem: Problem, plan: Plan) -> dict[str, dict[str, Any]]:
    """The value of each goal, in order of importance.

    - `topic_parties.value`: over topics that are discussed, the weight of each times ½ × (share of its parties
      in the room that come to its table in some round) + ½ × (1 if all of them come in one round).
    - `belonging.value`: over people, what their rounds count together: the best whole, the next half, and so on
      (`belonging` says where somebody belongs). `people` are those who are there in some round; `somewhere` the share
      (0 to 1) of them who belong at some topic at all; `one_round` and `two_rounds` the shares who belong where they
      sit in at least so many rounds.
    - `new_meetings.value`: pairs of different partner and sector, not in `met`, that share a table at least
      once; `introductions` are those where both have opted in, `score` counts these a quarter more.
    - `sector_mix.value`: the chance (0 to 1) that two people at one table are of different sectors.
    """
    arrays = as_arrays(problem)
    return measure(arrays, *table_numbers(arrays, plan))


def measure(arrays: Arrays, seats: Ints, topic_at: Ints) -> dict[str, dict[str, Any]]:
    """Like `goals`, for seats (R, P) and topics (R, T)."""
    value, most, whole = topic_parties(arrays, seats, topic_at)
    shared = together(seats)
    met = np.triu((shared > 0) & (arrays.worth > 0), 1)
    count, score = int(met.sum()), float(arrays.worth[met].sum(dtype=float))
    pairs = int(np.triu(shared, 1).sum())
    mixed = int(np.triu(shared * arrays.mixes, 1).sum())
    return {
        "topic_parties": {"value": round(value, 6), "most": round(most, 6), "topics_with_all_parties": whole},
        "belonging": _belonging(arrays, seats, topic_at),
        "new_meetings": {
            "value": count,
            "introductions": round((score - count) / INTRODUCTION),
            "score": round(score, 6),
            "possible": int(np.triu(arrays.worth > 0, 1).sum()),
        },
        "sector_mix": {"value": round(mixed / pairs, 6) if pairs else None},
    }


def _belonging(arrays: Arrays, seats: Ints, topic_at: Ints) -> dict[str, Any]:
    rank = rank_at(arrays, seats, topic_at)
    here = arrays.present.any(axis=0)
    people = int(here.sum())
    rounds = (rank > 0).sum(axis=0)[here]
    somewhere: Bools = np.asarray((arrays.rank > 0).any(axis=1))[here]

    def share(of: Bools) -> float | None:
        return round(float(of.mean()), 6) if people else None

    return {
        "value": round(float(counted(rank).sum()), 6),
        "people": people,
        "somewhere": share(somewhere),
        "one_round": share(rounds >= 1),
        "two_rounds": share(rounds >= 2),
    }


def together(seats: Ints) -> Ints:
    """(P, P): in how many rounds two people share a table; zero on the diagonal."""
    shared = np.zeros((seats.shape[1], seats.shape[1]), dtype=np.intp)
    for row in seats:
        shared += same_table(row)
    return shared


def same_table(row: Ints) -> Bools:
    """(P, P): do two people share a table in one round, given their tables (P)? False on the diagonal."""
    same = (row[:, None] == row) & (row >= 0)
    np.fill_diagonal(same, False)
    return same


def topic_parties(arrays: Arrays, seats: Ints, topic_at: Ints) -> tuple[float, float, int]:
    """The value of the first goal, the most it could be, and how many topics have all their parties at once."""
    value, most, whole = 0.0, 0.0, 0
    for number, topic in enumerate(arrays.topics):
        parties = set(arrays.parties[number])
        if not parties:
            continue
        most += topic.weight
        came: set[int] = set()
        all_at_once = False
        for row, table in np.argwhere(topic_at == number):
            here = parties & set(arrays.partner[seats[row] == table].tolist())
            came |= here
            all_at_once = all_at_once or here == parties
        value += topic.weight * (ONE_BY_ONE * len(came) / len(parties) + (1 - ONE_BY_ONE) * all_at_once)
        whole += all_at_once
    return value, most, whole


def random_seating(arrays: Arrays, draws: int = 20) -> dict[str, Any]:
    """New meetings in random seating: mean over `draws` seatings at tables as equal as possible.

    Only attendance and the number of seats are respected, no other rule.
    """
    rng = np.random.default_rng([arrays.problem.seed, 1])
    counts, scores = [], []
    for _ in range(draws):
        seats = np.full(arrays.present.shape, -1, dtype=np.intp)
        for number, there in enumerate(arrays.present):
            here = np.flatnonzero(there)
            tables = np.repeat(np.arange(len(arrays.tables)), quotas(arrays, len(here)))
            seats[number, here] = rng.permutation(tables)
        met = np.triu((together(seats) > 0) & (arrays.worth > 0), 1)
        counts.append(int(met.sum()))
        scores.append(float(arrays.worth[met].sum(dtype=float)))
    return {
        "new_meetings": round(float(np.mean(counts)), 1),
        "score": round(float(np.mean(scores)), 1),
        "draws": draws,
    }
