"""Plan an event's tables, and change the plan on the day."""

import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from joinedup.engines.seating.agenda import base_agenda, make_agenda
from joinedup.engines.seating.arrays import Arrays, Ints, as_arrays, open_tables, table_numbers
from joinedup.engines.seating.belonging_bound import bound
from joinedup.engines.seating.conflict_set import round_of
from joinedup.engines.seating.exact import Undecided, one_seating
from joinedup.engines.seating.goals import measure, random_seating
from joinedup.engines.seating.infeasible_counts import blockers
from joinedup.engines.seating.kept_tables import keep_agenda, pin_kept
from joinedup.engines.seating.problem import (
    YOUNG_PERSON,
    Assignment,
    Finding,
    Person,
    Plan,
    Problem,
    in_order,
)
from joinedup.engines.seating.rules import accompanies, broken, leaders
from joinedup.engines.seating.search import BELONGING, Search

# Visits (of one person in one round) planned per second allowed, for a small event: about a third of what an
# ordinary core does, so that the number of sweeps, and so the plan, does not depend on the machine.
VISITS_A_SECOND = 40_000
LEAST_SWEEPS = 20
# Tight events may need several starts until every hard rule holds: as many as these visits allow.
MOST_STARTS, ENOUGH_VISITS, FREEING_SWEEPS = 60, 3_600, 24
# Of the time, how much a slow machine gives the agenda at most.
AGENDA_SHARE = 0.3
# On the day, the best (fewest people move) of this many changes is used.
CHANGES_TRIED = 6
# A slow or busy machine tries fewer, to answer within a second.
CHANGE_SECONDS = 0.55


def plan(problem: Problem, *, seconds: float | None = None, iterations: int | None = None) -> Plan:
    """Seat everybody: hard rules first, then the goals in their order (`goals.goals` defines them).

    `iterations`: sweeps, which are visits of every person in every round. The same problem, seed and number
    of sweeps give the same plan, whatever the order of the input rows. By default the number follows from
    `seconds` (`problem.seconds` unless given) and the size of the event; the clock only decides if a machine
    is too slow for that, and then `report["stopped"]` is "time" rather than "iterations".

    The report holds `goals` (with the `bound` of belonging, which no plan can go beyond), `random_seating` (the third
    goal by chance), `broken` (rules that this plan breaks), `blockers` (the reason, and the smallest change that
    resolves it), `notes`, `seed`, `iterations` and `stopped`. Method: an agenda with people pinned for the parties of
    topics, then simulated annealing with exact changes in value.
    """
    started = time.perf_counter()
    arrays = as_arrays(problem)
    rng = np.random.default_rng(problem.seed)
    visits = max(1, int(arrays.present.sum()))
    cap = seconds if seconds is not None else (None if iterations is not None else problem.seconds)
    if iterations is None:
        rate = VISITS_A_SECOND / (1 + len(arrays.people) / 1000)
        iterations = max(LEAST_SWEEPS, int(rate * (cap or 0.0) / visits))
    known = blockers(problem)
    most = 3 if known else MOST_STARTS
    # The rest of the time is for the report.
    ends = None if cap is None else started + 0.9 * cap
    search, hurried = _start(
        arrays, rng, max(2, min(most, ENOUGH_VISITS // visits)), ends, possible=not known
    )
    late = search.run(iterations, None if ends is None else max(0.0, ends - time.perf_counter()))
    report: dict[str, Any] = {
        "seed": problem.seed,
        "iterations": iterations,
        "stopped": "time" if late or hurried else "iterations",
    }
    return _written(arrays, search, report, known)


def _start(
    arrays: Arrays, rng: np.random.Generator, starts: int, ends: float | None, *, possible: bool
) -> tuple[Search, bool]:
    """The first of `starts` agendas and seatings that keeps every hard rule, or else the one that breaks fewest.

    Half of the time until `ends` may be spent on it; also returns whether that cut it short.
    """
    half = None if ends is None else (time.perf_counter() + ends) / 2
    until = None if ends is None else time.perf_counter() + AGENDA_SHARE * (ends - time.perf_counter())
    best: tuple[int, Search] | None = None
    late = False
    for attempt in range(starts):
        topic_at, pins = make_agenda(arrays, rng, attempt, until)
        late = late or pins.is_late
        search = Search(arrays, topic_at, pins, rng)
        breaks = _breaks(arrays, search)
        # Another seating brings nobody to a topic for which the agenda has nobody free.
        if breaks > len(pins.uncovered):
            search.free(FREEING_SWEEPS)
            breaks = _breaks(arrays, search)
        if best is None or breaks < best[0]:
            best = breaks, search
        if not breaks:
            break
        if half is not None and time.perf_counter() > half:
            return best[1], late or attempt + 1 < starts
    assert best is not None
    if best[0] and possible:
        exact = _exact_start(arrays, rng)
        if exact is not None and _breaks(arrays, exact) < best[0]:
            return exact, late
    return best[1], late


def _exact_start(arrays: Arrays, rng: np.random.Generator) -> Search | None:
    """A search from a seating that keeps every rule within each round, whatever its value."""
    seats = np.full(arrays.present.shape, -1, dtype=np.intp)
    people = {person.id: number for number, person in enumerate(arrays.people)}
    tables = {table.id: number for number, table in enumerate(arrays.tables)}
    companions: list[dict[int, int]] = []
    for number in range(arrays.problem.rounds):
        now = round_of(arrays.problem, number + 1)
        try:
            found = one_seating(now.people, now.tables, now.rules, led=now.led)
        except Undecided:
            return None
        if found is None:
            return None
        for who, table in found.items():
            seats[number, people[who]] = tables[table]
        companions.append(
            {
                people[young.id]: people[adult.id]
                for young in now.people
                for adult in now.people
                if YOUNG_PERSON in young.roles
                and accompanies(adult, young)
                and found[adult.id] == found[young.id]
            }
        )
    used = np.stack([np.bincount(row[row >= 0], minlength=len(tables)) > 0 for row in seats])
    settled = replace(arrays, open=used, companions=tuple(companions))
    [topic_at] = keep_agenda(settled, base_agenda(settled), seats, rng)
    search = Search(settled, *pin_kept(settled, topic_at, seats, rng), rng, seats)
    search.was = None
    return search


def _breaks(arrays: Arrays, search: Search) -> int:
    return len(broken(arrays.problem, Plan(_rows(arrays, search.seats, search.topic_at))))


def replan(
    problem: Problem,
    plan: Plan,
    absent: Iterable[str],
    arrivals: Iterable[Person],
    *,
    held: Iterable[tuple[int, str]] = (),
) -> Plan:
    """The plan without absent people and with new arrivals, moving as few of the others as possible.

    Somebody who was seated moves only if a hard rule requires it. Topics change tables only if that makes
    fewer people move, and never at `held`, (round from 1, table id), for example tables with an agreement.

    The report is that of `plan`, for `problem.changed(absent, arrivals)`, plus `moved` (how many people have
    another table in some round than before), `moved_people` (their ids), `moved_at_least` (a lower bound from
    counting seats and leaders), `topics_moved` (how many tables have another topic in a round), `seated` and
    `left` (how many came and went). Takes less than a second for 120 people; a slow machine tries fewer
    changes.
    """
    started = time.perf_counter()
    gone, new = set(absent), list(arrivals)
    after = problem.changed(gone, new)
    arrays = as_arrays(after)
    stay = [row for row in plan.assignments if row[3] not in gone]
    was, topic_at = table_numbers(arrays, Plan(stay))
    was[~arrays.present] = -1
    _, full_agenda = table_numbers(as_arrays(problem), plan)
    topic_at = np.where(topic_at < 0, full_agenda, topic_at)
    arrays = replace(arrays, open=open_tables(arrays, was))
    rng = np.random.default_rng(problem.seed)
    tries: list[tuple[int, int, float, int, Search]] = []
    known = blockers(after)
    most = 2 if known else CHANGES_TRIED
    most = max(1, min(most, ENOUGH_VISITS // max(1, int(arrays.present.sum()))))
    numbers = {table.id: number for number, table in enumerate(arrays.tables)}
    stays = frozenset((row - 1, numbers[table]) for row, table in held if table in numbers)
    agendas = keep_agenda(arrays, topic_at, was, rng, most, stays)
    for attempt in range(most):
        agenda = agendas[attempt % len(agendas)]
        chance = attempt >= len(agendas)
        search = Search(arrays, *pin_kept(arrays, agenda, was, rng, stays, by_chance=chance), rng, was)
        search.settle()
        value = measure(arrays, search.seats, search.topic_at)
        worth = BELONGING * value["belonging"]["value"] + value["new_meetings"]["score"]
        tries.append((_breaks(arrays, search), len(_moved(search, was)), -worth, attempt, search))
        if time.perf_counter() - started > CHANGE_SECONDS:
            break
    search = min(tries)[-1]
    if not new and not broken(after, Plan(stay)):
        # Nobody new has to be seated, and those who stay break no rule where they sit.
        search.seats, search.topic_at = was, full_agenda
    moved = _moved(search, was)
    report: dict[str, Any] = {
        "seed": problem.seed,
        "moved": len(moved),
        "moved_at_least": _had_to_move(arrays, was),
        "topics_moved": int((search.topic_at != full_agenda).sum()),
        "moved_people": [arrays.people[who].id for who in moved],
        "seated": len(new),
        "left": len(gone & {person.id for person in problem.people}),
    }
    return _written(arrays, search, report, known)


def _had_to_move(arrays: Arrays, was: Ints) -> int:
    """A lower bound for any seating: seats that tables need to fill, or tables that need a leader, minus the
    new arrivals, in the round with the maximum."""
    least = np.array([table.seats_min for table in arrays.tables])
    most = 0
    for row, there in zip(was, arrays.present, strict=True):
        if not there.any():
            continue
        sat = there & (row >= 0)
        come = there & (row < 0)
        people = np.bincount(row[sat], minlength=len(least))
        lead = np.bincount(row[sat & arrays.facilitates], minlength=len(least))
        lacking = int(np.maximum(0, least - people).sum()) - int(come.sum())
        unled = int(((least > 0) & (lead == 0)).sum()) - int((come & arrays.facilitates).sum())
        most = max(most, lacking, unled if arrays.facilitates.any() else 0)
    return most


def _moved(search: Search, was: Ints) -> Ints:
    return np.flatnonzero(((search.seats != was) & (was >= 0)).any(axis=0))


def _written(arrays: Arrays, search: Search, report: dict[str, Any], known: list[Finding]) -> Plan:
    problem = arrays.problem
    written = Plan(_rows(arrays, search.seats, search.topic_at))
    report["goals"] = measure(arrays, search.seats, search.topic_at)
    belonging = report["goals"]["belonging"]
    belonging["bound"] = bound(arrays, belonging["value"])
    report["random_seating"] = random_seating(arrays)
    report["broken"] = [each.as_dict() for each in broken(problem, written)]
    report["blockers"] = [each.as_dict() for each in known]
    report["notes"] = _notes(problem, written, known)
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
    return in_order(rows)


def _notes(problem: Problem, written: Plan, known: list[Finding]) -> list[str]:
    """Other notes: topics without a table, broken rules that are not proven impossible."""
    notes = []
    discussed = {row[2] for row in written.assignments}
    left = sorted(topic.label for topic in problem.topics if topic.id not in discussed)
    if left and len(problem.topics) > problem.topic_places():
        names = ", ".join(f"“{each}”" for each in left)
        notes.append(
            f"{len(left)} of {len(problem.topics)} topics have no table: {names}. Add tables or a round."
        )
    if broken(problem, written) and not known:
        notes.append(
            "No seating was found that keeps every rule, and nothing shows that there is none: "
            "try more seconds or another seed. Without those named, every other rule is kept."
        )
    return notes
