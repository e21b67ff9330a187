"""Changes by hand: their cost is the difference of the goals, and what they break is what the judge then says."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from joinedup.engines.seating import (
    Effect,
    Person,
    Plan,
    Problem,
    Table,
    Topic,
    broken,
    leaders,
    move,
    moves,
    plan,
    swap,
    swaps,
)
from tests.engines.seating import naive
from tests.engines.seating.test_rules import as_tuples, events, scattered


def two_tables(low: int = 2, high: int = 2) -> tuple[Problem, Plan]:
    people = tuple(Person(name, name.upper(), name, name, opted_in=name in "ab") for name in "abcd")
    problem = Problem(people, (Table("1", low, high), Table("2", low, high)), (Topic("s"), Topic("t")))
    return problem, Plan([(1, "1", "s", "a"), (1, "1", "s", "c"), (1, "2", "t", "b"), (1, "2", "t", "d")])


def test_a_move_shows_its_cost_and_what_it_breaks() -> None:
    problem, made = two_tables()
    moved, cost, findings = move(problem, made, "a", 1, "2")
    assert moved.assignments == [
        (1, "1", "s", "c"),
        (1, "2", "t", "a"),
        (1, "2", "t", "b"),
        (1, "2", "t", "d"),
    ]
    assert cost == {
        "topic_parties": 0,
        "belonging": 0,
        "new_meetings": 1,
        "sector_mix": 0,
        "rules_broken": 2,
    }
    assert [each.table for each in findings] == ["1", "2"]
    assert moved.report["broken"] == [each.as_dict() for each in findings]
    back, gain, left = move(problem, moved, "a", 1, "1")
    assert back.assignments == made.assignments
    assert (gain["new_meetings"], left) == (-1, [])


def test_a_swap_breaks_nothing_where_a_move_would() -> None:
    problem, made = two_tables()
    swapped, cost, findings = swap(problem, made, "a", "d", 1)
    assert swapped.assignments == [
        (1, "1", "s", "c"),
        (1, "1", "s", "d"),
        (1, "2", "t", "a"),
        (1, "2", "t", "b"),
    ]
    assert (cost["new_meetings"], findings) == (0, [])
    assert swapped.report["goals"]["new_meetings"]["introductions"] == 1


def test_who_leads_a_table_follows_the_move() -> None:
    people = (
        Person("a", roles=("facilitator",)),
        Person("b"),
        Person("c", roles=("facilitator",)),
        Person("d"),
    )
    problem = Problem(people, (Table("1", 1, 3), Table("2", 1, 3)))
    made = Plan([(1, "1", None, "a"), (1, "1", None, "b"), (1, "2", None, "c"), (1, "2", None, "d")])
    assert swap(problem, made, "a", "c", 1)[0].report["leaders"] == [[1, "1", "c"], [1, "2", "a"]]


@settings(max_examples=25, deadline=None)
@given(events(), st.integers(0, 10**6), st.data())
def test_every_move_and_every_swap_is_judged_as_if_it_were_made(
    problem: Problem, seed: int, data: st.DataObject
) -> None:
    made = scattered(problem, seed)
    assume(made.assignments)
    number, home, _, who = data.draw(st.sampled_from(made.assignments))
    person = next(each for each in problem.people if each.id == who)
    assume(person.attends(number))
    said = {each.sentence for each in broken(problem, made)}
    options = moves(problem, made, who, number)
    assert [each.table for each in options] == [each.id for each in problem.tables]
    tries = [(move(problem, made, who, number, each.table), each[1:]) for each in options]
    for other in problem.tables:
        for exchange in swaps(problem, made, who, number, other.id):
            if other.id != home:
                tries.append((swap(problem, made, who, exchange.person, number), exchange[1:]))
    for (after, cost, findings), (cost_again, newly, effect) in tries:
        assert cost == cost_again
        assert newly == [each for each in findings if each.sentence not in said]
        assert as_tuples(problem, after) == naive.breaks(problem, after)
        assert after.report["leaders"] == [[r, t, p] for (r, t), p in leaders(problem, after).items()]
        assert cost["rules_broken"] == len(findings) - len(broken(problem, made))
        assert (
            cost["new_meetings"]
            == naive.new_meetings(problem, after)[0] - naive.new_meetings(problem, made)[0]
        )
        assert cost["belonging"] == pytest.approx(
            naive.belonging(problem, after) - naive.belonging(problem, made), abs=1e-5
        )
        assert_touches(problem, made, after, number, effect)
        assert cost["topic_parties"] == pytest.approx(
            naive.topic_parties(problem, after) - naive.topic_parties(problem, made), abs=1e-5
        )
    seats = [row for row in made.assignments if (row[0], row[3]) == (number, who)]
    if len(seats) == 1:
        stays = next(each for each in options if each.table == home)
        assert (set(stays.cost.values()), stays.newly_broken) == ({0.0}, [])


def assert_touches(problem: Problem, made: Plan, after: Plan, number: int, effect: Effect) -> None:
    """Everybody one by one, before and after."""
    belonged, belong = (
        {p.id: naive.by_round(problem, each, p.id) for p in problem.people} for each in (made, after)
    )
    lose = [who for who in sorted(belong) if belonged[who].get(number, 0) > belong[who].get(number, 0) == 0]
    gain = [who for who in sorted(belong) if belong[who].get(number, 0) > belonged[who].get(number, 0) == 0]
    assert (effect.lose, effect.gain) == (lose, gain)
    assert effect.nowhere == [who for who in lose if not any(belong[who].values())]
    met, meet = naive.meets_somebody(problem, made, number), naive.meets_somebody(problem, after, number)
    assert (effect.meet_nobody, effect.meet_somebody) == (sorted(met - meet), sorted(meet - met))
    assert effect.meetings == naive.new_meetings(problem, after)[0] - naive.new_meetings(problem, made)[0]


def test_whom_a_move_parts_from_their_topic() -> None:
    people = (*(Person(name, partner=name, sector=name) for name in "ab"), Person("c", sector="b"))
    problem = Problem(people, (Table("1", 0, 3), Table("2", 0, 3)), (Topic("t", parties=("a", "b")),))
    made = Plan([(1, "1", "t", "a"), (1, "1", "t", "b"), (1, "2", None, "c")])
    here, there = moves(problem, made, "a", 1)
    assert here.effect == Effect([], [], [], [], [], 0, [], [], [])
    assert there.effect == Effect(["a"], [], ["a"], ["b"], ["c"], 0, ["t"], [], [])
    [back] = [
        each for each in moves(problem, move(problem, made, "a", 1, "2")[0], "a", 1) if each.table == "1"
    ]
    assert (back.effect.joined, back.effect.gain) == (["t"], ["a"])
    alone = moves(problem, made, "b", 1)[1].effect
    assert alone.one_sector == ["2"]


@pytest.mark.parametrize(("person", "number", "table"), [("x", 1, "1"), ("a", 2, "1"), ("a", 1, "9")])
def test_a_move_to_nowhere_is_refused(person: str, number: int, table: str) -> None:
    problem = Problem((Person("a"),), (Table("1", 1, 2),))
    made = plan(problem, iterations=1)
    with pytest.raises(ValueError):
        move(problem, made, person, number, table)
    with pytest.raises(ValueError):
        swaps(problem, made, person, number, table)


def test_no_swap_with_somebody_who_has_no_seat() -> None:
    problem, made = two_tables()
    with pytest.raises(ValueError, match="d has no seat in round 1"):
        swap(problem, Plan(made.assignments[:3]), "a", "d", 1)
    with pytest.raises(ValueError, match="x is not there in round 1"):
        moves(problem, made, "x", 1)
