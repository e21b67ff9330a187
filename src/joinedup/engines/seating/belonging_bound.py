"""What no plan can go beyond in belonging, by prices of seats at topics."""

import numpy as np
from numpy.typing import NDArray

from joinedup.engines.seating.arrays import Arrays, most_seats
from joinedup.engines.seating.belonging import gains

# Steps of the descent, and the fewest; large events take fewer.
DESCENT, LEAST_DESCENT, FINE = 250, 40, 0.001
DESCENT_WORK = 40_000_000


def bound(arrays: Arrays, reached: float = 0.0) -> float:
    """What no plan can go beyond: each topic has at most the seats of its tables, and nothing else is asked.

    The relaxation of the assignment of people to seats at topics, the tables of a topic chosen freely: its
    Lagrangian dual, approached by subgradients (Held, Wolfe and Crowder 1974) from above, so that each step is a bound.
    A seat at a topic has a price; everybody takes what pays most for them, one topic after the other, which is exact
    since the value of a set of topics is that of a matching (gross substitutes: Kelso and Crawford 1982). `reached`:
    what a plan has, below which it need not go.
    """
    counts = arrays.present.sum(axis=0)
    here = np.flatnonzero(counts)
    places = arrays.problem.topic_places()
    if not len(here) or not len(arrays.topics) or not places:
        return 0.0
    rank, counts = arrays.rank[here], counts[here]
    seats = np.sort(np.concatenate([most_seats(arrays, int(n)) for n in arrays.present.sum(axis=1)]))[::-1]
    least = int(len(arrays.topics) <= places)
    price = np.zeros(rank.shape[1])
    best = np.inf
    steps = int(max(LEAST_DESCENT, min(DESCENT, DESCENT_WORK // max(1, rank.size * int(counts.max())))))
    scale, since = 0.5, 0
    # Those who lead a topic may come back to it.
    again = arrays.facilitates[here]
    for _ in range(steps):
        value, taken = taken_at(rank, counts, price, again)
        worth, given = _sold(seats, price, least)
        if value + worth < best - 1e-9:
            best, since = value + worth, 0
        elif (since := since + 1) >= 5:
            scale, since = scale * 0.6, 0
        if scale < FINE or best <= reached + 1e-6:
            break
        slope = given - taken
        length = float((slope**2).sum())
        if not length:
            break
        price = np.maximum(0.0, price - scale * slope / length**0.5)
    return round(float(best), 6)


def taken_at(
    rank: NDArray[np.int8], counts: NDArray[np.intp], price: NDArray[np.float64], again: NDArray[np.bool_]
) -> tuple[float, NDArray[np.float64]]:
    """What everybody gets at these prices, and how many take each topic (K)."""
    people = np.arange(len(rank))
    got = np.zeros((0, len(rank)), dtype=np.int8)
    free = np.ones(rank.shape, dtype=bool)
    taken = np.zeros(rank.shape[1])
    value = 0.0
    for turn in range(int(counts.max())):
        offer = np.take_along_axis(gains(got), rank.astype(np.intp), axis=1) - price
        offer[~free] = -1.0
        topic = offer.argmax(axis=1)
        pays = offer[people, topic]
        wants = (pays > 0) & (turn < counts)
        if not wants.any():
            break
        value += float(pays[wants].sum())
        np.add.at(taken, topic[wants], 1.0)
        free[people[wants & ~again], topic[wants & ~again]] = False
        got = np.vstack([got, np.where(wants, rank[people, topic], 0).astype(np.int8)])
    return value, taken


def _sold(
    seats: NDArray[np.intp], price: NDArray[np.float64], least: int
) -> tuple[float, NDArray[np.float64]]:
    """What all seats cost at most at these prices, and how many each topic has then (K): every topic `least` times
    at a table, the dearest at all others."""
    order = np.argsort(-price, kind="stable")
    if least:
        turns = np.concatenate([np.repeat(order[0], len(seats) - len(order) + 1), order[1:]])
    else:
        turns = np.repeat(order[0], len(seats))
    given = np.zeros(len(price))
    np.add.at(given, turns, seats[: len(turns)])
    return float(price @ given), given
