"""The goals against their slow twins, and the baseline of random seating."""

import pytest
from hypothesis import given, settings

from joinedup.engines.seating import Person, Plan, Problem, Table, Topic, goals, plan
from joinedup.engines.seating.arrays import as_arrays, quotas
from joinedup.engines.seating.goals import random_seating
from tests.engines.seating import naive
from tests.engines.seating.planted import planted
from tests.engines.seating.test_rules import events


@settings(max_examples=50, deadline=None)
@given(events())
def test_goals_agree_with_their_twins(problem: Problem) -> None:
    made = plan(problem, iterations=1)
    value = goals(problem, made)
    met, introductions = naive.new_meetings(problem, made)
    assert value["new_meetings"]["value"] == met
    assert value["new_meetings"]["introductions"] == introductions
    assert value["new_meetings"]["score"] == met + introductions / 4
    assert value["sector_mix"]["value"] == pytest.approx(naive.sector_mix(problem, made), abs=1e-6)
    assert value["topic_parties"]["value"] == pytest.approx(_seated_parties(problem, made), abs=1e-6)
    belonging = value["belonging"]
    assert belonging["value"] == pytest.approx(naive.belonging(problem, made), abs=1e-5)
    assert belonging["one_round"] == pytest.approx(naive.rounds_of_belonging(problem, made, 1), abs=1e-6)
    assert belonging["two_rounds"] == pytest.approx(naive.rounds_of_belonging(problem, made, 2), abs=1e-6)
    # Where no plan keeps the rules, somebody may be at a topic twice, which the bound does not count.
    if all(each["rule"] != "topic_twice" for each in made.report["broken"]):
        assert belonging["value"] <= made.report["goals"]["belonging"]["bound"] + 1e-6


def _seated_parties(problem: Problem, made: Plan) -> float:
    here = {each.id for each in problem.people if any(each.attends(r + 1) for r in range(problem.rounds))}
    people = tuple(each for each in problem.people if each.id in here)
    return naive.topic_parties(Problem(people, problem.tables, problem.topics, rounds=problem.rounds), made)


def test_parties_that_meet_at_once_count_more_than_one_by_one() -> None:
    people = tuple(Person(name, partner=name) for name in "abcd")
    problem = Problem(
        people, (Table("1", 2, 2), Table("2", 2, 2)), (Topic("t", parties=("a", "b"), weight=3),), rounds=2
    )
    at_once = Plan([(1, "1", "t", "a"), (1, "1", "t", "b"), (2, "1", "t", "c"), (2, "1", "t", "d")])
    in_turn = Plan([(1, "1", "t", "a"), (1, "1", "t", "c"), (2, "1", "t", "b"), (2, "1", "t", "d")])
    one_only = Plan([(1, "1", "t", "a"), (1, "1", "t", "c")])
    assert [goals(problem, each)["topic_parties"]["value"] for each in (at_once, in_turn, one_only)] == [
        3.0,
        1.5,
        0.75,
    ]


def test_those_who_met_before_count_nothing_and_twice_counts_once() -> None:
    people = tuple(Person(name, partner=name, sector=name, opted_in=name in "ab") for name in "abc")
    problem = Problem(people, (Table("1", 3, 3),), met=(("c", "b"),), rounds=2)
    made = plan(problem, iterations=1)
    assert goals(problem, made)["new_meetings"] == {
        "value": 2,
        "introductions": 1,
        "score": 2.25,
        "possible": 2,
    }


def test_the_planner_beats_chance_clearly() -> None:
    made = plan(planted(3, 40, 8, 4), iterations=40)
    assert made.report["goals"]["new_meetings"]["value"] > 1.1 * made.report["random_seating"]["new_meetings"]


def test_random_seating_is_the_mean_of_what_chance_gives() -> None:
    people = tuple(Person(f"p{n}", partner=f"p{n}", sector=f"p{n}") for n in range(40))
    problem = Problem(people, tuple(Table(f"{n}", 10, 10) for n in range(4)), rounds=2)
    # A pair shares a table with chance 9/39 a round: 780 pairs × (1 − (30/39)²).
    assert random_seating(as_arrays(problem), 200)["new_meetings"] == pytest.approx(
        780 * (1 - (30 / 39) ** 2), rel=0.01
    )


@pytest.mark.parametrize(
    ("people", "expected"),
    [(9, [3, 3, 3]), (10, [4, 3, 3]), (4, [2, 1, 1]), (14, [4, 4, 6]), (20, [7, 7, 6]), (0, [0, 0, 0])],
)
def test_people_are_shared_out_evenly_within_the_sizes(people: int, expected: list[int]) -> None:
    crowd = tuple(Person(f"p{n}") for n in range(2))
    problem = Problem(crowd, (Table("1", 2, 4), Table("2", 2, 4), Table("3", 2, 6)))
    assert quotas(as_arrays(problem), people) == expected
