"""Rules of one round that cannot all hold: a minimal set of them, and the smallest change that resolves it.

If counting (`infeasible_counts`) shows nothing, a round is searched exactly (`exact`). Rules that apply to it
are removed one by one as long as the rest still cannot hold (a deletion filter, Chinneck and Dravnieks 1991):
every member of the remaining set is needed for the conflict.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from joinedup.engines.seating.exact import NODES, seatable
from joinedup.engines.seating.problem import (
    FACILITATOR,
    TOGETHER,
    YOUNG_PERSON,
    Finding,
    Person,
    Problem,
    Rule,
    Table,
)
from joinedup.engines.words import counted, listing, plural

# Conflicts in one round are searched for one by one, at most this many.
MOST_COLLISIONS = 4
MOST_NAMED = 6
# The choices tried for each question after the first; if they do not decide it, the rule is named.
NODES_AGAIN = 500


@dataclass(frozen=True)
class Round:
    """Everything that applies to one round."""

    people: tuple[Person, ...]
    tables: tuple[Table, ...]
    rules: tuple[Rule, ...]
    led: bool

    def can_be_seated(self, nodes: int) -> bool | None:
        """See `seatable`."""
        return seatable(self.people, self.tables, self.rules, led=self.led, nodes=nodes)


@dataclass(frozen=True)
class _Part:
    """One rule: its kind, the words for it and for dropping it, whom it concerns, and the round without
    it."""

    kind: str
    says: str
    give_up: str
    people: tuple[str, ...]
    without: Callable[[Round], Round]


def round_of(problem: Problem, number: int) -> Round:
    """Round `number` (from 1), everything in order."""
    ids = {person.id for person in problem.attending(number)}
    rules = tuple(replace(each, people=tuple(sorted(ids & set(each.people)))) for each in problem.rules)
    return Round(
        tuple(sorted(problem.attending(number), key=lambda each: each.id)),
        tuple(sorted(problem.tables, key=lambda each: each.id)),
        tuple(
            sorted(
                {each for each in rules if len(each.people) > 1}, key=lambda each: (each.kind, each.people)
            )
        ),
        any(FACILITATOR in person.roles for person in problem.people),
    )


def clashes(problem: Problem, number: int) -> list[Finding]:
    """The conflicts of round `number` (from 1) that the exact search proves; empty if there is none, or if it
    cannot tell."""
    now = round_of(problem, number)
    found: list[Finding] = []
    while len(found) < MOST_COLLISIONS and now.can_be_seated(NODES) is False:
        core, freed = _core(now)
        if not core:
            break
        found.append(_finding(now, number, core))
        now = freed
    return found


def _core(now: Round) -> tuple[list[_Part], Round]:
    """The conflicting parts, and the round without the first of them."""
    rest = now
    core: list[_Part] = []
    for part in _parts(now):
        without = part.without(rest)
        if without.can_be_seated(NODES_AGAIN) is False:
            rest = without
        else:
            core.append(part)
    return core, core[0].without(now) if core else now


def _finding(now: Round, number: int, core: list[_Part]) -> Finding:
    frees = [part for part in core if part.without(now).can_be_seated(NODES_AGAIN)]
    changes = [each for each in (_seats(now), _table(now)) if each]
    if len(frees) == len(core):
        changes.insert(0, "take one of these rules away" if len(core) > 1 else core[0].give_up)
    elif frees:
        changes.insert(0, frees[0].give_up)
    elif not changes:
        changes = ["take one of these rules away; others collide besides"]
    kinds = list(dict.fromkeys(part.kind for part in core))
    where = counted(len(now.tables), "table")
    said = "; ".join(part.says for part in core[:MOST_NAMED])
    if len(core) > MOST_NAMED:
        said += f"; and {len(core) - MOST_NAMED} more"
    return Finding(
        kinds[0],
        f"Round {number}: at {where} these rules cannot all hold: {said}."
        if len(core) > 1
        else f"Round {number}: at {where} this cannot hold: {said}.",
        tuple(dict.fromkeys(who for part in core for who in part.people)),
        round=number,
        change=f"{changes[0][0].upper()}{', or '.join(changes)[1:]}.",
        clashes_with=tuple(kinds[1:]) or (kinds[0],),
    )


def _seats(now: Round) -> str:
    """One seat more at one table, if that makes the round feasible."""
    for n, table in enumerate(now.tables):
        larger = replace(table, seats_max=table.seats_max + 1)
        if replace(now, tables=(*now.tables[:n], larger, *now.tables[n + 1 :])).can_be_seated(NODES_AGAIN):
            return f"add 1 seat at table {table.id}"
    return ""


def _table(now: Round) -> str:
    """One table more, as large as the largest and meeting all access needs that any table meets, if that
    makes the round feasible."""
    largest = max(now.tables, key=lambda each: each.seats_max)
    access = tuple(sorted({need for each in now.tables for need in each.access}))
    more = Table("", 0, largest.seats_max, access)
    return "add a table" if replace(now, tables=(*now.tables, more)).can_be_seated(NODES_AGAIN) else ""


def _parts(now: Round) -> Iterator[_Part]:
    """Everything that can be dropped, the least droppable first: what is tried first is named only if
    necessary."""
    yield _Part(
        "table_size",
        "tables have their fewest and their most people",
        "let tables be smaller or larger",
        (),
        lambda each: replace(
            each,
            tables=tuple(
                replace(t, seats_min=0, seats_max=max(t.seats_max, len(each.people))) for t in each.tables
            ),
        ),
    )
    if now.led:
        yield _Part(
            "facilitator",
            "somebody leads each table",
            "let a table have nobody who leads it",
            (),
            lambda each: replace(each, led=False),
        )
    for host in sorted({p.partner for p in now.people if YOUNG_PERSON in p.roles}):
        young = [p for p in now.people if YOUNG_PERSON in p.roles and p.partner == host]
        yield _Part(
            "companion",
            f"{_names(young)} {plural(len(young), 'sits', 'sit')} with a companion from {host or 'their host'}",
            f"bring another companion from {host or 'their host'}",
            tuple(p.id for p in young),
            lambda each, host=host: _people(each, YOUNG_PERSON, host),  # type: ignore[misc]
        )
    for need in sorted({need for p in now.people for need in p.access}):
        who = [p for p in now.people if need in p.access]
        said = need.replace("_", " ")
        yield _Part(
            "access",
            f"{_names(who)} {plural(len(who), 'needs', 'need')} {said}",
            f"make more tables {said}",
            tuple(p.id for p in who),
            lambda each, need=need: replace(  # type: ignore[misc]
                each,
                people=tuple(replace(p, access=tuple(n for n in p.access if n != need)) for p in each.people),
            ),
        )
    by_id = {p.id: p for p in now.people}
    for rule in now.rules:
        names = _names([by_id[who] for who in rule.people])
        said = f"{names} {'together' if rule.kind == TOGETHER else 'apart'}"
        yield _Part(
            rule.kind,
            said,
            f"take the rule away that keeps {said}",
            rule.people,
            lambda each, rule=rule: replace(  # type: ignore[misc]
                each, rules=tuple(one for one in each.rules if one != rule)
            ),
        )


def _people(now: Round, role: str, host: str) -> Round:
    """The round with nobody of this host in a role."""
    return replace(
        now,
        people=tuple(
            replace(p, roles=tuple(each for each in p.roles if p.partner != host or each != role))
            for p in now.people
        ),
    )


def _names(people: list[Person]) -> str:
    labels = [person.label for person in people]
    if len(labels) > 4:
        return listing([*labels[:3], f"{len(labels) - 3} others"])
    return listing(labels)
