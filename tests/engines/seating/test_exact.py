"""Whether a round can be seated, against trying every seating; and the rules that collide, each of them needed."""

import random
from dataclasses import replace
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from joinedup.engines.seating import Person, Plan, Problem, Rule, Table, blockers, broken, plan
from joinedup.engines.seating.conflict_set import clashes
from joinedup.engines.seating.exact import seatable
from tests.engines.seating import naive


def small(seed: int) -> Problem:
    """Few people, many rules, one round."""
    chance = random.Random(seed)
    ids = [f"p{n}" for n in range(chance.randint(1, 5))]
    roles = [(), (), ("facilitator",), ("young_person",), ("companion",), ("companion", "facilitator")]
    return Problem(
        tuple(
            Person(
                who,
                partner=chance.choice("ab"),
                roles=chance.choice(roles),
                access=chance.choice([(), (), ("loop",)]),
            )
            for who in ids
        ),
        tuple(
            Table(f"{n}", chance.choice([0, 1, 2]), chance.choice([2, 3]), chance.choice([(), ("loop",)]))
            for n in range(chance.randint(1, 3))
        ),
        rules=tuple(
            Rule(chance.choice(["apart", "apart", "together"]), tuple(chance.sample(ids, min(2, len(ids)))))
            for _ in range(chance.randint(0, 4))
        ),
    )


def can_be_seated(problem: Problem) -> bool:
    """By trying every seating."""
    ids = [each.id for each in problem.people]
    tables = [each.id for each in problem.tables]
    return any(
        not naive.breaks(problem, Plan([(1, at, None, who) for who, at in zip(ids, places, strict=True)]))
        for places in product(tables, repeat=len(ids))
    )


def asked(problem: Problem) -> bool | None:
    led = any("facilitator" in each.roles for each in problem.people)
    return seatable(problem.people, problem.tables, problem.rules, led=led)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_a_round_can_be_seated_if_one_of_all_seatings_keeps_every_rule(seed: int) -> None:
    problem = small(seed)
    possible = can_be_seated(problem)
    assert asked(problem) is possible
    assert bool(clashes(problem, 1)) is not possible
    assert bool(blockers(problem)) is not possible
    # What can be seated, the planner seats.
    assert not possible or broken(problem, plan(problem, iterations=3)) == []


def crowd(number: int, **roles: tuple[str, ...]) -> tuple[Person, ...]:
    return tuple(
        Person(f"p{n}", f"Guest {n}", roles=roles.get(f"p{n}", ()), access=("loop",) if n == 9 else ())
        for n in range(number)
    )


def pairs(kind: str, *names: str) -> tuple[Rule, ...]:
    return tuple(Rule(kind, tuple(f"p{n}" for n in each)) for each in names)


TWO = (Table("1", 2, 5), Table("2", 2, 5))
CASES = {
    "three pairs apart": (
        Problem(crowd(8), TWO, rules=pairs("apart", "01", "12", "02", "34")),
        "Guest 0 and Guest 1 apart; Guest 0 and Guest 2 apart; Guest 1 and Guest 2 apart",
        "Take one of these rules away, or add a table.",
        "apart",
        ("apart",),
    ),
    "an odd ring": (
        Problem(crowd(8), TWO, rules=(*pairs("apart", "01", "12", "23"), *pairs("together", "03"))),
        "Guest 0 and Guest 1 apart; Guest 1 and Guest 2 apart; Guest 2 and Guest 3 apart; Guest 0 and Guest 3 together",
        "Take one of these rules away, or add a table.",
        "apart",
        ("together",),
    ),
    "groups that do not fill tables": (
        Problem(crowd(6), (Table("1", 3, 3), Table("2", 3, 3)), rules=pairs("together", "01", "23", "45")),
        "tables have their fewest and their most people; Guest 0 and Guest 1 together; "
        "Guest 2 and Guest 3 together; Guest 4 and Guest 5 together",
        "Take one of these rules away.",
        "table_size",
        ("together",),
    ),
    "both who lead": (
        Problem(
            crowd(10, p8=("facilitator",), p7=("facilitator",)),
            (Table("1", 2, 6, ("loop",)), Table("2", 2, 6)),
            rules=pairs("apart", "97", "98"),
        ),
        "somebody leads each table; Guest 7 and Guest 9 apart; Guest 8 and Guest 9 apart",
        "Take one of these rules away.",
        "facilitator",
        ("apart",),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_rules_that_collide_only_together_are_named_with_what_frees_them(case: str) -> None:
    problem, rules, change, kind, others = CASES[case]
    [found] = blockers(problem)
    assert found.sentence == f"Round 1: at 2 tables these rules cannot all hold: {rules}."
    assert (found.change, found.rule, found.clashes_with) == (change, kind, others)
    named = [each for each in problem.rules if set(each.people) <= set(found.people)]
    for rule in named:
        without = replace(problem, rules=tuple(each for each in problem.rules if each != rule))
        assert blockers(without) == []
    assert plan(problem, iterations=5).report["blockers"] == [found.as_dict()]


def test_a_long_list_of_rules_is_cut_short() -> None:
    everybody = [Rule("apart", pair) for pair in combinations([f"p{n}" for n in range(7)], 2)]
    tables = tuple(Table(f"{n}", 0, 6) for n in range(6))
    [found] = blockers(Problem(crowd(9), tables, rules=tuple(everybody)))
    assert found.sentence.endswith("Guest 0 and Guest 6 apart; and 15 more.")
    assert found.change == "Take one of these rules away, or add a table."


def test_two_collisions_are_both_named() -> None:
    rules = (*pairs("apart", "01", "12", "02"), *pairs("apart", "34", "45", "35"))
    first, second = blockers(Problem(crowd(8), TWO, rules=rules))
    assert set(first.people) | set(second.people) == {f"p{n}" for n in range(6)}
    assert first.change == "Add a table."


def test_what_cannot_be_told_is_not_called_impossible() -> None:
    # The graph of Grötzsch: no three are all apart, and yet three tables do not do.
    ring = [(n, (n + 1) % 5) for n in range(5)]
    graph = (
        ring + [(a + 5, b) for a, b in ring] + [(a, b + 5) for a, b in ring] + [(n + 5, 10) for n in range(5)]
    )
    rules = tuple(Rule("apart", (f"p{a}", f"p{b}")) for a, b in graph)
    people, tables = crowd(11), [Table(f"{n}", 0, 6) for n in range(4)]
    people = tuple(replace(each, access=()) for each in people)
    assert seatable(people, tables[:3], rules, led=False, nodes=5) is None
    assert seatable(people, tables[:3], rules, led=False) is False
    assert seatable(people, tables, rules, led=False) is True
