"""Which topic is at which table in which round, and who represents each party there.

The first goal and the hard rules on topics are settled here, before anybody else is seated: a topic gets a
table in a round in which all its parties have somebody free, and those people are *pinned* to it. The others
are seated by `search`.
"""

import time
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from joinedup.engines.seating.agenda_belonging import AgendaValue, better_agenda, times_on_tables
from joinedup.engines.seating.arrays import Arrays, Ints, blocks

# The most exchanges of two topics tried in vain, for parties that do not meet yet; large events try fewer, unless a
# party never comes to its topic and could.
TRIES, TRIES_KEPT = 600, 30


@dataclass
class Pins:
    """People who stay at a table in a round: `at[round][person] = table`, numbers from 0.

    `uncovered`: (topic, party) pairs that nobody represents; `short`: the topics whose parties do not all
    meet at once; `shortfall`: their weight out of `whole`; `moved`: the people who leave their seat; `is_late`: the
    clock cut the search for the agenda short.
    """

    at: list[dict[int, int]]
    uncovered: list[tuple[int, int]] = field(default_factory=list)
    shortfall: float = 0.0
    moved: set[int] = field(default_factory=set)
    whole: float = 1.0
    short: list[int] = field(default_factory=list)
    is_late: bool = False

    @property
    def rank(self) -> tuple[int, float]:
        """Smaller is better: rules first, then people who have to move, then the first goal."""
        return len(self.uncovered), round(len(self.moved) + self.shortfall / self.whole, 9)


def base_agenda(arrays: Arrays) -> Ints:
    """Topics of tables, (R, T), -1 for none: all topics equally often, but for those at which more people belong
    than there are seats.

    Each topic's tables are spread over the rounds. If there are fewer tables × rounds than topics, the heaviest are
    used. With fewer topics than rounds the last rounds have none, since nobody may come to a topic twice. Within a
    round the topics are rotated so that a table seldom has one of its topics again.
    """
    topic_at = np.full(arrays.open.shape, -1, dtype=np.intp)
    peopled = np.flatnonzero(arrays.present.any(axis=1))
    order = sorted(range(len(arrays.topics)), key=lambda k: (-arrays.topics[k].weight, k))
    chosen = order[: int(arrays.open.sum())]
    if not chosen:
        return topic_at
    rows = peopled[: len(chosen)]
    slots = int(arrays.open[rows].sum())
    times = times_on_tables(arrays, chosen, slots)
    turns = sorted(((turn + 0.5) / many, n) for n, many in enumerate(times) for turn in range(many))
    placed = 0
    for turn, row in enumerate(rows):
        used = np.flatnonzero(arrays.open[row])
        topics = np.array([chosen[n] for _, n in turns[placed : placed + len(used)]])
        placed += len(used)
        before = topic_at[np.ix_(peopled[:turn], used)]
        turned = [np.roll(topics, shift) for shift in range(len(used))]
        topic_at[row, used] = min(turned, key=lambda each: int((each == before).sum()))
    return topic_at


class PartyFinder:
    """Finds people to represent the parties of topics."""

    def __init__(self, arrays: Arrays, chance: np.random.Generator | None = None) -> None:
        self.arrays, self.chance = arrays, chance
        rounds = range(arrays.problem.rounds)
        self.block: list[dict[int, list[int]]] = [
            {who: block for block in blocks(arrays, r) for who in block} for r in rounds
        ]
        self.of_partner: list[dict[int, list[int]]] = []
        for r in rounds:
            people: dict[int, list[int]] = {}
            for who in np.flatnonzero(arrays.present[r]).tolist():
                people.setdefault(int(arrays.partner[who]), []).append(who)
            self.of_partner.append(people)
        self.suits = arrays.suits.tolist()
        self.facilitates = arrays.facilitates.tolist()
        self.any_apart = bool(arrays.apart.any())
        self.room = [table.seats_max for table in arrays.tables]

    def pin(self, topic_at: Ints, order: list[int], seats: Ints | None = None) -> Pins:
        """Pin people for every topic in the agenda, topics in `order`.

        With `seats` (R, P), those who already sit where they are needed are pinned first, and others only for
        parties without anybody yet: this keeps an existing plan as far as possible.
        """
        self.was = seats
        pins = Pins([{} for _ in self.of_partner])
        pins.whole = 1.0 + sum(topic.weight for topic in self.arrays.topics)
        slots: dict[int, list[tuple[int, int]]] = {}
        for row, table in np.argwhere(topic_at >= 0).tolist():
            slots.setdefault(int(topic_at[row, table]), []).append((row, table))
        covered: dict[int, set[int]] = {}
        for topic in order:
            parties = self.arrays.parties[topic]
            if topic not in slots or not parties:
                continue
            covered[topic] = set()
            best: tuple[int, list[tuple[int, int]], tuple[int, int]] | None = None
            for slot in slots[topic]:
                chosen = self._choose(pins, slot, parties, slots[topic], seats)
                if best is None or len(chosen) > len(best[1]):
                    best = (topic, chosen, slot)
            if best is not None:
                self._keep(pins, best[2], best[1])
                covered[topic] = {party for party, _ in best[1]}
        for topic, done in covered.items():
            parties = self.arrays.parties[topic]
            if len(done) < len(parties):
                pins.short.append(topic)
                pins.shortfall += self.arrays.topics[topic].weight
                for sitting in (seats, None) if seats is not None else (None,):
                    for slot in slots[topic]:
                        missing = [party for party in parties if party not in done]
                        chosen = self._choose(pins, slot, missing, slots[topic], sitting)
                        self._keep(pins, slot, chosen)
                        done |= {party for party, _ in chosen}
            pins.uncovered += [(topic, party) for party in parties if party not in done]
        return pins

    def left_out_at_least(self, topic_at: Ints) -> int:
        """How many (topic, party) pairs nobody can represent, in any order of these topics: a party's people have a
        turn each in each round."""
        needed = Counter(
            party for topic in set(topic_at[topic_at >= 0].tolist()) for party in self.arrays.parties[topic]
        )
        turns = Counter(party for people in self.of_partner for party, able in people.items() for _ in able)
        return sum(max(0, many - turns[party]) for party, many in needed.items())

    def where_free(self, pins: Pins, topic_at: Ints, placed: Ints, first: int) -> Ints:
        """The slots, as numbers of rows of `placed` (S, 2), with which the topic at slot `first` would change places
        at least harm: fewest parties of the two would have nobody free in the other's round, of those pinned so far."""
        rows, tables = placed.T
        lacking = np.zeros((len(topic_at), len(self.arrays.topics)), dtype=np.intp)
        for row, people in enumerate(self.of_partner):
            free = {party for party, able in people.items() if any(who not in pins.at[row] for who in able)}
            lacking[row] = [sum(party not in free for party in each) for each in self.arrays.parties]
        row, topic = rows[first], topic_at[tuple(placed[first])]
        harm = lacking[rows, topic] + lacking[row, topic_at[rows, tables]]
        harm[rows == row] = len(self.arrays.partner)
        return np.flatnonzero(harm == harm.min())

    def _keep(self, pins: Pins, slot: tuple[int, int], chosen: list[tuple[int, int]]) -> None:
        row, table = slot
        for _, who in chosen:
            for member in self.block[row][who]:
                pins.at[row][member] = table
                if self.was is not None and self.was[row, member] not in (-1, table):
                    pins.moved.add(member)

    def _choose(
        self,
        pins: Pins,
        slot: tuple[int, int],
        parties: list[int],
        slots: list[tuple[int, int]],
        seats: Ints | None,
    ) -> list[tuple[int, int]]:
        """(party, person) for the parties that somebody can represent at this slot."""
        row, table = slot
        held = [who for who, where in pins.at[row].items() if where == table]
        chosen: list[tuple[int, int]] = []
        for party in parties:
            able = [
                who
                for who in self.of_partner[row].get(party, ())
                if (seats is None or seats[row, who] == table) and self._free(pins, slot, who, held, slots)
            ]
            if able:
                able.sort(key=lambda each: (len(self.block[row][each]), self.facilitates[each], each))
                if self.was is not None:
                    fewest = min(self._stirs(pins, row, each) for each in able)
                    able = [each for each in able if self._stirs(pins, row, each) == fewest]
                who = able[0] if self.chance is None else able[int(self.chance.integers(len(able)))]
                chosen.append((party, who))
                held = held + [each for each in self.block[row][who] if each not in held]
        return chosen

    def _stirs(self, pins: Pins, row: int, who: int) -> tuple[int, int]:
        """How many other people move if this one does, and how many tables they leave too small."""
        assert self.was is not None
        block = self.block[row][who]
        left = [int(self.was[row, each]) for each in block if self.was[row, each] >= 0]
        short = sum(
            int((self.was[row] == table).sum()) - left.count(table) < self.arrays.tables[table].seats_min
            for table in set(left)
        )
        leads = sum(self.facilitates[each] and self._leads_alone(row, each) for each in block)
        return len(set(block) - pins.moved) + leads, short

    def _leads_alone(self, row: int, who: int) -> bool:
        """Whether the table would lose its only leader."""
        assert self.was is not None
        there = self.was[row] == self.was[row, who]
        return int((there & self.arrays.facilitates).sum()) == 1

    def _free(
        self,
        pins: Pins,
        slot: tuple[int, int],
        who: int,
        held: list[int],
        slots: list[tuple[int, int]],
    ) -> bool:
        row, table = slot
        block = self.block[row][who]
        if who in held:
            return True
        if any(member in pins.at[row] for member in block):
            return False
        if not all(self.suits[member][table] for member in block):
            return False
        leads = any(self.facilitates[member] for member in block)
        if leads and any(self.facilitates[member] for member in held):
            return False
        # Keep a seat for a facilitator at a table that has none yet.
        waiting = not leads and not any(self.facilitates[member] for member in held) and any(self.facilitates)
        if len(held) + len(block) + waiting > self.room[table]:
            return False
        if self.any_apart and held and self.arrays.apart[np.ix_(block, held)].any():
            return False
        return not any(pins.at[r].get(member) == t for r, t in slots for member in block if r != row)


def make_agenda(
    arrays: Arrays, rng: np.random.Generator, attempt: int = 0, until: float | None = None
) -> tuple[Ints, Pins]:
    """An agenda (R, T) in which as many parties as possible meet, heavier topics first, and its pins.

    After the first attempt people are pinned, and topics rotated within a round, at random: for events so
    tight that the plain choice allows no seating.
    """
    topic_at = base_agenda(arrays)
    if attempt:
        for row, opened in zip(topic_at, arrays.open, strict=True):
            used = np.flatnonzero(opened)
            row[used] = np.roll(row[used], rng.integers(max(1, len(used))))
    desk = PartyFinder(arrays, rng if attempt else None)
    if not (topic_at >= 0).any():
        return pinned(desk, topic_at, rng, None)
    value = better_agenda(arrays, topic_at, rng, 0.05 if attempt else 1.0, until)
    topic_at, pins = pinned(
        desk, value.agenda(), rng, None, value=value if value.matters else None, until=until
    )
    pins.is_late = pins.is_late or value.is_late
    return topic_at, pins


def pinned(
    desk: PartyFinder,
    topic_at: Ints,
    rng: np.random.Generator,
    seats: Ints | None,
    held: frozenset[tuple[int, int]] = frozenset(),
    value: AgendaValue | None = None,
    until: float | None = None,
) -> tuple[Ints, Pins]:
    """The agenda with people pinned to it. Two topics are exchanged if that brings parties together; in an
    existing plan (`seats` given) only if a party would otherwise never come to its topic; and never at slots
    that are `held`. With `value`, that of the agenda, an exchange that brings nobody together is made only if it
    allows as much belonging.

    In a new plan the second topic is one of those for which both rounds have people free: among hundreds of topics
    chance seldom finds one. After an exchange that did not help, chance chooses one. `until`: as in `better_agenda`.
    """
    topics = desk.arrays.topics
    order = sorted(range(len(topics)), key=lambda k: (-topics[k].weight, -len(desk.arrays.parties[k]), k))
    pins = desk.pin(topic_at, order, seats)
    placed = np.argwhere(topic_at >= 0)
    usual = min(TRIES, max(50, 20_000 // max(1, len(topics)))) if seats is None else TRIES_KEPT
    aims, vain, least = seats is None, 0, desk.left_out_at_least(topic_at)
    while vain < usual or (seats is None and vain < TRIES and len(pins.uncovered) > least):
        if vain >= usual and until is not None and time.perf_counter() > until:
            pins.is_late = True
            break
        stuck = sorted({topic for topic, _ in pins.uncovered}) if seats is not None else pins.short
        if not stuck or pins.rank == (0, 0.0):
            break
        first = int(rng.choice(np.flatnonzero(np.isin(topic_at[tuple(placed.T)], stuck))))
        choice = desk.where_free(pins, topic_at, placed, first) if aims else np.arange(len(placed))
        second = int(choice[rng.integers(len(choice))])
        aims, vain = seats is None and not aims, vain + 1
        one, other = placed[first], placed[second]
        if held & {tuple(one.tolist()), tuple(other.tolist())}:
            continue
        tried = topic_at.copy()
        tried[tuple(one)], tried[tuple(other)] = topic_at[tuple(other)], topic_at[tuple(one)]
        rows = zip(tried.tolist(), topic_at.tolist(), strict=True)
        if any(len(set(row)) < len(set(old)) for row, old in rows):
            continue  # a topic twice in a round leaves fewer people who have not been there
        turned = order.copy()
        at, to = rng.integers(len(order), size=2)
        turned[at], turned[to] = turned[to], turned[at]
        found = desk.pin(tried, turned, seats)
        if found.rank > pins.rank:
            continue
        if value is not None and topic_at[tuple(one)] != topic_at[tuple(other)]:
            allows = value.tried(first, second, always=found.rank < pins.rank)
            if allows is None:
                continue
            value.keep(first, second, *allows)
        if found.rank < pins.rank:
            aims, vain = seats is None, vain - 1
        topic_at, pins, order = tried, found, turned
    return topic_at, pins
