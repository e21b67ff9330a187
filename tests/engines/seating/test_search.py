"""The values that the search keeps up to date equal those worked out afresh."""

import random
from collections import Counter

import numpy as np
import pytest

from joinedup.engines.seating.agenda import PartyFinder, base_agenda, make_agenda, pinned
from joinedup.engines.seating.arrays import as_arrays, blocks
from joinedup.engines.seating.problem import Person, Problem, Rule, Table, Topic
from joinedup.engines.seating.search import Search, _Walk
from tests.engines.seating.planted import planted


def search_for(problem: Problem, seed: int = 0) -> Search:
    arrays, rng = as_arrays(problem), np.random.default_rng(seed)
    return Search(arrays, *make_agenda(arrays, rng), rng)


def loose(seed: int) -> Problem:
    """A planted event with a spare seat at each table, so that moves to empty seats are among the exchanges."""
    problem = planted(seed)
    tables = tuple(
        Table(each.id, each.seats_min - 1, each.seats_max + 1, each.access) for each in problem.tables
    )
    return Problem(problem.people, tables, problem.topics, problem.met, problem.rules, problem.rounds, seed)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("temperature", [0.0, 0.5, 500.0])
def test_values_stay_exact_through_any_exchange(seed: int, temperature: float) -> None:
    search = search_for(loose(seed), seed)
    for number, room in enumerate(search.rooms):
        gain, worth = search._values(number)
        noise = search.noise * np.float32(temperature)
        walk = _Walk(room, gain, worth.copy(), noise, temperature, search.rng)
        for _ in range(4):
            walk.sweep()
        for table, people in enumerate(room.seats):
            assert sorted(people.tolist()) == np.flatnonzero(room.table == table).tolist()
            assert [room.place[who] for who in people] == list(range(len(people)))
            assert room.empty[table] == int((people >= room.count).sum()) <= room.most_empty[table]
        again = search._values(number)[1]
        assert np.allclose(walk.worth, again, atol=0.5 if temperature > 1 else 1e-2)
        assert np.allclose(walk.own, walk.worth[room.table, np.arange(room.size)])


@pytest.mark.parametrize("seed", range(4))
def test_settling_never_loses_value(seed: int) -> None:
    search = search_for(loose(seed), seed)
    values = []
    for number, room in enumerate(search.rooms):
        gain, worth = search._values(number)
        walk = _Walk(room, gain, worth, search.noise * 0, 0.0, search.rng)
        own = _total(walk)
        walk.sweep()
        values.append(_total(walk) - own)
    assert min(values) >= -1e-2


def _total(walk: _Walk) -> float:
    """Value of a round: what each has at their table, every pair counted once."""
    pairs = sum(float(walk.gain[np.ix_(people, people)].sum()) / 2 for people in walk.room.seats)
    return float(walk.own.sum()) - pairs


def test_young_people_are_shared_out_among_the_companions_of_their_host() -> None:
    people = (
        Person("a", partner="club", roles=("companion",)),
        Person("b", partner="club", roles=("companion",)),
        *(Person(f"y{n}", partner="club", roles=("young_person",)) for n in range(4)),
        Person("z", partner="other", roles=("companion",), rounds=(2,)),
    )
    problem = Problem(people, (Table("1", 1, 8),), rules=(Rule("apart", ("a", "y0")),), rounds=2)
    names = [[people[who].id for who in block] for block in blocks(as_arrays(problem), 0)]
    assert names == [["a", "y1", "y2"], ["b", "y0", "y3"]]


@pytest.mark.parametrize(
    ("topics", "tables", "rounds"), [(3, 4, 3), (12, 12, 3), (36, 12, 3), (5, 2, 5), (2, 13, 2)]
)
def test_the_agenda_gives_every_topic_its_table(topics: int, tables: int, rounds: int) -> None:
    problem = Problem(
        tuple(Person(f"p{n}") for n in range(tables)),
        tuple(Table(f"{n:02}", 1, 2) for n in range(tables)),
        tuple(Topic(f"t{n:02}") for n in range(topics)),
        rounds=rounds,
    )
    agenda = base_agenda(as_arrays(problem))
    times = np.bincount(agenda.ravel(), minlength=topics)
    assert times.min() >= 1
    assert times.max() - times.min() <= 1
    # People who stayed at one table all day would never meet a topic twice.
    assert all(len(set(column)) == rounds for column in agenda.T.tolist())


@pytest.mark.parametrize("seed", [0, 3])
def test_every_party_comes_to_its_topic_where_its_people_have_the_turns(seed: int) -> None:
    """180 topics of two parties each, of 90 that have two people each in four rounds. Exchanges by chance alone left
    five or more out."""
    chance = random.Random(seed)
    parties = [tuple(f"b{n}" for n in chance.sample(range(90), 2)) for _ in range(180)]
    arrays = as_arrays(
        Problem(
            tuple(Person(f"p{n:03}", partner=f"b{n % 90}") for n in range(180)),
            tuple(Table(f"{n:02}", 1, 8) for n in range(45)),
            tuple(Topic(f"t{n:03}", parties=both) for n, both in enumerate(parties)),
            rounds=4,
        )
    )
    needed = Counter(party for both in parties for party in both)
    too_many = sum(max(0, times - 8) for times in needed.values())
    _, pins = pinned(PartyFinder(arrays), base_agenda(arrays), np.random.default_rng(1), None)
    assert len(pins.uncovered) == too_many


def test_fewer_topics_than_rounds_leave_the_last_rounds_free() -> None:
    people = tuple(Person(f"p{n}") for n in range(4))
    agenda = base_agenda(as_arrays(Problem(people, (Table("1", 4, 4),), (Topic("a"),), rounds=3)))
    assert agenda.tolist() == [[0], [-1], [-1]]
