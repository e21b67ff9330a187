"""Where people belong, and the bound, against slow twins: sorting, and a linear programme."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.seating.bounds import relaxed
from joinedup.engines.seating import Person, Plan, Problem, Table, Topic, goals, plan, why
from joinedup.engines.seating.agenda import base_agenda
from joinedup.engines.seating.agenda_belonging import AgendaValue, better_agenda, may_exchange
from joinedup.engines.seating.arrays import as_arrays
from joinedup.engines.seating.belonging import VALUES, counted, gains
from joinedup.engines.seating.belonging_bound import bound
from tests.engines.seating import naive
from tests.engines.seating.planted import planted
from tests.engines.seating.test_rules import events

YOUNG = ("young_person",)


@pytest.mark.parametrize(
    ("person", "topic", "reason", "worth"),
    [
        ({"partner": "a"}, {"parties": ("a",)}, "party", 1),
        ({"places": ("n",), "themes": ("t",)}, {"places": ("n",)}, "place_and_theme", 1),
        ({"places": ("n", "s")}, {"places": ("s", "w")}, "place", 0.6),
        ({"places": ("n",), "themes": ("t",)}, {"places": ("s",)}, "theme", 0.5),
        ({"places": ("n",)}, {"places": ("s",)}, "", 0),
        ({"places": ("n",)}, {}, "place", 0.6),
        ({}, {"places": ("s",)}, "place", 0.6),
        ({"places": ("n",), "choices": ("k",), "roles": YOUNG}, {"places": ("s",)}, "chosen", 1),
        ({"places": ("n",), "choices": ("k",)}, {"places": ("s",)}, "", 0),
        ({"partner": ""}, {"parties": ("",), "places": ("s",)}, "place", 0.6),
    ],
)
def test_why_somebody_belongs(person: dict, topic: dict, reason: str, worth: float) -> None:
    one, about = Person("p", **person), Topic("k", theme="t", **topic)
    assert why(one, about) == reason
    problem = Problem((one, Person("far", places=("far",))), (Table("1", 0, 2),), (about,))
    assert goals(problem, Plan([(1, "1", "k", "p")]))["belonging"]["value"] == worth


def test_without_any_place_only_theme_and_party_count() -> None:
    people = (Person("a", themes=("t",)), Person("b", partner="b"), Person("c"))
    problem = Problem(people, (Table("1", 0, 3),), (Topic("k", theme="t", parties=("b",)),))
    made = Plan([(1, "1", "k", each.id) for each in people])
    value = goals(problem, made)["belonging"]
    assert (value["value"], value["one_round"], value["somewhere"]) == (1.5, 0.666667, 0.666667)


@given(st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=0, max_size=5))
def test_a_further_round_adds_the_difference(rounds: list[list[int]]) -> None:
    others = np.array(rounds, dtype=np.int8).reshape(len(rounds), 3)
    for rank in range(4):
        more = np.vstack([others, np.full((1, 3), rank, dtype=np.int8)])
        assert gains(others)[:, rank] == pytest.approx(counted(more) - counted(others))


def test_a_first_table_outweighs_the_third_of_somebody_else() -> None:
    third = gains(np.full((2, 1), 3, dtype=np.int8))[0]
    first = gains(np.zeros((2, 1), dtype=np.int8))[0]
    assert first[1] > third[3], "even where the first is for the theme only"


@settings(max_examples=40, deadline=None)
@given(events())
def test_the_bound_is_close_above_the_relaxation(problem: Problem) -> None:
    least, most = relaxed(problem), bound(as_arrays(problem))
    assert least - 1e-6 <= most <= 1.05 * least + 0.05


def test_the_bound_is_reached_where_everybody_can_have_all_they_want() -> None:
    people = tuple(Person(f"p{n}", themes=("ab"[n % 2],)) for n in range(8))
    tables = (Table("1", 4, 4), Table("2", 4, 4))
    problem = Problem(people, tables, (Topic("a", theme="a"), Topic("b", theme="b")))
    made = plan(problem, iterations=5).report["goals"]["belonging"]
    assert made["value"] == pytest.approx(made["bound"], abs=1e-3)
    assert (made["value"], made["one_round"]) == (4.0, 1.0)


def test_topics_of_many_are_on_more_tables() -> None:
    people = tuple(Person(f"p{n:02}", themes=("a",) if n < 10 else ("b", "c")) for n in range(12))
    topics = tuple(Topic(name, theme=name) for name in "abc")
    problem = Problem(people, tuple(Table(f"{n}", 3, 3) for n in range(4)), topics, rounds=2)
    times = np.bincount(base_agenda(as_arrays(problem)).ravel())
    assert times[0] > 8 / 3 > min(times[1:])
    assert times.sum() == 8


def test_topics_of_the_same_people_come_in_different_rounds() -> None:
    people = tuple(Person(f"p{n}", themes=("a", "b") if n < 4 else ("c", "d")) for n in range(8))
    topics = tuple(Topic(name, theme=name) for name in "abcd")
    problem = Problem(people, (Table("1", 4, 4), Table("2", 4, 4)), topics, rounds=2)
    made = plan(problem, iterations=10)
    assert made.report["goals"]["belonging"]["two_rounds"] == 1.0
    assert made.report["goals"]["belonging"]["value"] == pytest.approx(8 * 0.75)


@pytest.mark.parametrize("seed", range(4))
def test_exchanges_of_topics_keep_the_agenda_whole_and_never_allow_less(seed: int) -> None:
    arrays = as_arrays(planted(seed))
    before = base_agenda(arrays)
    value = better_agenda(arrays, before, np.random.default_rng(seed))
    after = value.agenda()
    assert sorted(after.ravel()) == sorted(before.ravel())
    assert all(len(set(row)) == len(row) for row in after.tolist())
    assert AgendaValue(arrays, after).value >= AgendaValue(arrays, before).value - 0.5
    assert np.allclose(value.worth, np.array(VALUES)[arrays.rank][:, value.topics] * value.may)
    for one, other in combinations(range(len(value.slots)), 2):
        twice = value.topics.copy()
        twice[[one, other]] = value.topics[[other, one]]
        rows = [twice[value.slots[:, 0] == row].tolist() for row in range(len(after))]
        fine = value.topics[one] != value.topics[other] and all(len(set(row)) == len(row) for row in rows)
        assert may_exchange(value.topics, value.slots, one, other) == fine


def test_planned_events_seat_people_where_they_belong() -> None:
    made = plan(planted(3, 40, 8, 4), iterations=40)
    value = made.report["goals"]["belonging"]
    assert value["value"] > 0.9 * value["bound"]
    assert value["value"] == pytest.approx(naive.belonging(planted(3, 40, 8, 4), made), abs=1e-5)
