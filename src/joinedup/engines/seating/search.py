"""Simulated annealing over seats: who changes places with whom.

One round is searched at a time while the others are fixed; the value of a seating is then a sum over pairs at
a table plus a sum over people, and `worth[t, p]`, what person p gains at table t, gives the change of *every*
exchange of one person with all others in a handful of array operations. The next state is drawn from all of
them at once with probability proportional to exp(change / temperature) (heat bath, by the Gumbel-max trick),
which visits the same states as annealing by single proposals (Kirkpatrick, Gelatt and Vecchi 1983) with far
fewer steps.
"""

import time

import numpy as np

from joinedup.engines.seating.agenda import Pins
from joinedup.engines.seating.arrays import Arrays, Floats, Ints, rank_at
from joinedup.engines.seating.belonging import gains
from joinedup.engines.seating.goals import together
from joinedup.engines.seating.room import SHUT, Room

# A broken hard rule outweighs the most that one exchange can gain: two tables of new meetings, all
# introductions.
HARD = 1000.0
# The second and fourth goal, in units of a new meeting: a round in which somebody belongs where nobody else gains it,
# and a pair of different sectors.
BELONGING, MIX = 16.0, 0.02
# The value of staying when a plan is changed on the day: more than any goal, less than any hard rule.
STAY, STAY_AGAIN = 300.0, 30.0
# Where people belong more at one table than at another it starts hotter.
HOT, HOT_BELONGING, COLD = 0.55, 2.0, 0.08
NOISE = 1 << 16


class Search:
    """The state of a search: one `Room` for each round."""

    def __init__(
        self, arrays: Arrays, topic_at: Ints, pins: Pins, rng: np.random.Generator, was: Ints | None = None
    ) -> None:
        self.arrays, self.topic_at, self.rng, self.was = arrays, topic_at, rng, was
        self.hot = HOT_BELONGING if (arrays.rank != arrays.rank[:, :1]).any() else HOT
        self.seats = np.full(arrays.present.shape, -1, dtype=np.intp)
        self.leads = np.zeros(arrays.present.shape, dtype=bool)
        self.rooms: list[Room] = []
        for number in range(len(self.seats)):
            before = None if was is None else was[number]
            room = Room(arrays, number, pins.at[number], topic_at[number], before, rng)
            room.fill(self._repeats(number, room))
            self.rooms.append(room)
            self.leads[number, room.who[sorted(room.leads)]] = True
            self._write(number)
        widest = max((room.size for room in self.rooms), default=0)
        self.noise = rng.gumbel(size=NOISE + widest).astype(np.float32)

    def run(self, sweeps: int, seconds: float | None = None) -> bool:
        """Anneal for `sweeps` visits of every person in every round; returns whether the clock affected it.

        The temperature falls with the visits done. Only if a third of the time is used and the visits lag
        behind does it fall with the time instead, so that a slow machine ends cold too.
        """
        started = time.perf_counter()
        hurried = False
        # Setting up a round costs about as much as a hundred steps per hundred people.
        each = 1 if len(self.arrays.people) <= 300 else 2
        for visit in range(0, sweeps, each):
            done = visit / sweeps
            if seconds is not None:
                used = (time.perf_counter() - started) / max(seconds, 1e-9)
                hurried = hurried or used > max(1 / 3, done)
                if used >= 1:
                    break
                done = max(done, used) if hurried else done
            temperature = self.hot * (COLD / self.hot) ** done
            for number in range(len(self.rooms)):
                self.visit(number, temperature, min(each, sweeps - visit))
        self.settle()
        return hurried

    def free(self, sweeps: int) -> None:
        """Anneal from a temperature at which hard rules may be broken, to escape a local optimum."""
        self.settle(3)
        for sweep in range(sweeps):
            temperature = HARD * (0.001 ** (sweep / sweeps))
            for number in range(len(self.rooms)):
                self.visit(number, temperature, 1)
        self.settle(3)

    def settle(self, most: int = 20) -> None:
        """Make every exchange that gains something, until none does."""
        for _ in range(most):
            if not sum(self.visit(number, 0.0, 1) for number in range(len(self.rooms))):
                break

    def visit(self, number: int, temperature: float, sweeps: int) -> int:
        """Let everybody in one round change places; returns the number of exchanges made."""
        room = self.rooms[number]
        if room.count < 2:
            return 0
        gain, worth = self._values(number)
        walk = _Walk(room, gain, worth, self.noise * np.float32(temperature), temperature, self.rng)
        done = sum(walk.sweep() for _ in range(sweeps))
        self._write(number)
        return done

    def _write(self, number: int) -> None:
        room = self.rooms[number]
        self.seats[number, room.who] = room.table[: room.count]

    def _repeats(self, number: int, room: Room) -> Floats:
        """(T, n): how often somebody would come to a table's topic again; those who always lead it may."""
        topics = self.topic_at[number]
        again = np.zeros((len(topics), room.count), dtype=np.float32)
        leads = self.leads[number, room.who]
        for other in range(len(self.seats)):
            if other == number:
                continue
            row = self.seats[other, room.who]
            theirs = np.where(row >= 0, self.topic_at[other][row], -1)
            both = leads & self.leads[other, room.who]
            again += (topics[:, None] == theirs) & (theirs >= 0) & ~both
        return again

    def _values(self, number: int) -> tuple[Floats, Floats]:
        """For one round, with the others fixed: the gain of a pair at one table (N, N), and of each person at
        each table as all sit now (T, N)."""
        arrays, room = self.arrays, self.rooms[number]
        who, n = room.who, room.count
        elsewhere = together(np.delete(self.seats, number, axis=0)[:, who])
        pairs = np.ix_(who, who)
        gain = np.zeros((room.size, room.size), dtype=np.float32)
        gain[:n, :n] = arrays.worth[pairs] * (elsewhere == 0) + MIX * arrays.mixes[pairs] - HARD * room.apart
        worth = np.zeros((len(arrays.tables), room.size), dtype=np.float32)
        worth[:, :n] = -HARD * (self._repeats(number, room) + ~room.suits.T)
        topics = self.topic_at[number]
        about = np.flatnonzero(topics >= 0)
        if len(about):
            others = np.delete(rank_at(arrays, self.seats, self.topic_at), number, axis=0)[:, who]
            adds = np.take_along_axis(
                gains(others), arrays.rank[np.ix_(who, topics[about])].astype(np.intp), axis=1
            )
            worth[about, :n] += (BELONGING * adds.T).astype(np.float32)
        if self.was is not None:
            before = self.was[number, who]
            sat = np.flatnonzero(before >= 0)
            # Those who have moved in another round have less to keep.
            moved = np.delete((self.seats != self.was) & (self.was >= 0), number, axis=0).any(axis=0)[who]
            worth[before[sat], sat] += np.where(moved[sat], np.float32(STAY_AGAIN), np.float32(STAY))
        for table, people in enumerate(room.seats):
            worth[table] += gain[people].sum(axis=0)
        return gain, worth


class _Walk:
    """Exchanges in one round."""

    def __init__(
        self,
        room: Room,
        gain: Floats,
        worth: Floats,
        noise: Floats,
        temperature: float,
        rng: np.random.Generator,
    ) -> None:
        self.room, self.gain, self.worth, self.noise, self.rng = room, gain, worth, noise, rng
        self.temperature = temperature
        self.twice = 2 * gain
        self.own = worth[room.table, np.arange(room.size)]
        self.partner = room.arrays.partner[room.who]

    def sweep(self) -> int:
        room = self.room
        order = self.rng.permutation(room.count).tolist()
        starts = self.rng.integers(NOISE, size=room.count).tolist()
        opens, leads = room.open, room.lead
        done = 0
        for who, start in zip(order, starts, strict=True):
            if opens[who] == 0:
                done += self._step(who, opens, start)
            elif leads[who] == 0:
                done += self._step(who, leads, start)
            elif who in room.pinned:
                done += self._stand_in(who, start)
        for group in room.groups:
            done += self._move_group(group)
        return done

    def _step(self, who: int, may: Floats, start: int) -> int:
        room, worth, own = self.room, self.worth, self.own
        i = int(room.table[who])
        change = worth[:, who].take(room.table)
        change += worth[i]
        change -= own
        change -= self.twice[who]
        change += may
        change[room.seats[i]] = SHUT
        if room.empty[i] >= room.most_empty[i]:
            change[room.count :] = SHUT
        change[who] = own[who]
        if self.temperature:
            change += self.noise[start : start + room.size]
        other = int(change.argmax())
        # Without noise, a rounding error must not count as a gain.
        if other == who or (not self.temperature and change[other] - own[who] < 1e-3):
            return 0
        self._exchange([who], [other])
        return 1

    def _stand_in(self, who: int, start: int) -> int:
        """Let somebody of the same partner take a pinned person's place."""
        room = self.room
        may = np.full(room.size, SHUT, dtype=np.float32)
        same = np.flatnonzero(self.partner == self.partner[who])
        may[same] = room.open[same]
        if len(same) < 2 or not self._step(who, may, start):
            return 0
        stands = next(
            int(each) for each in same if room.table[each] == room.pins[who] and room.open[each] == 0
        )
        room.pins[stands] = room.pins.pop(who)
        room.pinned.remove(who)
        room.pinned.add(stands)
        room.open[who], room.open[stands] = 0.0, SHUT
        return 1

    def _exchange(self, ones: list[int], others: list[int]) -> None:
        """Two lists of people at two tables change places."""
        room, worth = self.room, self.worth
        i, j = int(room.table[ones[0]]), int(room.table[others[0]])
        shift = self.gain[others[0]] - self.gain[ones[0]]
        for one, other in zip(ones[1:], others[1:], strict=True):
            shift += self.gain[other] - self.gain[one]
        worth[i] += shift
        worth[j] -= shift
        room.exchange(ones, others)
        for table in (i, j):
            people = room.seats[table]
            self.own[people] = worth[table].take(people)

    def _move_group(self, group: list[int]) -> int:
        """Try to move people who move as one to another table, in exchange for as many seats there."""
        room = self.room
        i = int(room.table[group[0]])
        j = int(self.rng.integers(len(room.seats)))
        if i == j:
            return 0
        ones, others = list(group), self._against(group, j)
        if others is None:
            return 0
        short = len(ones) - len(others)
        fill = others if short > 0 else ones
        at, to = (j, i) if short > 0 else (i, j)
        if short:
            loose = [who for who in room.seats[at].tolist() if room.open[who] == 0]
            loose.sort(key=lambda each: (float(self.own[each] - self.worth[to, each]), each))
            fill += loose[: abs(short)]
        if len(ones) != len(others):
            return 0
        empty = sum(who >= room.count for who in others) - sum(who >= room.count for who in ones)
        if room.empty[i] + empty > room.most_empty[i] or room.empty[j] - empty > room.most_empty[j]:
            return 0
        change = self._change(ones, i, others, j)
        if change <= 1e-3 and (
            not self.temperature or self.rng.random() >= np.exp(change / self.temperature)
        ):
            return 0
        self._exchange(ones, others)
        return 1

    def _against(self, group: list[int], table: int) -> list[int] | None:
        """Whom a group must or may change places with: a leader for a leader, sometimes a group for a group.

        None if it may not come to this table, whose leader is fixed.
        """
        room = self.room
        leads = bool(room.leads & set(group))
        there = [who for who in room.seats[table].tolist() if who < room.count]
        if leads:
            leader = next((who for who in there if who in room.leads), None)
            if leader is None or (leader not in room.group_of and room.lead[leader] != 0):
                return None
            return list(room.group_of.get(leader, [leader]))
        groups = [
            room.group_of[who] for who in there if who in room.group_of and room.group_of[who][0] == who
        ]
        groups = [each for each in groups if not room.leads & set(each)]
        if groups and self.rng.random() < 0.5:
            return list(groups[int(self.rng.integers(len(groups)))])
        return []

    def _change(self, ones: list[int], i: int, others: list[int], j: int) -> float:
        worth, gain = self.worth, self.gain
        moved = worth[j, ones].sum() - worth[i, ones].sum() + worth[i, others].sum() - worth[j, others].sum()
        inside = gain[np.ix_(ones, ones)].sum() + gain[np.ix_(others, others)].sum()
        return float(moved + inside - 2 * gain[np.ix_(ones, others)].sum())
