"""How fast and how well tables are planned: London size by default.

    python bench/seat.py [--people 120 --tables 12 --rounds 3 --topics 36 --iterations N --seconds 5 --seed 1]
    python bench/seat.py --change      eight no-shows and five walk-ins
    python bench/seat.py --golfers     social golfer instances 8-4-7, 9-3-9 and 10-5-6

Prints seconds, the value of each goal, what random seating reaches, and the ratio of the two.
"""

import argparse
import random
import resource
import time

from joinedup.engines.seating import Person, Plan, Problem, Rule, Table, Topic, blockers, plan, replan

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


def show(name: str, made: Plan, start: tuple[float, float]) -> None:
    """One block of figures; `start` is the clock and the processor time at which the work began."""
    seconds, processor = time.perf_counter() - start[0], time.process_time() - start[1]
    goals, chance = made.report["goals"], made.report["random_seating"]
    new = goals["new_meetings"]["value"]
    print(
        f"{name}: {seconds:.2f} s ({processor:.2f} s of one core), {len(made.report['broken'])} rules broken"
    )
    if made.report.get("stopped") == "time":
        print("    the clock cut the search short: this machine is slow or busy")
    for finding in made.report["broken"][:6]:
        print("   ", finding["sentence"])
    for goal, values in goals.items():
        print(f"    {goal}: {values}")
    if chance["new_meetings"]:
        print(f"    random seating: {chance['new_meetings']}; ratio {new / chance['new_meetings']:.3f}")


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for option, default in (("people", 120), ("tables", 12), ("rounds", 3), ("topics", 36), ("seed", 1)):
        parser.add_argument(f"--{option}", type=int, default=default)
    parser.add_argument("--iterations", type=int)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--change", action="store_true")
    parser.add_argument("--golfers", action="store_true")
    given = parser.parse_args()
    if given.golfers:
        for size in ((8, 4, 7), (9, 3, 9), (10, 5, 6)):
            problem = golfers(*size)
            began = time.process_time()
            made = plan(problem, seconds=given.seconds, iterations=given.iterations)
            took = time.process_time() - began
            most = size[2] * size[0] * size[1] * (size[1] - 1) // 2
            again = most - made.report["goals"]["new_meetings"]["value"]
            print(
                f"golfers {'-'.join(map(str, size))}: {took:.2f} s of one core, {again} of {most} pairs meet again"
            )
        return
    problem = event(
        given.people, given.tables, given.rounds, given.topics, given.seed, spare=int(given.change)
    )
    for finding in blockers(problem):
        print("cannot hold:", finding.sentence, finding.change)
    start = time.perf_counter(), time.process_time()
    made = plan(problem, seconds=given.seconds, iterations=given.iterations)
    show("plan", made, start)
    if given.change:
        plain = [p.id for p in problem.people if not p.roles]
        arrivals = [Person(f"w{n}", partner=f"walk-in-{n}", sector="health") for n in range(5)]
        start = time.perf_counter(), time.process_time()
        changed = replan(problem, made, plain[::11][:8], arrivals)
        show("after eight no-shows and five walk-ins", changed, start)
        print(f"    moved: {changed.report['moved']}")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
