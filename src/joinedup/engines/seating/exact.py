"""Whether one round can be seated at all: exact, by backtracking, ignoring the goals.

Only people to whom a rule applies are placed one by one; all others are counted. If a choice is refuted, so
are equivalent choices of table and person (Gent and Smith 2000, symmetry breaking during search).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from joinedup.engines.seating.assignment import matching
from joinedup.engines.seating.problem import (
    APART,
    COMPANION,
    FACILITATOR,
    TOGETHER,
    YOUNG_PERSON,
    Person,
    Rule,
    Table,
)
from joinedup.engines.seating.rules import accompanies

# The most choices tried before the question is left open.
NODES = 4_000


@dataclass
class _Unit:
    """People who sit together; `may` are the tables that suit them, `apart` the units that must sit elsewhere."""

    people: list[Person]
    may: frozenset[int]
    leads: bool
    apart: set[int] = field(default_factory=set)
    young: list[Person] = field(default_factory=list)
    adults: list[Person] = field(default_factory=list)

    def like(self) -> tuple[int, frozenset[int], bool] | None:
        """A key: units with the same key are interchangeable; None for a unique unit."""
        return None if self.apart or self.young or self.adults else (len(self.people), self.may, self.leads)


def seatable(
    people: Sequence[Person], tables: Sequence[Table], rules: Sequence[Rule], *, led: bool, nodes: int = NODES
) -> bool | None:
    """Whether these people, all present, can be seated so that sizes, leaders (if `led`), rules, access needs
    and companions hold. None if `nodes` choices do not decide it."""
    try:
        return one_seating(people, tables, rules, led=led, nodes=nodes) is not None
    except Undecided:
        return None


def one_seating(
    people: Sequence[Person], tables: Sequence[Table], rules: Sequence[Rule], *, led: bool, nodes: int = NODES
) -> dict[str, str] | None:
    """Like `seatable`: such a seating, {person id: table id}, or None if there is none. Raises Undecided."""
    if not people:
        return {}
    units = _units(people, tables, rules)
    if units is None:
        return None
    one = _Round(units, list(tables), led, nodes)
    return one.seating() if one.search() else None


def _units(people: Sequence[Person], tables: Sequence[Table], rules: Sequence[Rule]) -> list[_Unit] | None:
    """None if two people must sit both together and apart."""
    known = {person.id: person for person in people}
    group = {who: {who} for who in known}
    for rule in rules:
        ids = [who for who in rule.people if who in known]
        if rule.kind == TOGETHER and ids:
            joined = set().union(*(group[who] for who in ids))
            group |= dict.fromkeys(joined, joined)
    number: dict[str, int] = {}
    units: list[_Unit] = []
    hosts = {person.partner for person in people if YOUNG_PERSON in person.roles}
    for who in sorted(known):
        if who in number:
            continue
        members = [known[each] for each in sorted(group[who])]
        number |= {each.id: len(units) for each in members}
        needs = {need for each in members for need in each.access}
        units.append(
            _Unit(
                members,
                frozenset(n for n, table in enumerate(tables) if needs <= set(table.access)),
                any(FACILITATOR in each.roles for each in members),
                young=[p for p in members if YOUNG_PERSON in p.roles and not _is_looked_after(p, members)],
                adults=[p for p in members if COMPANION in p.roles and p.partner in hosts],
            )
        )
    for rule in rules:
        if rule.kind == APART:
            ids = sorted({who for who in rule.people if who in known})
            here = {number[who] for who in ids}
            if len(here) < len(ids):
                return None
            for each in here:
                units[each].apart |= here - {each}
    return units


def _is_looked_after(young: Person, members: list[Person]) -> bool:
    return any(accompanies(each, young) for each in members)


class Undecided(Exception):
    """The limit of choices was reached before an answer."""


class _Round:
    def __init__(self, units: list[_Unit], tables: list[Table], led: bool, nodes: int) -> None:
        self.units, self.tables, self.led, self.left = units, tables, led, nodes
        everywhere = frozenset(range(len(tables)))
        plain = [u for u in units if u.like() and len(u.people) == 1 and u.may == everywhere]
        self.plain = sorted(
            (unit.people[0] for unit in plain), key=lambda each: FACILITATOR not in each.roles
        )
        self.leaders = sum(unit.leads for unit in plain) if led else 0
        self.others = len(plain) - self.leaders
        self.special = [n for n, unit in enumerate(units) if not any(unit is each for each in plain)]
        # For each young person who needs a companion: the units that include one.
        self.brings = {
            young.id: [n for n, each in enumerate(units) if any(accompanies(a, young) for a in each.adults)]
            for unit in units
            for young in unit.young
        }
        self.at: dict[int, int] = {}
        self.load = [0] * len(tables)
        self.waiting = sum(len(units[n].people) for n in self.special)

    def search(self) -> bool:
        return self._all_apart_fit() and self._search({n: self.units[n].may for n in self.special})

    def _all_apart_fit(self) -> bool:
        """Whether units that must all be apart (a greedily found clique) can each have their own table."""
        clique: list[int] = []
        for unit in sorted(self.special, key=lambda n: (-len(self.units[n].apart), n)):
            if set(clique) <= self.units[unit].apart:
                clique.append(unit)
        return matching([sorted(self.units[unit].may) for unit in clique]) == len(clique)

    def _search(self, domains: dict[int, frozenset[int]]) -> bool:
        self.left -= 1
        if self.left < 0:
            raise Undecided
        if not self._has_room(domains):
            return False
        if not domains:
            return self._closes()
        able = {n: self._able(self.units[n], may, domains) for n, may in domains.items()}
        if not self._calls_companions(able):
            return False
        unit = min(
            able,
            key=lambda n: (
                len(able[n]),
                bool(self.units[n].young),
                -len(self.units[n].apart),
                -len(self.units[n].people),
                n,
            ),
        )
        refuted: set[int] = set()
        for table in sorted(able[unit], key=lambda t: (self.load[t], t)):
            if table in refuted:
                continue
            rest = {n: may - {table} if n in self.units[unit].apart else may for n, may in able.items()}
            rest.pop(unit)
            if all(rest.values()) and self._placed(unit, table, rest):
                return True
            alike = {table, *(t for t in able[unit] if self._like(t) == self._like(table))}
            refuted |= alike
            likeness = self.units[unit].like()
            if likeness:
                able = {
                    n: may - alike if n != unit and self.units[n].like() == likeness else may
                    for n, may in able.items()
                }
        return False

    def _placed(self, unit: int, table: int, rest: dict[int, frozenset[int]]) -> bool:
        size = len(self.units[unit].people)
        self.at[unit] = table
        self.load[table] += size
        self.waiting -= size
        if self._search(rest):
            return True
        self.waiting += size
        self.load[table] -= size
        del self.at[unit]
        return False

    def _able(self, unit: _Unit, may: frozenset[int], domains: dict[int, frozenset[int]]) -> frozenset[int]:
        """Tables with enough free seats where every young person of the unit has or can still have a
        companion."""
        able = {t for t in may if self.load[t] + len(unit.people) <= self.tables[t].seats_max}
        for young in unit.young:
            able &= {
                t
                for n in self.brings[young.id]
                for t in ((self.at[n],) if n in self.at else domains.get(n, ()))
            }
        return frozenset(able)

    def _calls_companions(self, able: dict[int, frozenset[int]]) -> bool:
        """Restrict the last possible companion of a young person to their table; False if none is left."""
        for unit, table in self.at.items():
            for young in self.units[unit].young:
                adults = self.brings[young.id]
                if any(self.at.get(n) == table for n in adults):
                    continue
                coming = [n for n in adults if n in able and table in able[n]]
                if not coming:
                    return False
                if len(coming) == 1:
                    able[coming[0]] = frozenset((table,))
        return True

    def _like(self, table: int) -> tuple[object, ...]:
        """A key: tables with the same key are interchangeable at present; one where somebody sits is
        unique."""
        if self.load[table]:
            return (table,)
        each = self.tables[table]
        return (each.seats_min, each.seats_max, frozenset(each.access))

    def _has_room(self, domains: dict[int, frozenset[int]]) -> bool:
        """Whether necessary counts of seats and leaders still hold."""
        people = self.waiting + self.leaders + self.others
        lacking = sum(max(0, t.seats_min - n) for t, n in zip(self.tables, self.load, strict=True))
        free = sum(t.seats_max - n for t, n in zip(self.tables, self.load, strict=True))
        leaders = self.leaders + sum(self.units[n].leads for n in domains)
        return lacking <= people <= free and (not self.led or len(self._unled()) <= leaders)

    def _unled(self) -> list[int]:
        """Tables that have to be used and have no leader yet."""
        led = {table for unit, table in self.at.items() if self.units[unit].leads}
        return [
            t for t, table in enumerate(self.tables) if (self.load[t] or table.seats_min) and t not in led
        ]

    def _closes(self) -> bool:
        """Once everybody to whom a rule applies has a seat: whether the others fit in, with every table
        led."""
        if not self._calls_companions({}):
            return False
        load, left = list(self.load), self.leaders
        if self.led:
            for table in self._unled():
                load[table] += 1
                left -= 1
        if left < 0 or any(n > t.seats_max for n, t in zip(load, self.tables, strict=True)):
            return False
        rest = left + self.others
        lacking = sum(max(0, t.seats_min - n) for t, n in zip(self.tables, load, strict=True))
        used = [t.seats_max - n for t, n in zip(self.tables, load, strict=True) if n or t.seats_min]
        spare = sorted(
            (t.seats_max for t, n in zip(self.tables, load, strict=True) if not n and not t.seats_min)
        )
        # A table that may stay empty is only used with its own leader.
        opened = spare if not self.led else spare[len(spare) - min(left, len(spare)) :]
        return lacking <= rest <= sum(used) + sum(opened)

    def seating(self) -> dict[str, str]:
        """Where everybody sits, after a successful search."""
        seats = {each.id: table for unit, table in self.at.items() for each in self.units[unit].people}
        load = list(self.load)
        able = [t for t, table in enumerate(self.tables) if load[t] or table.seats_min]
        opening = self._unled() if self.led else []
        # Tables that may stay empty are used if the others cannot hold everybody.
        for t in sorted(set(range(len(load))) - set(able), key=lambda t: -self.tables[t].seats_max):
            if sum(self.tables[each].seats_max - load[each] for each in able) >= len(self.plain):
                break
            able.append(t)
            if self.led:
                opening.append(t)
        for person in self.plain:
            if opening and FACILITATOR in person.roles:
                table = opening.pop(0)
            else:
                table = min(
                    (t for t in able if load[t] < self.tables[t].seats_max),
                    key=lambda t: (load[t] >= self.tables[t].seats_min, load[t], t),
                )
            seats[person.id] = table
            load[table] += 1
        return {who: self.tables[table].id for who, table in seats.items()}
