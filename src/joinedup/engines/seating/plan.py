"""Plan an event's tables, change the plan on the day, move one person."""

import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from joinedup.engines.seating.agenda import keep_agenda, make_agenda
from joinedup.engines.seating.arrays import Arrays, Ints, as_arrays, table_numbers
from joinedup.engines.seating.collisions import blockers
from joinedup.engines.seating.goals import measure, random_seating
from joinedup.engines.seating.problem import Assignment, Finding, Person, Plan, Problem
from joinedup.engines.seating.rules import broken, leaders
from joinedup.engines.seating.search import Search

# Visits of one person in one round that are planned for each second allowed, for a small event: about a
# third of what one plain core does, so that the number of sweeps, and with it the plan, does not depend on the machine.
VISITS_A_SECOND = 40_000
LEAST_SWEEPS = 20
# Tight events may need several starts before every hard rule holds: as many as these visits allow.
MOST_STARTS, ENOUGH_VISITS, FREEING_SWEEPS = 60, 3_600, 24
# On the day, the change that moves fewest people is taken out of so many.
CHANGES_TRIED = 5


def plan(problem: Problem, *, seconds: float | None = None, iterations: int | None = None) -> Plan:
    """Seat everybody: hard rules first, then the goals in their order (`goals.goals` defines them).

    `iterations` are sweeps: visits of every person in every round. The same problem, seed and number of sweeps
    give the same plan, whatever the order of the input rows. Without it the number follows from `seconds`
    (`problem.seconds` unless given) and the size of the event; the clock only decides where a machine is too
    slow for that, and then `report["stopped"]` is "time" rather than "iterations".

    The report holds `goals`, `random_seating` (the second goal by chance), `broken` (rules that this plan does
    not keep, from the judge), `blockers` (why that is so, and the smallest change that frees them), `notes`,
    `seed`, `iterations` and `stopped`. Method: an agenda with people pinned for the parties of topics, then
    simulated annealing with exact changes in value.
    """
    started = time.perf_counter()
    arrays = as_arrays(problem)
    rng = np.random.default_rng(problem.seed)
    visits = max(1, int(arrays.present.sum()))
    cap = seconds if seconds is not None else (None if iterations is not None else problem.seconds)
    if iterations is None:
        rate = VISITS_A_SECOND / (1 + len(arrays.people) / 1000)
        iterations = max(LEAST_SWEEPS, int(rate * (cap or 0.0) / visits))
    most = 3 if blockers(problem) else MOST_STARTS
    # The rest of the time is for the report.
    ends = None if cap is None else started + 0.9 * cap
    search, hurried = _start(arrays, rng, max(2, min(most, ENOUGH_VISITS // visits)), ends)
    late = search.run(iterations, None if ends is None else max(0.0, ends - time.perf_counter()))
    report: dict[str, Any] = {
        "seed": problem.seed,
        "iterations": iterations,
        "stopped": "time" if late or hurried else "iterations",
    }
    return _written(arrays, search.seats, search.topic_at, report)


def _start(arrays: Arrays, rng: np.random.Generator, starts: int, ends: float | None) -> tuple[Search, bool]:
    """The first of `starts` agendas and seatings that keeps every hard rule, or else the one that breaks fewest.

    Half of the time until `ends` may be spent on it; says whether that cut it short.
    """
    half = None if ends is None else (time.perf_counter() + ends) / 2
    best: tuple[int, Search] | None = None
    for attempt in range(starts):
        search = Search(arrays, *make_agenda(arrays, rng, attempt), rng)
        breaks = _breaks(arrays, search)
        if breaks:
            search.free(FREEING_SWEEPS)
            breaks = _breaks(arrays, search)
        if best is None or breaks < best[0]:
            best = breaks, search
        if not breaks:
            break
        if half is not None and time.perf_counter() > half:
            return best[1], attempt + 1 < starts
    assert best is not None
    return best[1], False


def _breaks(arrays: Arrays, search: Search) -> int:
    return len(broken(arrays.problem, Plan(_rows(arrays, search.seats, search.topic_at))))


def replan(problem: Problem, plan: Plan, absent: Iterable[str], arrivals: Iterable[Person]) -> Plan:
    """The plan without those who do not come and with those who do, moving as few of the others as possible.

    Somebody who was seated moves only where a hard rule asks for it; two topics change tables only where a party
    would otherwise never come to its own. The report is
    that of `plan`, for `problem.changed(absent, arrivals)`, and says in `moved` how many people have another
    table in some round than before, in `moved_people` who (ids), and in `seated` and `left` how many came and
    went.
    """
    gone, new = set(absent), list(arrivals)
    after = problem.changed(gone, new)
    arrays = as_arrays(after)
    stay = [row for row in plan.assignments if row[3] not in gone]
    was, topic_at = table_numbers(arrays, Plan(stay))
    was[~arrays.present] = -1
    _, full_agenda = table_numbers(as_arrays(problem), plan)
    topic_at = np.where(topic_at < 0, full_agenda, topic_at)
    rng = np.random.default_rng(problem.seed)
    tries: list[tuple[int, int, float, int, Search]] = []
    most = 2 if blockers(after) else CHANGES_TRIED
    for attempt in range(max(1, min(most, ENOUGH_VISITS // max(1, int(arrays.present.sum()))))):
        search = Search(arrays, *keep_agenda(arrays, topic_at, was, rng, attempt), rng, was)
        search.settle()
        met = measure(arrays, search.seats, search.topic_at)["new_meetings"]["score"]
        tries.append((_breaks(arrays, search), len(_moved(search, was)), -met, attempt, search))
    search = min(tries)[-1]
    moved = _moved(search, was)
    report: dict[str, Any] = {
        "seed": problem.seed,
        "moved": len(moved),
        "moved_people": [arrays.people[who].id for who in moved],
        "seated": len(new),
        "left": len(gone & {person.id for person in problem.people}),
    }
    return _written(arrays, search.seats, search.topic_at, report)


def _moved(search: Search, was: Ints) -> Ints:
    return np.flatnonzero(((search.seats != was) & (was >= 0)).any(axis=0))


def move(
    problem: Problem, plan: Plan, person: str, round: int, table: str
) -> tuple[Plan, dict[str, float], list[Finding]]:
    """Put one person at another table in one round (from 1): the new plan, its cost, and what it breaks.

    The cost is new value minus old for each goal (negative where something is lost), and `rules_broken`, by how
    many the broken rules grow; the findings are all those of the new plan. Raises ValueError for an unknown
    person, table or round.
    """
    known = {each.id: each for each in problem.people}
    if person not in known or not 1 <= round <= problem.rounds or not known[person].attends(round):
        raise ValueError(f"{person} is not there in round {round}.")
    if table not in {each.id for each in problem.tables}:
        raise ValueError(f"There is no table {table}.")
    topic = next((row[2] for row in plan.assignments if row[:2] == (round, table)), None)
    rows = [row for row in plan.assignments if (row[0], row[3]) != (round, person)]
    moved = Plan(_in_order([*rows, (round, table, topic, person)]))
    arrays = as_arrays(problem)
    before = measure(arrays, *table_numbers(arrays, plan))
    after = measure(arrays, *table_numbers(arrays, moved))
    findings = broken(problem, moved)
    cost = {
        goal: float(_number(after[goal]["value"]) - _number(before[goal]["value"]))
        for goal in ("topic_parties", "new_meetings", "sector_mix", "interest")
    }
    cost["rules_broken"] = len(findings) - len(broken(problem, plan))
    report = {**plan.report, "goals": after, "broken": [each.as_dict() for each in findings]}
    return replace(moved, report=report), cost, findings


def _number(value: float | None) -> float:
    return value or 0.0


def _written(arrays: Arrays, seats: Ints, topic_at: Ints, report: dict[str, Any]) -> Plan:
    problem = arrays.problem
    written = Plan(_rows(arrays, seats, topic_at))
    report["goals"] = measure(arrays, seats, topic_at)
    report["random_seating"] = random_seating(arrays)
    report["broken"] = [each.as_dict() for each in broken(problem, written)]
    report["blockers"] = [each.as_dict() for each in blockers(problem)]
    report["notes"] = _notes(problem, written)
    report["leaders"] = [[number, table, who] for (number, table), who in leaders(problem, written).items()]
    return replace(written, report=report)


def _rows(arrays: Arrays, seats: Ints, topic_at: Ints) -> list[Assignment]:
    rows: list[Assignment] = []
    for number, row in enumerate(seats):
        for who in np.flatnonzero(row >= 0).tolist():
            table = int(row[who])
            topic = int(topic_at[number, table])
            about = arrays.topics[topic].id if topic >= 0 else None
            rows.append((number + 1, arrays.tables[table].id, about, arrays.people[who].id))
    return _in_order(rows)


def _notes(problem: Problem, written: Plan) -> list[str]:
    """What should be known besides: topics that found no table, rules that nothing proves impossible."""
    notes = []
    discussed = {row[2] for row in written.assignments}
    left = sorted(topic.label for topic in problem.topics if topic.id not in discussed)
    if left and len(problem.topics) > problem.topic_places():
        names = ", ".join(f"“{each}”" for each in left)
        notes.append(
            f"{len(left)} of {len(problem.topics)} topics have no table: {names}. Add tables or a round."
        )
    if broken(problem, written) and not blockers(problem):
        notes.append(
            "No seating was found that keeps every rule, and nothing shows that there is none: "
            "try more seconds or another seed, or loosen one of the rules named."
        )
    return notes


def _in_order(rows: list[Assignment]) -> list[Assignment]:
    return sorted(rows, key=lambda row: (row[0], row[1], row[3]))
