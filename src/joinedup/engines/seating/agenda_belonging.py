"""How much belonging an agenda allows: how often each topic is on a table, and in which rounds.

Both are judged by prices of seats (the dual of the assignment of people to seats, as in `belonging_bound`): a topic
whose seats are dear has fewer than people who belong there and nowhere else. An agenda's value at its prices is an
estimate, since who takes what is found greedily; the plan itself is judged by `goals`.
"""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from joinedup.engines.seating.arrays import Arrays, Bools, Floats, Ints
from joinedup.engines.seating.belonging import FALL, VALUES
from joinedup.engines.seating.belonging_bound import taken_at

# A table is given to a topic whose seats are dearer by so much than those of the topic that loses it.
DEARER = 0.02
TIMES_STEPS, FIRST_STEPS, TRY_STEPS = 60, 60, 4
# Tables that change their topic so; in large events fewer.
LEAST_TIMES, TIMES_WORK = 5, 200_000_000
# Exchanges of two topics tried; large events try fewer.
EXCHANGES, EXCHANGE_WORK = 1200, 16_000_000


def times_on_tables(arrays: Arrays, chosen: list[int], slots: int) -> list[int]:
    """How often each of `chosen` (topics, in order) is at one of `slots` tables: as equally as can be, but for topics
    at which more people belong than there are seats, if they belong nowhere else."""
    times = np.array([slots // len(chosen) + (n < slots % len(chosen)) for n in range(len(chosen))])
    rank = arrays.rank[:, chosen]
    if slots == len(chosen) or not rank.any():
        return [int(each) for each in times]
    seats = float(np.mean([table.seats_max for table in arrays.tables]))
    counts = arrays.present.sum(axis=0)
    price = np.zeros(len(chosen))
    work = rank.size * int(counts.max()) * TIMES_STEPS
    for _ in range(min(slots, max(LEAST_TIMES, TIMES_WORK // max(1, work)))):
        price = _priced(arrays, rank, counts, times * seats, price)
        dear = int(price.argmax())
        able = np.flatnonzero(times > 1)
        if not len(able):
            break
        # Of topics equally cheap, the one most often on a table gives one, then the lightest.
        cheap = int(min(able, key=lambda k: (round(float(price[k]), 3), -times[k], -k)))
        if price[dear] - price[cheap] < DEARER:
            break
        times[dear] += 1
        times[cheap] -= 1
    return [int(each) for each in times]


def _priced(
    arrays: Arrays,
    rank: NDArray[np.int8],
    counts: Ints,
    seats: NDArray[np.float64],
    price: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The best of some steps from these prices."""
    best, kept, scale, since = np.inf, price, 0.3, 0
    for _ in range(TIMES_STEPS):
        value, taken = taken_at(rank, counts, price, arrays.facilitates)
        total = value + float(price @ seats)
        if total < best - 1e-9:
            best, kept, since = total, price, 0
        elif (since := since + 1) >= 8:
            scale, since = scale * 0.7, 0
        slope = seats - taken
        length = float(np.sqrt((slope**2).sum()))
        if not length:
            break
        price = np.maximum(0.0, price - scale * slope / length)
    return kept


class AgendaValue:
    """The estimate for one agenda, S tables with a topic, and for exchanges of two of its topics."""

    def __init__(self, arrays: Arrays, topic_at: Ints) -> None:
        self.arrays, self.topic_at = arrays, topic_at
        self.slots = np.argwhere(topic_at >= 0)
        rows, tables = self.slots.T
        self.topics = topic_at[rows, tables]
        self.may: Bools = arrays.suits[:, tables] & arrays.present[rows].T
        self.values: Floats = np.array(VALUES, dtype=np.float32)[arrays.rank]
        self.worth: Floats = self.values[:, self.topics] * self.may
        self.seats = np.array([arrays.tables[t].seats_max for t in tables], dtype=np.float32)
        self.same_round: Bools = rows[:, None] == rows
        self.price = np.zeros(len(self.slots), dtype=np.float32)
        self.people = np.arange(len(arrays.people))
        self.is_late = False
        self.value, self.price = self._valued(self.worth, self.topics, self.price, FIRST_STEPS, 0.3)

    @property
    def matters(self) -> bool:
        """Whether agendas differ at all."""
        return bool(self.worth.any())

    def tries(self) -> int:
        """How many exchanges are worth their time."""
        work = self.worth.size * len(self.topic_at)
        return int(min(EXCHANGES, 2 * len(self.slots) ** 2, EXCHANGE_WORK // max(1, work)))

    def exchanged(self, one: int, other: int) -> bool:
        """Exchange two topics if that allows more belonging; returns whether it did."""
        tried = self.tried(one, other)
        if tried is None:
            return False
        self.keep(one, other, *tried)
        return True

    def tried(self, one: int, other: int, *, always: bool = False) -> tuple[float, Floats] | None:
        """The estimate after the exchange of two topics, and its prices; None if it is lower, unless `always`."""
        pair, turned = [one, other], [other, one]
        topics, worth = self.topics.copy(), self.worth
        topics[pair] = self.topics[turned]
        was = worth[:, pair]
        worth[:, pair] = self.values[:, topics[pair]] * self.may[:, pair]
        price = self.price.copy()
        price[pair] = price[turned]
        value, price = self._valued(worth, topics, price, TRY_STEPS, 0.1)
        worth[:, pair] = was
        if always:
            return value, price
        if value < self.value - 1e-6:
            return None
        # More steps only ever lower an estimate, so the one to beat gets as many.
        self.value = min(self.value, self._valued(self.worth, self.topics, self.price, TRY_STEPS, 0.1)[0])
        return (value, price) if value >= self.value - 1e-6 else None

    def keep(self, one: int, other: int, value: float, price: Floats) -> None:
        """Make an exchange that was tried."""
        pair, turned = [one, other], [other, one]
        self.topics[pair] = self.topics[turned]
        self.worth[:, pair] = self.values[:, self.topics[pair]] * self.may[:, pair]
        self.value, self.price = value, price

    def agenda(self) -> Ints:
        """The topics of tables (R, T) as they are now."""
        made = np.full_like(self.topic_at, -1)
        made[tuple(self.slots.T)] = self.topics
        return made

    def _valued(
        self, worth: Floats, topics: Ints, price: Floats, steps: int, scale: float
    ) -> tuple[float, Floats]:
        best, kept = np.inf, price
        for step in range(steps):
            value, taken = self._taken(worth, topics, price)
            total = value + float(price @ self.seats)
            if total < best:
                best, kept = total, price
            slope = self.seats - taken
            length = float(np.sqrt((slope**2).sum()))
            if not length:
                break
            price = np.maximum(0.0, price - scale * 0.95**step * slope / length).astype(np.float32)
        return best, kept

    def _taken(self, worth: Floats, topics: Ints, price: Floats) -> tuple[float, Floats]:
        """What everybody gets at these prices, one table a round and no topic twice, and how many take each table."""
        apart = self.same_round | (topics[:, None] == topics)
        left = np.zeros(worth.shape, dtype=np.float32)
        taken = np.zeros(len(topics), dtype=np.float32)
        value = 0.0
        for turn in range(len(self.topic_at)):
            offer = worth * np.float32(FALL**turn) - price + left
            slot = offer.argmax(axis=1)
            pays = offer[self.people, slot]
            wants = pays > 0
            if not wants.any():
                break
            value += float(pays[wants].sum())
            np.add.at(taken, slot[wants], 1.0)
            left[wants] -= 9 * apart[slot[wants]]
        return value, taken


def better_agenda(
    arrays: Arrays,
    topic_at: Ints,
    rng: np.random.Generator,
    share: float = 1.0,
    until: float | None = None,
) -> AgendaValue:
    """The agenda after exchanges of topics, of two tables in any rounds, that allow more belonging. `share`: of the
    usual number of tries; `until`: the time by the clock at which a slow machine stops (`is_late` says that it did).

    None puts a topic at more tables of a round than it was.
    """
    agenda = AgendaValue(arrays, topic_at)
    if not agenda.matters:
        return agenda
    for _ in range(int(share * agenda.tries())):
        one, other = rng.integers(len(agenda.slots), size=2).tolist()
        if may_exchange(agenda.topics, agenda.slots, one, other):
            agenda.exchanged(one, other)
        if until is not None and time.perf_counter() > until:
            agenda.is_late = True
            break
    return agenda


def may_exchange(topics: Ints, slots: Ints, one: int, other: int) -> bool:
    """Whether two tables talk about different things, and neither topic would be at more tables of a round then."""
    first, second = topics[one], topics[other]
    if first == second:
        return False
    if slots[one, 0] == slots[other, 0]:
        return True

    def times(topic: int, number: int) -> int:
        return int(((topics == topic) & (slots[:, 0] == number)).sum())

    return times(first, slots[other, 0]) < times(first, slots[one, 0]) and times(
        second, slots[one, 0]
    ) < times(second, slots[other, 0])
