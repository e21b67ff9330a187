"""Events that can be seated, because their rules are read off a seating that was made first."""

import random

from joinedup.engines.seating import Person, Problem, Rule, Table, Topic


def planted(seed: int, people: int = 24, tables: int = 4, rounds: int = 3) -> Problem:
    """Every kind of hard rule, exact table sizes, one facilitator for each table."""
    chance = random.Random(seed)
    ids = [f"p{n:02}" for n in range(people)]
    size = people // tables
    partner = {who: f"org{chance.randrange(people // 3)}" for who in ids}
    sector = {
        org: chance.choice(["police", "health", "housing", "voluntary"])
        for org in sorted(set(partner.values()))
    }
    leads, young, adult = ids[:tables], ids[tables], ids[tables + 1]
    partner[young] = partner[adult] = "youth-club"
    sector["youth-club"] = "voluntary"
    pair = (ids[tables + 2], ids[tables + 3])
    ties = [(young, adult), pair]
    seated: list[list[list[str]]] = []
    for _ in range(rounds):
        groups = [[lead] for lead in chance.sample(leads, tables)]
        for tie in ties:
            chance.choice([group for group in groups if len(group) + 2 <= size]).extend(tie)
        rest = ids[tables + 4 :]
        chance.shuffle(rest)
        for who in rest:
            next(group for group in groups if len(group) < size).append(who)
        seated.append(groups)
    shared = {frozenset((a, b)) for row in seated for group in row for a in group for b in group if a != b}
    strangers = [(a, b) for a in ids for b in ids if a < b and frozenset((a, b)) not in shared]
    apart = chance.sample(strangers, min(5, len(strangers)))
    always_first = [who for who in ids if all(who in row[0] for row in seated)]
    step_free = always_first[:1] or [ids[-1]]
    topics = [
        Topic(
            f"t{number}{table}",
            theme=chance.choice(["online", "families"]),
            parties=tuple(sorted({partner[who] for who in chance.sample(seated[number][table], 2)})),
            weight=chance.choice((1, 2, 5)),
        )
        for number in range(rounds)
        for table in range(tables)
    ]
    return Problem(
        people=tuple(
            Person(
                who,
                name=who.upper(),
                partner=partner[who],
                sector=sector[partner[who]],
                themes=tuple(chance.sample(["online", "families", "hospital"], chance.randrange(3))),
                roles=("facilitator",) * (who in leads)
                + ("young_person",) * (who == young)
                + ("companion",) * (who == adult),
                access=("step_free",) * (who in step_free and bool(always_first)),
                opted_in=chance.random() < 0.5,
            )
            for who in ids
        ),
        tables=tuple(Table(f"{n}", size, size, ("step_free",) * (n == 0)) for n in range(tables)),
        topics=tuple(topics),
        met=tuple((a, b) for a, b in strangers if chance.random() < 0.1),
        rules=(Rule("together", pair), *(Rule("apart", each) for each in apart)),
        rounds=rounds,
        seed=seed,
    )
