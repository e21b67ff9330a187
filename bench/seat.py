"""How fast and how well tables are planned, beside what else could seat people. Each bar of the planner is one option.

    python bench/seat.py --london      120 people, 12 tables, 3 rounds [--seeds 1 2 3] [--rivals 60] [--warm]
    python bench/seat.py --day [HOME]  the demonstration's own day, out of HOME or made for it [--rivals 60] [--warm]
    python bench/seat.py --large       1,000 people, 100 tables, 4 rounds
    python bench/seat.py --golfers     social golfers 8-4-7, 9-3-9 and 10-5-6
    python bench/seat.py --change      eight no-shows and five walk-ins [--seeds 1 2 3] [--bound 20]
    python bench/seat.py --hand        one move by hand, and all tables for one person

Without an option: all but the day and the thousand people, in two to three minutes. `--rivals` are the seconds that
CP-SAT gets (half of them for the plain annealer; 0 leaves both out); it starts from nothing or, `--warm`, from our
plan. Seconds are by the clock; beside them what one core spent. The machine matters, the ratios do not.
"""

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from seating.annealer import annealed
from seating.bounds import relaxed
from seating.events import change, event, golfers
from seating.objective import whole

from joinedup.engines.seating import (
    Plan,
    Problem,
    blockers,
    broken,
    goals,
    move,
    moves,
    plan,
    replan,
    search,
    swap,
)

Measured = tuple[Any, float, float]


def timed(work: Callable[[], Any]) -> Measured:
    """What came out, seconds by the clock, seconds of one core."""
    clock, core = time.perf_counter(), time.process_time()
    made = work()
    return made, time.perf_counter() - clock, time.process_time() - core


def verdict(holds: bool, bar: str) -> None:
    """One line for a bar."""
    print(f"    {'holds' if holds else 'MISSED'}: {bar}")


def london(seed: int, seconds: float, rivals: float, warm: bool) -> None:
    """One event of London size: ours, chance, a plain annealer, CP-SAT."""
    problem = event(120, 12, 3, 36, seed)
    print(f"London size, seed {seed}: 120 people, 12 tables, 3 rounds, 36 topics")
    impossible = blockers(problem)
    for finding in impossible:
        print("    cannot hold:", finding.sentence, finding.change)
    made, clock, core = timed(lambda: plan(problem, seconds=seconds))
    value, chance = made.report["goals"], made.report["random_seating"]
    new, by_chance = value["new_meetings"]["value"], chance["new_meetings"]
    parties = value["topic_parties"]
    print(
        f"    ours: {clock:.1f} s ({core:.1f} s of one core), {len(made.report['broken'])} rules broken, "
        f"parties {parties['value']:g} of {parties['most']:g}, {new} new meetings, "
        f"sectors mixed {value['sector_mix']['value']:.3f}"
    )
    share = belongs(value["belonging"], relaxed(problem, rules=not impossible))
    print(f"    random seating: {by_chance} new meetings; ours is {new / by_chance:.3f} times that")
    verdict(clock <= 5, "within 5 s")
    verdict(not made.report["broken"] or bool(impossible), "no rule broken, or it is said why")
    verdict(new >= 1400, "at least 1,400 new meetings")
    verdict(share >= 0.95, "belonging at least 95% of its bound")
    if not rivals:
        return
    other = annealed(problem, rivals / 2, seed)
    met = goals(problem, other)["new_meetings"]["value"]
    print(
        f"    plain annealer, {rivals / 2:g} s, second goal only, sizes only: {met} new meetings, "
        f"{len(broken(problem, other))} rules broken; ours is {new / met:.3f} times that"
    )
    cp_sat(problem, made, rivals, seed, warm)


def belongs(value: dict[str, Any], bound: float) -> float:
    """Print where people belong; returns the share of the bound."""
    share = float(value["value"]) / bound if bound else 1.0
    print(
        f"    belonging {value['value']:.1f} of at most {bound:.1f} ({share:.3f}; the planner's own bound "
        f"{value['bound']:.1f}); {value['somewhere']:.0%} belong at some topic, {value['one_round']:.0%} where they "
        f"sit in a round at least, {value['two_rounds']:.0%} in two"
    )
    return share


def own_day(home: Path | None, seconds: float, rivals: float, warm: bool) -> None:
    """The demonstration's event to come: ours, ours without the second goal, CP-SAT."""
    from seating.day import day, make_demonstration

    with tempfile.TemporaryDirectory(prefix="joinedup-bench-") as made_for:
        if home is None:
            make_demonstration(Path(made_for))
        problem = day(home or Path(made_for))
    people, tables, topics = len(problem.people), len(problem.tables), len(problem.topics)
    print(
        f"The demonstration's own day: {people} people, {tables} tables, {problem.rounds} rounds, {topics} topics"
    )
    made, clock, core = timed(lambda: plan(problem, seconds=seconds))
    value = made.report["goals"]
    new = value["new_meetings"]["value"]
    print(
        f"    ours: {clock:.1f} s ({core:.1f} s of one core), {len(made.report['broken'])} rules broken, parties "
        f"{value['topic_parties']['value']:g} of {value['topic_parties']['most']:g}, {new} new meetings, sectors mixed "
        f"{value['sector_mix']['value']:.3f}"
    )
    share = belongs(value["belonging"], relaxed(problem))
    weight, search.BELONGING = search.BELONGING, 0.0
    plain = plan(problem, seconds=seconds).report["goals"]
    search.BELONGING = weight
    print(f"    without the second goal: {plain['new_meetings']['value']} new meetings")
    belongs(plain["belonging"], relaxed(problem))
    verdict(not made.report["broken"], "no rule broken")
    verdict(share >= 0.95, "belonging at least 95% of its bound")
    one, somewhere = value["belonging"]["one_round"], value["belonging"]["somewhere"]
    verdict(one >= somewhere, "everybody who belongs anywhere in a round at least")
    verdict(value["belonging"]["two_rounds"] >= 0.85, "85% in two of three rounds")
    verdict(new >= 0.9 * plain["new_meetings"]["value"], "90% of the new meetings without the second goal")
    if rivals:
        cp_sat(problem, made, rivals, 1, warm)


def cp_sat(problem: Problem, made: Plan, rivals: float, seed: int, warm: bool) -> None:
    """Our plan beside what CP-SAT makes of the whole objective."""
    from seating.cpsat import WORKERS, best

    theirs, clock, core = timed(lambda: best(problem, rivals, seed, made if warm else None))
    mine = whole(problem, made)
    if theirs is None:
        print(f"    CP-SAT, {rivals:g} s, {WORKERS} workers: it found no seating that keeps every rule")
        print(f"    not compared on the whole objective; it had {core:.0f} s of cores")
        return
    its = whole(problem, theirs)
    its_new = goals(problem, theirs)["new_meetings"]["value"]
    print(
        f"    CP-SAT{' from our plan' if warm else ''}, {WORKERS} workers, {rivals:g} s to solve ({clock:.0f} s with "
        f"its model, {core:.0f} s of cores): {len(broken(problem, theirs))} rules broken, {its_new} new meetings; "
        f"whole objective {its}, ours {mine}, {mine[1] / its[1]:.3f} times that"
    )
    verdict(mine >= its, f"at least as good as CP-SAT in {rivals:g} s on the whole objective")


def large(seconds: float) -> None:
    """A thousand people."""
    problem = event(1000, 100, 4, 400, 1)
    print("1,000 people, 100 tables, 4 rounds, 400 topics")
    made, clock, core = timed(lambda: plan(problem, seconds=seconds))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    new, by_chance = (made.report[name] for name in ("goals", "random_seating"))
    met, chance = new["new_meetings"]["value"], by_chance["new_meetings"]
    print(
        f"    ours: {clock:.1f} s ({core:.1f} s of one core), {len(made.report['broken'])} rules broken, {met} new "
        f"meetings, {memory:.0f} MB; random seating {chance}, ours is {met / chance:.3f} times that"
    )
    verdict(clock < 60 and memory < 1024, "under 60 s and 1 GB")
    verdict(not made.report["broken"], "no rule broken")


def golf() -> None:
    """Perfect schedules are known for these: no two meet twice."""
    for size in ((8, 4, 7), (9, 3, 9), (10, 5, 6)):
        problem = golfers(*size)
        made, clock, core = timed(lambda problem=problem: plan(problem, seconds=20))
        groups, people, weeks = size
        pairs = weeks * groups * people * (people - 1) // 2
        again = pairs - made.report["goals"]["new_meetings"]["value"]
        chance = made.report["random_seating"]["new_meetings"]
        print(
            f"golfers {groups}-{people}-{weeks}: {clock:.1f} s ({core:.1f} s of one core), {again} of {pairs} pairs "
            f"meet again; random seating {pairs - chance:.0f}"
        )
        verdict(clock < 30 and not again, "under 30 s, nobody meets twice")


def on_the_day(seed: int, seconds: float, bound: float) -> None:
    """Eight who do not come and five who walk in, with how few could have moved at all."""
    problem = event(120, 12, 3, 36, seed, spare=1)
    # Steps, not seconds: the same event to change on any machine.
    made = plan(problem, iterations=150)
    gone, new = change(problem, made)
    after = problem.changed(gone, new)
    fitted, clock, core = timed(lambda: replan(problem, made, gone, new))
    moved, least = fitted.report["moved"], fitted.report["moved_at_least"]
    lost = broken(after, Plan([row for row in made.assignments if row[3] not in set(gone)]))
    parties = sum(each.rule == "topic_party" for each in lost)
    print(f"London size with a spare seat at each table, seed {seed}: eight no-shows, five walk-ins")
    print(
        f"    ours: {clock:.2f} s ({core:.2f} s of one core), {len(fitted.report['broken'])} rules broken, {moved} "
        f"moved, at least {least} had to by counting seats; {parties} parties had lost the only one at their topic, "
        f"{fitted.report['topics_moved']} tables have another topic"
    )
    print(f"    planned anew: {_moved(made, plan(after, seconds=seconds))} would move")
    verdict(clock < 1, "under 1 s")
    impossible = blockers(after)
    for finding in impossible:
        print("    cannot hold any more:", finding.sentence, finding.change)
    verdict(not fitted.report["broken"] or bool(impossible), "no rule broken, or it is said why")
    if bound and not impossible:
        from seating.cpsat import fewest_moves

        (found, fewest), clock, _ = timed(lambda: fewest_moves(after, made, bound, fitted))
        print(
            f"    CP-SAT, {clock:.0f} s: {found} moved, at least {fewest} must; ours is {moved - fewest} over that"
        )


def _moved(was: Plan, now: Plan) -> int:
    before = {(row[0], row[3]): row[1] for row in was.assignments}
    return len({who for r, t, _, who in now.assignments if before.get((r, who), t) != t})


def by_hand() -> None:
    """What a page asks while somebody drags a name."""
    problem = event(120, 12, 3, 36, 1)
    made = plan(problem, iterations=40)
    for name, most, work in (
        ("one move", 0.05, lambda who: move(problem, made, who, 1, "table-003")),
        ("one swap", 0.05, lambda who: swap(problem, made, who, "p0119", 1)),
        ("all 12 tables for one person", 0.2, lambda who: moves(problem, made, who, 1)),
    ):
        took = [
            timed(lambda who=who, work=work: work(who))[1] for who in (f"p{n:04}" for n in range(20, 60, 2))
        ]
        print(f"{name}: {1000 * statistics.median(took):.0f} ms, {1000 * max(took):.0f} ms at most")
        verdict(max(took) < most, f"under {1000 * most:.0f} ms")


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for option in ("london", "large", "golfers", "change", "hand"):
        parser.add_argument(f"--{option}", action="store_true")
    parser.add_argument("--day", type=Path, nargs="?", const=Path())
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--rivals", type=float, default=60)
    parser.add_argument("--warm", action="store_true")
    parser.add_argument("--bound", type=float, default=20)
    given = parser.parse_args()
    usual = not (given.london or given.large or given.golfers or given.change or given.hand or given.day)
    if given.hand or usual:
        by_hand()
    if given.golfers or usual:
        golf()
    for seed in given.seeds if given.change or usual else []:
        on_the_day(seed, given.seconds or 5, given.bound)
    for seed in given.seeds if given.london or usual else []:
        london(seed, given.seconds or 5, given.rivals, given.warm)
    if given.day:
        home = None if given.day == Path() else given.day
        own_day(home, given.seconds or 5, given.rivals, given.warm)
    if given.large:
        large(given.seconds or 40)


if __name__ == "__main__":
    main()
