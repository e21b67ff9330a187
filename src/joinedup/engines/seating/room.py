"""The search's state of one round: seats, who may move, and a first seating that keeps as many rules as it
can."""

from collections.abc import Iterable

import numpy as np

from joinedup.engines.seating.arrays import Arrays, Floats, Ints, blocks, quotas

SHUT = np.float32(-1e9)


class Room:
    """One round. People who are there are numbered 0 … n-1 (`who` gives their numbers in `Arrays`), and empty
    seats n … N-1, so that a move to an empty seat is an exchange like any other.

    `table` (N): where each is; `seats[t]`: who is at table t. `open` (N): 0 for those who may be exchanged
    freely and `SHUT` for the others; `lead`: the same for those who lead a table and are exchanged among
    themselves; `pinned`: people who keep their place unless somebody of their partner takes it; `groups`: the
    blocks that move as one.
    """

    def __init__(
        self,
        arrays: Arrays,
        number: int,
        pins: dict[int, int],
        topic_at: Ints,
        was: Ints | None,
        rng: np.random.Generator,
    ) -> None:
        self.arrays, self.number, self.topic_at, self.rng = arrays, number, topic_at, rng
        self.who = np.flatnonzero(arrays.present[number])
        self.count = len(self.who)
        local = {int(who): n for n, who in enumerate(self.who)}
        self.pins = {local[who]: table for who, table in pins.items() if who in local}
        self.units = [[local[who] for who in block] for block in blocks(arrays, number)]
        self.was = None if was is None else was[self.who]
        self.suits = arrays.suits[self.who]
        self.apart = arrays.apart[np.ix_(self.who, self.who)]
        self.facilitates = arrays.facilitates[self.who].tolist()
        opened = arrays.open[number]
        shares = quotas(arrays, self.count, opened)
        self.high = [
            max(t.seats_max if used else 0, n)
            for t, n, used in zip(arrays.tables, shares, opened, strict=True)
        ]
        # No used table is emptied, so that its topic is discussed.
        self.low = [min(max(t.seats_min, 1), n) for t, n in zip(arrays.tables, shares, strict=True)]
        self.shares = shares
        self.leads: set[int] = set()
        self.split: set[int] = set()

    def fill(self, repeats: Floats) -> None:
        """A first seating. `repeats` (T, n) is 1 if somebody would come to a topic again."""
        self.where = [-1] * self.count
        self.held: list[list[int]] = [[] for _ in self.high]
        led = self._leaders()
        first = {tuple(self.units[unit]): table for table, unit in led.items()}
        order = sorted(
            self.units,
            key=lambda unit: (
                not any(member in self.pins for member in unit),
                tuple(unit) not in first,
                self._was(unit) < 0,
                self._tables(unit),
                -len(unit),
                unit,
            ),
        )
        for unit in order:
            pinned = next((self.pins[member] for member in unit if member in self.pins), None)
            self._seat(unit, first.get(tuple(unit), pinned), repeats)
        self._raise_low(repeats)
        self._freeze(led)

    def _tables(self, unit: list[int]) -> int:
        return int(self.suits[unit].all(axis=0).sum())

    def _was(self, unit: list[int]) -> int:
        """Where most of the unit sat before, -1 for nowhere."""
        if self.was is None:
            return -1
        places = [int(self.was[member]) for member in unit if self.was[member] >= 0]
        return max(sorted(set(places)), key=places.count, default=-1)

    def _leaders(self) -> dict[int, int]:
        """{table: unit that leads it}: as many tables as possible, each led by a unit it suits.

        Bipartite matching by augmenting paths (Kuhn 1955), started from those who are at their table already.
        """
        able = [n for n, unit in enumerate(self.units) if any(self.facilitates[member] for member in unit)]
        fixed = {n: self.pins[m] for n in able for m in self.units[n] if m in self.pins}
        able.sort(key=lambda n: (-int(self.arrays.present[:, self.who[self.units[n][0]]].sum()), n))
        led: dict[int, int] = {}
        for n in able:
            table = fixed.get(n, self._was(self.units[n]))
            if table >= 0 and table not in led and self._leads(n, table, fixed):
                led[table] = n

        def find(table: int, seen: set[int]) -> bool:
            # Fewest moves first: those who do not lead a table yet and may sit with the people there, then
            # those whose own table has another leader.
            for n in sorted(able, key=lambda n: self._moves(n, table, led, able)):
                if n in seen or not self._leads(n, table, fixed):
                    continue
                seen.add(n)
                holds = next((t for t, unit in led.items() if unit == n), None)
                if holds is None or find(holds, seen):
                    led[table] = n
                    return True
            return False

        for table in range(len(self.high)):
            if table not in led and self.high[table]:
                find(table, set())
        return led

    def _moves(self, unit: int, table: int, led: dict[int, int], able: list[int]) -> tuple[int, bool, int]:
        """How many others would move if the unit led the table, and tie-breakers."""
        if self.was is None:
            return 0, unit in led.values(), 0
        there = np.flatnonzero(self.was == table)
        apart = int(self.apart[self.units[unit]][:, there].sum())
        own = next((t for t, leader in led.items() if leader == unit), None)
        stands_in = any(self._was(self.units[n]) == own for n in able if n not in led.values())
        return apart + (own is not None and not stands_in), own is not None, -self._spare(unit)

    def _spare(self, unit: int) -> int:
        """How many more people than its smallest size sat at the unit's table."""
        table = self._was(self.units[unit])
        return 0 if table < 0 or self.was is None else int((self.was == table).sum()) - self.low[table]

    def _leads(self, unit: int, table: int, fixed: dict[int, int]) -> bool:
        members = self.units[unit]
        return (
            fixed.get(unit, table) == table
            and len(members) <= self.high[table]
            and bool(self.suits[members, table].all())
        )

    def _seat(self, unit: list[int], table: int | None, repeats: Floats) -> None:
        free = [t for t in range(len(self.high)) if len(self.held[t]) + len(unit) <= self.high[t]]
        if table is None or table not in free:
            if not free and len(unit) > 1:
                self.split |= set(unit)
                for member in unit:
                    self._seat([member], None, repeats)
                return
            was = self._was(unit)
            if was in free and not self._harm(unit, was, repeats):
                table = was
            else:
                table = min(
                    free,
                    key=lambda t: (
                        self._harm(unit, t, repeats),
                        t != was,
                        len(self.held[t]) + len(unit) > self.shares[t],
                        len(self.held[t]) - self.shares[t],
                        self.rng.random(),
                    ),
                )
        for member in unit:
            self.where[member] = table
        self.held[table] = self.held[table] + unit

    def _harm(self, unit: list[int], table: int, repeats: Floats) -> int:
        """How many rules a unit would break at a table."""
        return (
            int((~self.suits[unit, table]).sum())
            + int(self.apart[np.ix_(unit, self.held[table])].sum())
            + int(repeats[table, unit].sum())
        )

    def _raise_low(self, repeats: Floats) -> None:
        """Fill tables up to their smallest size with single people from tables that can spare one."""
        single = {unit[0] for unit in self.units if len(unit) == 1} - set(self.pins)
        for table, low in enumerate(self.low):
            while len(self.held[table]) < low:
                spare = [
                    who
                    for t, people in enumerate(self.held)
                    if len(people) > self.low[t]
                    for who in people
                    if who in single and not self.facilitates[who]
                ]
                if not spare:
                    break
                who = min(
                    spare,
                    key=lambda each: (
                        not self.suits[each, table],
                        int(self.apart[each, self.held[table]].sum()) + int(repeats[table, each]),
                        -len(self.held[self.where[each]]) + self.low[self.where[each]],
                        each,
                    ),
                )
                self.held[self.where[who]].remove(who)
                self.held[table].append(who)
                self.where[who] = table

    def _freeze(self, led: dict[int, int]) -> None:
        empty = [high - len(people) for high, people in zip(self.high, self.held, strict=True)]
        spare = np.repeat(np.arange(len(empty)), empty)
        self.size = self.count + len(spare)
        self.table = np.concatenate([np.array(self.where, dtype=np.intp), spare])
        self.seats = [np.flatnonzero(self.table == t) for t in range(len(self.high))]
        self.place = [0] * self.size
        for people in self.seats:
            for n, who in enumerate(people.tolist()):
                self.place[who] = n
        self.empty = empty
        self.most_empty = [high - low for high, low in zip(self.high, self.low, strict=True)]
        self.groups = []
        self.open = np.zeros(self.size, dtype=np.float32)
        self.lead = np.full(self.size, SHUT, dtype=np.float32)
        self.group_of: dict[int, list[int]] = {}
        leading = set(led.values())
        for n, unit in enumerate(self.units):
            if n in leading:
                able = [member for member in unit if self.facilitates[member]]
                self.leads |= set(able[:1])
            held = any(member in self.pins for member in unit)
            if len(unit) > 1 and not set(unit) & self.split:
                self.open[unit] = SHUT
                if not held:
                    self.groups.append(unit)
                    self.group_of.update(dict.fromkeys(unit, unit))
            elif n in leading or held:
                self.open[unit] = SHUT
                if n in leading and not held:
                    self.lead[unit] = 0.0
        # Only somebody of the same partner may take a pinned place.
        self.pinned = {
            unit[0]
            for n, unit in enumerate(self.units)
            if len(unit) == 1 and unit[0] in self.pins and n not in leading and unit[0] not in self.split
        }

    def exchange(self, ones: Iterable[int], others: Iterable[int]) -> None:
        """Two lists of the same length change places."""
        for one, other in zip(ones, others, strict=True):
            i, j = int(self.table[one]), int(self.table[other])
            self.table[one], self.table[other] = j, i
            p, q = self.place[one], self.place[other]
            self.seats[i][p], self.seats[j][q] = other, one
            self.place[one], self.place[other] = q, p
            if other >= self.count:
                self.empty[i] += 1
                self.empty[j] -= 1
            elif one >= self.count:
                self.empty[i] -= 1
                self.empty[j] += 1
