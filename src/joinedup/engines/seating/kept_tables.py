"""Change an existing agenda: topics keep their tables, unless moving a topic saves somebody from moving.

Who has to move is estimated from the current seats: a party with nobody at its topic sends one person for
each such topic in a round, and the same person can go in several rounds.
"""

import math
import time

import numpy as np

from joinedup.engines.seating.agenda import PartyFinder, Pins, pinned
from joinedup.engines.seating.arrays import Arrays, Ints, blocks

# Steps of the search; a slow or busy machine makes fewer, cooling by elapsed time.
STEPS, SECONDS = 8000, 0.3
# Costs, where moving a topic costs 1: a person who moves, a full table, a party with nobody left to send.
PERSON, FULL, NOBODY = 50.0, 35.0, 500.0
HOT, COLD = 20.0, 5.0

Slot = tuple[int, int]
# How many people move if this one does, who it is, the slot where they sit (-1: none), and suitable tables.
Mover = tuple[int, int, int, frozenset[int]]


def keep_agenda(
    arrays: Arrays,
    topic_at: Ints,
    seats: Ints,
    rng: np.random.Generator,
    most: int = 1,
    held: frozenset[Slot] = frozenset(),
) -> list[Ints]:
    """At most `most` agendas (R, T) close to `topic_at`, best first, for people seated as in `seats` (R, P).

    Topics change places only if that makes fewer people move, and never at the slots that are `held`.
    """
    return _Kept(arrays, topic_at, seats, held).searched(rng, most)


def pin_kept(
    arrays: Arrays,
    topic_at: Ints,
    seats: Ints,
    rng: np.random.Generator,
    held: frozenset[Slot] = frozenset(),
    *,
    by_chance: bool = False,
) -> tuple[Ints, Pins]:
    """Such an agenda with its pins: people stay if possible. `by_chance`: party representatives are drawn at
    random."""
    return pinned(PartyFinder(arrays, rng if by_chance else None), topic_at, rng, seats, held)


class _Kept:
    """The cost of an agenda: a sum over parties, over topics on several tables, and over topics that
    moved."""

    def __init__(self, arrays: Arrays, topic_at: Ints, seats: Ints, held: frozenset[Slot]) -> None:
        self.held = held
        self.parties, self.was = arrays.parties, topic_at
        self.slots: list[Slot] = [(row, table) for row, table in np.argwhere(topic_at >= 0).tolist()]
        self.first = [int(topic_at[slot]) for slot in self.slots]
        at = [np.flatnonzero(seats[row] == table) for row, table in self.slots]
        self.there = [set(arrays.partner[people].tolist()) for people in at]
        # Leaders may come back to a topic.
        guests = [set(people[~arrays.facilitates[people]].tolist()) for people in at]
        self.shared = [[len(one & other) for other in guests] for one in guests]
        self.people = [_people(arrays, row, seats, self.slots) for row in range(len(seats))]
        self.free = [
            arrays.tables[table].seats_max - len(people)
            for people, (_, table) in zip(at, self.slots, strict=True)
        ]
        self.where: dict[int, list[int]] = {}
        for n, topic in enumerate(self.first):
            self.where.setdefault(topic, []).append(n)
        self.topics: dict[int, list[int]] = {}
        for topic in self.where:
            for party in self.parties[topic]:
                self.topics.setdefault(party, []).append(topic)

    def searched(self, rng: np.random.Generator, most: int) -> list[Ints]:
        """Anneal over exchanges of two topics, starting from the existing agenda; of agendas that leave the
        same parties out, the cheapest."""
        now = list(self.first)
        costs = {party: self._party(party, self.where) for party in self.topics}
        lost = [n for _, slots in costs.values() for n in slots]
        if not lost:
            return [self.was]
        cost = 0.0
        best = {tuple(sorted(lost)): (cost, 0, now)}
        draws = rng.random((STEPS, 3)).tolist()
        started, hurried, temperature = time.perf_counter(), False, HOT
        for step, (first, second, luck) in enumerate(draws):
            if not step % 100:
                done, used = step / STEPS, (time.perf_counter() - started) / SECONDS
                hurried = hurried or used > max(1 / 3, done)
                if used >= 1:
                    break
                temperature = HOT * (COLD / HOT) ** (max(done, used) if hurried else done)
            one = lost[int(first * len(lost))] if lost else int(first * len(now))
            other = int(second * len(now))
            topics = now[one], now[other]
            if topics[0] == topics[1] or not self._may(now, one, other):
                continue
            where = {
                **self.where,
                topics[0]: [other if n == one else n for n in self.where[topics[0]]],
                topics[1]: [one if n == other else n for n in self.where[topics[1]]],
            }
            tried = {
                party: self._party(party, where)
                for party in {*self.parties[topics[0]], *self.parties[topics[1]]}
            }
            change = sum(value - costs[party][0] for party, (value, _) in tried.items())
            change += PERSON * sum(
                self._again(where[each]) - self._again(self.where[each]) for each in topics
            )
            change += sum(
                (topic != self.first[to]) - (topic != self.first[at])
                for topic, at, to in ((topics[0], one, other), (topics[1], other, one))
            )
            if change > 0 and luck >= math.exp(-change / temperature):
                continue
            now = list(now)
            now[one], now[other] = topics[1], topics[0]
            self.where = where
            costs.update(tried)
            lost = [n for _, slots in costs.values() for n in slots]
            cost += change
            kept = best.get(tuple(sorted(lost)))
            if kept is None or cost < kept[0]:
                best[tuple(sorted(lost))] = (cost, step, now)
        return [self._agenda(topics) for _, _, topics in sorted(best.values())[:most]]

    def _agenda(self, topics: list[int]) -> Ints:
        topic_at = self.was.copy()
        for slot, topic in zip(self.slots, topics, strict=True):
            topic_at[slot] = topic
        return topic_at

    def _may(self, now: list[int], one: int, other: int) -> bool:
        """Whether two slots may exchange topics: none is held, and no topic is at two tables in a round."""
        return not self.held & {self.slots[one], self.slots[other]} and not any(
            self.slots[n][0] == self.slots[to][0]
            for topic, to in ((now[one], other), (now[other], one))
            for n in self.where[topic]
            if n not in (one, other)
        )

    def _party(self, party: int, where: dict[int, list[int]]) -> tuple[float, list[int]]:
        """The cost of one party, and the slots to which it would have to send somebody."""
        lost, covered = [], set()
        sends: dict[int, list[int]] = {}
        for topic in self.topics[party]:
            at = where[topic]
            here = next((n for n in at if party in self.there[n]), None)
            if here is not None:
                covered.add(here)
                continue
            row = self.slots[at[0]][0]
            lost.append(at[0])
            sends.setdefault(row, []).append(at[0])
        if not lost:
            return 0.0, lost
        cost = 0.0
        sent: set[int] = set()
        for row, slots in sends.items():
            able = self._able(party, row, covered)
            for n in slots:
                table = self.slots[n][1]
                # Those who have moved in another round go first.
                chosen = min(
                    (each for each in able if table in each[3]),
                    key=lambda each: (each[1] not in sent, each[0]),
                    default=None,
                )
                if chosen is None:
                    cost += NOBODY
                    continue
                able.remove(chosen)
                cost += PERSON * (chosen[0] - (chosen[1] in sent)) + FULL * (chosen[0] > self.free[n])
                sent.add(chosen[1])
        return cost, lost

    def _able(self, party: int, row: int, covered: set[int]) -> list[Mover]:
        """People of a party who are not needed where they are."""
        able, held = [], set()
        for each in self.people[row].get(party, ()):
            if each[2] in covered and each[2] not in held:
                held.add(each[2])
            else:
                able.append(each)
        return able

    def _again(self, at: list[int]) -> int:
        """How many people would come to a topic twice."""
        return sum(self.shared[a][b] for i, a in enumerate(at) for b in at[i + 1 :])


def _people(arrays: Arrays, row: int, seats: Ints, slots: list[Slot]) -> dict[int, list[Mover]]:
    """For each party, its people in a round, those first who would make most others move: people who sit with
    them, and the substitute if they alone lead a table."""
    number = {table: n for n, (r, table) in enumerate(slots) if r == row}
    found: dict[int, list[Mover]] = {}
    for block in blocks(arrays, row):
        leads = [who for who in block if arrays.facilitates[who]]
        alone = sum(
            int((arrays.facilitates & (seats[row] == seats[row, who])).sum()) == 1 for who in leads[:1]
        )
        suits = frozenset(np.flatnonzero(arrays.suits[block].all(axis=0)).tolist())
        for who in block:
            place = number.get(int(seats[row, who]), -1)
            found.setdefault(int(arrays.partner[who]), []).append((len(block) + alone, who, place, suits))
    return {party: sorted(each, key=lambda one: (-one[0], one[1])) for party, each in found.items()}
