"""A whole plan: the same every time, whatever the order of the rows; London size; changes on the day."""

import json
import random
from dataclasses import replace
from importlib import import_module
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.seating.events import event, golfers
from joinedup.engines.seating import (
    Person,
    Plan,
    Problem,
    Table,
    Topic,
    blockers,
    broken,
    goals,
    plan,
    replan,
)
from tests.engines.seating.planted import planted
from tests.engines.seating.test_rules import events


def test_the_same_seed_gives_the_same_plan_and_another_seed_another() -> None:
    problem = planted(1)
    first, again = plan(problem, iterations=10), plan(problem, iterations=10)
    assert first == again
    assert plan(replace(problem, seed=2), iterations=10).assignments != first.assignments


@settings(max_examples=25, deadline=None)
@given(events(), st.integers(0, 999))
def test_the_order_of_the_rows_changes_nothing(problem: Problem, seed: int) -> None:
    chance = random.Random(seed)

    def mixed(rows: tuple) -> tuple:
        return tuple(chance.sample(rows, len(rows)))

    turned = Problem(
        mixed(problem.people),
        mixed(problem.tables),
        mixed(problem.topics),
        tuple((b, a) for a, b in mixed(problem.met)),
        tuple(replace(rule, people=mixed(rule.people)) for rule in mixed(problem.rules)),
        problem.rounds,
        problem.seed,
    )
    assert plan(turned, iterations=3) == plan(problem, iterations=3)


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine so fast that no time passes."""
    clock = SimpleNamespace(perf_counter=lambda: 0.0)
    for name in ("plan", "search", "agenda_belonging"):
        # By its full name: the package offers the function `plan` under the name of the module.
        monkeypatch.setattr(import_module(f"joinedup.engines.seating.{name}"), "time", clock)


def test_seconds_set_the_number_of_sweeps(still: None) -> None:
    quick = plan(planted(1), seconds=0.2)
    assert quick.report["iterations"] == int(40_000 / 1.024 * 0.2 / 72)
    assert quick.report["stopped"] == "iterations"


def test_a_slow_machine_is_told() -> None:
    problem = planted(1)
    late = plan(problem, seconds=0.0)
    assert late.report["stopped"] == "time"
    assert broken(problem, late) == []
    assert plan(problem, iterations=7).report["stopped"] == "iterations"


def test_the_clock_changes_nothing_where_there_is_time(still: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("joinedup.engines.seating.plan"), "VISITS_A_SECOND", 300)
    timed = plan(planted(1), seconds=8)
    assert timed.report["stopped"] == "iterations"
    assert timed == plan(planted(1), iterations=timed.report["iterations"])


def test_the_report_is_plain_json() -> None:
    made = plan(planted(1), iterations=2)
    assert json.loads(json.dumps(made.report)) == made.report
    assert made.report["goals"]["belonging"].pop("bound") > 0
    assert made.report["goals"] == goals(planted(1), made)


def test_nobody_and_one_person_are_events_too() -> None:
    assert plan(Problem((), ()), iterations=2).assignments == []
    alone = Problem((Person("a"),), (Table("1", 1, 2),), (Topic("t"),))
    assert plan(alone, iterations=2).assignments == [(1, "1", "t", "a")]


def test_london_size_keeps_every_rule_and_beats_chance() -> None:
    problem = event(120, 12, 3, 36, seed=1)
    made = plan(problem, iterations=150)
    report = made.report
    assert blockers(problem) == broken(problem, made) == []
    assert report["goals"]["topic_parties"]["value"] == report["goals"]["topic_parties"]["most"]
    assert report["goals"]["new_meetings"]["value"] >= 1.09 * report["random_seating"]["new_meetings"]
    assert report["goals"]["belonging"]["value"] >= 0.93 * report["goals"]["belonging"]["bound"]


def test_golfers_all_meet_anew() -> None:
    made = plan(golfers(5, 3, 5), iterations=400)
    assert made.report["goals"]["new_meetings"]["value"] == 5 * 5 * 3


def test_guests_of_some_rounds_only() -> None:
    problem = planted(2)
    last = problem.people[-1]
    people = (*problem.people[:-1], replace(last, rounds=(1, 3)))
    tables = tuple(replace(each, seats_min=each.seats_min - 1) for each in problem.tables)
    some = replace(problem, people=people, tables=tables)
    made = plan(some, iterations=20)
    assert broken(some, made) == []
    assert [row[0] for row in made.assignments if row[3] == last.id] == [1, 3]


def roomy(seed: int) -> Problem:
    problem = planted(seed)
    tables = tuple(replace(t, seats_min=t.seats_min - 3, seats_max=t.seats_max + 2) for t in problem.tables)
    return replace(problem, tables=tables, topics=())


def tables_of(made: Plan) -> dict[str, list[tuple[int, str]]]:
    found: dict[str, list[tuple[int, str]]] = {}
    for number, table, _, who in made.assignments:
        found.setdefault(who, []).append((number, table))
    return found


@pytest.mark.parametrize("seed", range(6))
def test_a_change_that_breaks_no_rule_moves_nobody(seed: int) -> None:
    problem = roomy(seed)
    made = plan(problem, iterations=10)
    arrivals = [Person("walk-in", partner="new", sector="health")]
    changed = replan(problem, made, {problem.people[-2].id}, arrivals)
    assert changed.report["moved"] == 0
    assert changed.report["moved_people"] == []
    assert (changed.report["seated"], changed.report["left"]) == (1, 1)
    assert broken(problem.changed({problem.people[-2].id}, arrivals), changed) == []
    before, after = tables_of(made), tables_of(changed)
    assert all(after[who] == before[who] for who in after if who != "walk-in")
    assert len(after["walk-in"]) == problem.rounds


@pytest.mark.parametrize("seed", range(6))
def test_a_lost_facilitator_is_replaced_by_one_move_in_a_round_at_most(seed: int) -> None:
    problem = roomy(seed)
    spare = Person("p-spare", partner="new", sector="health", roles=("facilitator",))
    tables = tuple(replace(table, seats_min=1) for table in problem.tables)
    problem = replace(problem, people=(*problem.people, spare), tables=tables, rules=())
    made = plan(problem, iterations=10)
    gone = problem.people[0].id
    changed = replan(problem, made, {gone}, ())
    assert broken(problem.changed({gone}, ()), changed) == []
    before, after = tables_of(made), tables_of(changed)
    moves = [seat for who in after for seat in after[who] if seat not in before[who]]
    assert len({number for number, _ in moves}) == len(moves)


def test_a_table_that_gets_too_small_is_topped_up_by_as_few_as_needed() -> None:
    people = tuple(Person(f"p{n:02}", partner=f"o{n}", sector=f"s{n % 3}") for n in range(15))
    problem = Problem(people, tuple(Table(f"{n}", 4, 6) for n in range(3)), rounds=1)
    made = plan(problem, iterations=10)
    smallest = min("012", key=lambda t: sum(row[1] == t for row in made.assignments))
    gone = [row[3] for row in made.assignments if row[1] == smallest][:2]
    left = sum(row[1] == smallest for row in made.assignments) - 2
    changed = replan(problem, made, gone, ())
    assert broken(problem.changed(gone, ()), changed) == []
    assert changed.report["moved"] == 4 - left


@pytest.mark.parametrize("seed", range(4))
def test_eight_no_shows_and_five_walk_ins_at_london_size(seed: int) -> None:
    problem = event(120, 12, 3, 0, seed=seed, spare=1)
    made = plan(problem, iterations=20)
    gone = [person.id for person in problem.people if not person.roles][::11][:8]
    arrivals = [Person(f"w{n}", partner=f"walk-in-{n}", sector="health") for n in range(5)]
    changed = replan(problem, made, gone, arrivals)
    assert broken(problem.changed(gone, arrivals), changed) == []
    assert changed.report["moved"] <= 4


def test_what_cannot_be_kept_on_the_day_is_said() -> None:
    problem = planted(0)
    young = next(each for each in problem.people if "young_person" in each.roles)
    adult = next(each for each in problem.people if "companion" in each.roles)
    changed = replan(problem, plan(problem, iterations=10), {adult.id}, ())
    assert young.id in [who for each in changed.report["blockers"] for who in each.get("people", ())]
    assert "companion" in {each["rule"] for each in changed.report["broken"]}


def moved_by(before: Plan, after: Plan) -> set[str]:
    was = {(row[0], row[3]): row[1] for row in before.assignments}
    return {who for r, table, _, who in after.assignments if was.get((r, who), table) != table}


@settings(max_examples=20, deadline=None)
@given(events(), st.integers(0, 999))
def test_a_change_says_truly_who_moved(problem: Problem, seed: int) -> None:
    chance = random.Random(seed)
    made = plan(problem, iterations=1)
    gone = {each.id for each in problem.people if chance.random() < 0.2}
    arrivals = [Person(f"w{n}", partner=chance.choice("ab"), sector="x") for n in range(chance.randint(0, 2))]
    held = [(r, table) for r, table, _, _ in made.assignments if chance.random() < 0.3]
    changed = replan(problem, made, gone, arrivals, held=held)
    report = changed.report
    assert set(report["moved_people"]) == moved_by(made, changed)
    assert report["moved"] == len(report["moved_people"])
    assert report["broken"] == [each.as_dict() for each in broken(problem.changed(gone, arrivals), changed)]
    assert report["broken"] or report["moved"] >= report["moved_at_least"]
    before = {row[:2]: row[2] for row in made.assignments}
    assert all(row[2] == before[row[:2]] for row in changed.assignments if row[:2] in held)
    if not gone and not arrivals and not made.report["broken"]:
        assert (report["moved"], report["topics_moved"]) == (0, 0)


def test_topics_change_tables_where_that_spares_a_move_and_stay_where_they_are_held() -> None:
    names = ("ab", "ab", "cd", "cd")
    people = tuple(
        Person(f"{partner}{n}", partner=partner, sector=partner)
        for n, pair in enumerate(names)
        for partner in pair
    )
    topics = (Topic("s", parties=("a",)), Topic("t", parties=("c",)))
    problem = Problem(people, (Table("1", 2, 5), Table("2", 2, 5)), topics)
    seats = {"a0": "1", "c2": "1", "b0": "1", "d2": "1", "a1": "2", "b1": "2", "c3": "2", "d3": "2"}
    made = Plan(sorted((1, table, {"1": "s", "2": "t"}[table], who) for who, table in seats.items()))
    assert broken(problem, made) == []
    # The one of each party who sat at its topic stays away; another of theirs sits at the other table.
    changed = replan(problem, made, {"a0", "c3"}, ())
    assert (changed.report["moved"], changed.report["topics_moved"], changed.report["broken"]) == (0, 2, [])
    held = replan(problem, made, {"a0", "c3"}, (), held=[(1, "1")])
    assert (held.report["moved"], held.report["topics_moved"], held.report["broken"]) == (2, 0, [])


def test_seats_that_tables_need_are_counted() -> None:
    people = tuple(Person(f"p{n}", roles=("facilitator",) if n < 3 else ()) for n in range(9))
    problem = Problem(people, tuple(Table(f"{n}", 2, 4) for n in range(3)))
    made = Plan([(1, f"{n % 3}", None, f"p{n}") for n in range(9)])
    assert replan(problem, made, {"p3", "p6"}, ()).report["moved_at_least"] == 1
    assert replan(problem, made, {"p3", "p6"}, [Person("w")]).report["moved_at_least"] == 0
    assert replan(problem, made, {"p0"}, ()).report["moved_at_least"] == 1


def test_nobody_moves_where_nothing_changes() -> None:
    """Found by chance: two who had met were parted, one of them to a table that they cannot reach."""
    step_free = ("step_free",)
    problem = Problem(
        people=(
            Person("p0", partner="c", sector="x", access=step_free),
            Person("p1", partner="b", sector="y", roles=("companion",), access=step_free),
        ),
        tables=(Table("0", 0, 2), Table("1", 0, 2, access=step_free)),
        topics=(),
        met=(("p0", "p1"),),
        rounds=1,
    )
    made = plan(problem, iterations=1)
    changed = replan(problem, made, [], [], held=[(1, "1")])
    assert (made.report["broken"], changed.report["broken"]) == ([], [])
    assert changed.assignments == made.assignments
