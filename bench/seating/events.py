"""Made-up events: of London size and other sizes with every hard rule in use, social golfers, a change on the day."""

import random

from joinedup.engines.seating import Person, Plan, Problem, Rule, Table, Topic

SECTORS = {
    "police": 18,
    "health": 17,
    "education": 15,
    "social_care": 14,
    "youth_justice": 12,
    "housing": 10,
    "local_authority": 18,
    "voluntary": 16,
}
THEMES = (
    "county_lines",
    "school_exclusion",
    "trusted_adult",
    "safe_places",
    "hospital",
    "online",
    "families",
)


def event(
    people: int, tables: int, rounds: int, topics: int, seed: int, *, met: float = 0.01, spare: int = 0
) -> Problem:
    """A made-up event: partners of two or three people in eight sectors, every hard rule in use.

    Tables are as equal as can be; `spare` gives each that many seats more, and twice as many fewer at least.
    """
    chance = random.Random(seed)
    sectors = [name for name, share in SECTORS.items() for _ in range(share)]
    partners = [(f"partner-{n:03}", chance.choice(sectors)) for n in range(max(2, people * 5 // 12))]
    guests = []
    for n in range(people):
        partner, sector = partners[n % len(partners)]
        guests.append(
            Person(
                id=f"p{n:04}",
                name=f"Guest {n}",
                partner=partner,
                sector=sector,
                themes=tuple(chance.sample(THEMES, 2)),
                roles=("facilitator",) if n < tables + 2 else (),
                access=("step_free",) if n % 20 == 19 else (),
                opted_in=chance.random() < 0.5,
            )
        )
    hosts = [n for n in range(tables + 2, len(partners)) if n + len(partners) < people][
        : max(1, people // 30)
    ]
    for n in hosts:
        guests[n] = _with_role(guests[n], "young_person")
        guests[n + len(partners)] = _with_role(guests[n + len(partners)], "companion")
    named = [
        Topic(
            id=f"t{n:03}",
            title=f"Topic {n}",
            theme=chance.choice(THEMES),
            parties=tuple(sorted({chance.choice(partners)[0] for _ in range(2)})),
            weight=chance.choice((1.0, 2.0, 3.0)),
        )
        for n in range(topics)
    ]
    ids = [guest.id for guest in guests]
    last = ids[-(people // 4) :]
    known = tuple((a, b) for a in ids for b in ids if a < b and chance.random() < met)
    even = people // tables
    room = tuple(
        Table(
            f"table-{n + 1:03}",
            even - 2 * spare,
            even + (n < people % tables) + spare,
            ("step_free",) if n % 3 == 0 else (),
        )
        for n in range(tables)
    )
    rules = (Rule("together", tuple(last[:2])), Rule("apart", tuple(last[2:5])))
    return Problem(tuple(guests), room, tuple(named), known, rules, rounds, seed)


def _with_role(person: Person, role: str) -> Person:
    return Person(**{**vars(person), "roles": (role,)})


def golfers(groups: int, size: int, weeks: int) -> Problem:
    """Everybody of a partner and a sector of their own; perfect when no pair meets twice."""
    people = tuple(Person(f"g{n:03}", partner=f"g{n}", sector=f"g{n}") for n in range(groups * size))
    tables = tuple(Table(f"{n:02}", size, size) for n in range(groups))
    return Problem(people, tables, rounds=weeks)


def change(problem: Problem, made: Plan) -> tuple[list[str], list[Person]]:
    """Eight who do not come, none of them with a role, and five who walk in."""
    plain = [person.id for person in problem.people if not person.roles]
    there = {row[3] for row in made.assignments}
    gone = [who for who in plain[::11] if who in there][:8]
    return gone, [Person(f"w{n}", f"Walk-in {n}", f"walk-in-{n}", "health") for n in range(5)]
