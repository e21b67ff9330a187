"""Rules that cannot hold together are named before planning, with the smallest change, and the change frees them."""

from dataclasses import replace

import pytest

from joinedup.engines.seating import Finding, Person, Problem, Rule, Table, Topic, blockers, broken, plan
from tests.engines.seating.planted import planted


def crowd(number: int, **same: object) -> tuple[Person, ...]:
    return tuple(Person(f"p{n:02}", f"Guest {n}", f"org{n}", f"s{n % 4}", **same) for n in range(number))


def led(number: int, leaders: int) -> tuple[Person, ...]:
    return tuple(
        replace(p, roles=("facilitator",)) if n < leaders else p for n, p in enumerate(crowd(number))
    )


def but(people: tuple[Person, ...], **parts: dict[str, object]) -> tuple[Person, ...]:
    return tuple(replace(each, **parts.get(each.id, {})) for each in people)


def room(number: int, low: int, high: int, step_free: int = 0) -> tuple[Table, ...]:
    return tuple(Table(f"{n + 1:02}", low, high, ("step_free",) * (n < step_free)) for n in range(number))


HOST = {"partner": "club"}
YOUNG, ADULT = {**HOST, "roles": ("young_person",)}, {**HOST, "roles": ("companion",)}

# name: (event, rule, what it clashes with, sentence, smallest change, the event after that change)
CASES = {
    "too many people": (
        Problem(crowd(10), room(2, 2, 4)),
        ("table_size", ("seat",)),
        "Round 1: 10 people for 8 seats.",
        "Add 2 seats.",
        Problem(crowd(10), room(2, 2, 5)),
    ),
    "too few people": (
        Problem(crowd(10), room(4, 4, 6)),
        ("table_size", ("seat",)),
        "Round 1: 10 people are too few for 4 tables that need 16.",
        "Use 2 tables, or find 6 more people.",
        Problem(crowd(10), room(2, 4, 6)),
    ),
    "too few facilitators": (
        Problem(led(48, 10), room(12, 3, 5)),
        ("facilitator", ("table_size",)),
        "Round 1: 12 tables but 10 facilitators.",
        "Use 10 tables or find 2 more.",
        Problem(led(48, 12), room(12, 3, 5)),
    ),
    "facilitators tied to each other": (
        Problem(led(12, 3), room(3, 4, 4), rules=(Rule("together", ("p00", "p01")),)),
        ("facilitator", ("together",)),
        "Round 1: 3 tables but 3 facilitators, and Guest 0 and Guest 1 must sit together.",
        "Use 2 tables or find 1 more.",
        Problem(led(12, 4), room(3, 4, 4), rules=(Rule("together", ("p00", "p01")),)),
    ),
    "facilitators who need the same table": (
        Problem(
            but(led(9, 3), p00={"access": ("step_free",)}, p01={"access": ("step_free",)}),
            room(3, 3, 3, step_free=1),
        ),
        ("facilitator", ("access",)),
        "Round 1: 3 tables but 3 facilitators, and only 2 can sit where their access needs are met.",
        "Use 2 tables or find 1 more.",
        Problem(
            but(led(9, 4), p00={"access": ("step_free",)}, p01={"access": ("step_free",)}),
            room(3, 3, 3, step_free=1),
        ),
    ),
    "no companion": (
        Problem(but(crowd(8), p02=YOUNG, p03=YOUNG), room(2, 4, 4)),
        ("companion", ("seat",)),
        "Round 1: 2 young people (Guest 2 and Guest 3) have no companion from their own host.",
        "Bring 1 companion from club to round 1.",
        Problem(but(crowd(8), p02=YOUNG, p03=YOUNG, p04=ADULT), room(2, 4, 4)),
    ),
    "companion leaves early": (
        Problem(but(crowd(9), p02=YOUNG, p03={**ADULT, "rounds": (1,)}), room(2, 3, 5), rounds=2),
        ("companion", ("seat",)),
        "Round 2: 1 young person (Guest 2) has no companion from their own host.",
        "Bring 1 companion from club to round 2.",
        Problem(but(crowd(9), p02=YOUNG, p03=ADULT), room(2, 3, 5), rounds=2),
    ),
    "no host": (
        Problem(but(crowd(8), p02={**YOUNG, "partner": ""}), room(2, 4, 4)),
        ("companion", ("seat",)),
        "Round 1: 1 young person (Guest 2) has no companion from their own host.",
        "Say who hosts Guest 2, and bring a companion from there.",
        Problem(but(crowd(8), p02=YOUNG, p03=ADULT), room(2, 4, 4)),
    ),
    "kept from the companion": (
        Problem(but(crowd(8), p02=YOUNG, p03=ADULT), room(2, 4, 4), rules=(Rule("apart", ("p02", "p03")),)),
        ("companion", ("apart",)),
        "Round 1: Guest 2 must sit with Guest 3 of club, and a rule keeps them apart.",
        "Take the rule away, or bring another companion from club.",
        Problem(
            but(crowd(8), p02=YOUNG, p03=ADULT, p04=ADULT),
            room(2, 4, 4),
            rules=(Rule("apart", ("p02", "p03")),),
        ),
    ),
    "one companion for more than a table": (
        Problem(but(crowd(8), p00=ADULT, **{f"p0{n}": YOUNG for n in range(1, 5)}), room(2, 4, 4)),
        ("companion", ("table_size",)),
        "Guest 0, Guest 1, Guest 2, Guest 3 and Guest 4 must sit together, 5 people, and no table that suits them "
        "takes more than 4.",
        "Make 1 table 1 seats larger, or bring another companion.",
        Problem(but(crowd(8), p00=ADULT, p05=ADULT, **{f"p0{n}": YOUNG for n in range(1, 5)}), room(2, 4, 4)),
    ),
    "together and apart": (
        Problem(
            crowd(8),
            room(2, 4, 4),
            rules=(Rule("together", ("p00", "p01", "p02")), Rule("apart", ("p00", "p02"))),
        ),
        ("apart", ("together",)),
        "Guest 0 and Guest 2 must sit together and must be apart.",
        "Take one of the two rules away.",
        Problem(crowd(8), room(2, 4, 4), rules=(Rule("together", ("p00", "p01", "p02")),)),
    ),
    "more apart than tables": (
        Problem(crowd(8), room(2, 4, 4), rules=(Rule("apart", ("p00", "p01", "p02")),)),
        ("apart", ("table_size",)),
        "Round 1: Guest 0, Guest 1 and Guest 2 must all be apart, and there are 2 tables for them.",
        "Take 1 of them out of the rule, or add as many tables.",
        Problem(crowd(8), room(2, 4, 4), rules=(Rule("apart", ("p00", "p01")),)),
    ),
    "no table meets a need": (
        Problem(but(crowd(8), p05={"access": ("step_free",)}), room(2, 4, 4)),
        ("access", ("table_size",)),
        "Guest 5 needs step free, which no table is.",
        "Make 1 table step free.",
        Problem(but(crowd(8), p05={"access": ("step_free",)}), room(2, 4, 4, step_free=1)),
    ),
    "too few seats that meet a need": (
        Problem(
            but(led(8, 2), **{f"p0{n}": {"access": ("step_free",)} for n in range(4, 8)}),
            room(2, 4, 4, step_free=1),
        ),
        ("access", ("table_size", "facilitator")),
        "Round 1: 4 people can only sit at tables that are step free, and 3 seats are free there.",
        "Add 1 seat there, or make another table step free.",
        Problem(
            but(led(8, 2), **{f"p0{n}": {"access": ("step_free",)} for n in range(4, 8)}),
            room(2, 4, 4, step_free=2),
        ),
    ),
    "a party in too many topics": (
        Problem(
            crowd(8), room(2, 4, 4), tuple(Topic(f"t{n}", parties=("org1",)) for n in range(3)), rounds=2
        ),
        ("topic_party", ("seat",)),
        "org1 is needed for 3 topics, and its people have 2 turns in 2 rounds.",
        "Take it off 1 topic, or ask org1 to send somebody more.",
        Problem(
            but(crowd(8), p07={"partner": "org1"}),
            room(2, 4, 4),
            tuple(Topic(f"t{n}", parties=("org1",)) for n in range(3)),
            rounds=2,
        ),
    ),
    "parties never there together": (
        Problem(
            but(crowd(5), p00={"rounds": (1,)}, p01={"rounds": (2,)}),
            room(1, 3, 5),
            (Topic("t0", "Online harm", parties=("org0", "org1")), Topic("t1")),
            rounds=2,
        ),
        ("topic_party", ("topic",)),
        "“Online harm” has a table in one round only, and org0 and org1 are never there together.",
        "Add a table, or bring them into one round.",
        Problem(
            but(crowd(5), p00={"rounds": (1,)}),
            room(1, 3, 5),
            (Topic("t0", "Online harm", parties=("org0", "org1")), Topic("t1")),
            rounds=2,
        ),
    ),
    "parties that must be apart": (
        Problem(
            crowd(6),
            room(2, 3, 3),
            (Topic("t0", "Online harm", parties=("org0", "org1")), Topic("t1")),
            rules=(Rule("apart", ("p00", "p01")),),
        ),
        ("topic_party", ("topic", "apart")),
        "“Online harm” has a table in one round only, and org0 and org1 can never sit at one table.",
        "Add a table, or take away the rule that keeps them apart.",
        Problem(crowd(6), room(2, 3, 3), (Topic("t0", "Online harm", parties=("org0", "org1")), Topic("t1"))),
    ),
}


def named(case: str) -> Finding:
    problem, (rule, clashes), sentence, _, _ = CASES[case]
    return next(
        each
        for each in blockers(problem)
        if (each.rule, each.clashes_with, each.sentence) == (rule, clashes, sentence)
    )


@pytest.mark.parametrize("case", CASES)
def test_the_collision_is_named_with_its_change(case: str) -> None:
    assert named(case).change == CASES[case][3]


@pytest.mark.parametrize("case", CASES)
def test_the_plan_does_not_hide_what_it_cannot_keep(case: str) -> None:
    made = plan(CASES[case][0], iterations=5)
    assert made.report["broken"]
    assert named(case).as_dict() in made.report["blockers"]


@pytest.mark.parametrize("case", CASES)
def test_the_change_frees_it(case: str) -> None:
    freed = CASES[case][4]
    assert blockers(freed) == []
    assert broken(freed, plan(freed, iterations=20)) == []


def test_the_same_collision_in_every_round_is_said_once() -> None:
    problem = Problem(crowd(10), room(2, 2, 4), rounds=3)
    assert [each.round for each in blockers(problem)] == [1]


@pytest.mark.parametrize("seed", range(40))
def test_nothing_is_called_impossible_that_is_possible(seed: int) -> None:
    sizes = [(24, 4, 3), (12, 3, 3), (12, 2, 2), (40, 8, 4)]
    assert blockers(planted(seed, *sizes[seed % 4])) == []


def test_topics_that_find_no_table_are_a_note_and_no_collision() -> None:
    topics = tuple(Topic(f"t{n}", f"Topic {n}", weight=n) for n in range(4))
    problem = Problem(crowd(6), room(3, 2, 2), topics)
    made = plan(problem, iterations=5)
    assert made.report["broken"] == made.report["blockers"] == []
    assert made.report["notes"] == ["1 of 4 topics have no table: “Topic 0”. Add tables or a round."]


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"rounds": 0}, "There must be at least one round."),
        ({"tables": ()}, "There are people but no tables: add a table."),
        ({"people": (Person("a"), Person("a"))}, "The person id 'a' is given twice: each needs its own."),
        (
            {"tables": (Table("1", 5, 4),)},
            "Table 1 takes 5 to 4 people: the smallest number must lie between",
        ),
        (
            {"rules": (Rule("near", ("a", "b")),)},
            "A rule of kind 'near' is not known: use together or apart.",
        ),
        ({"topics": (Topic("t", weight=-1),)}, "The weight of topic t is -1: use 0 or more."),
    ],
)
def test_input_that_contradicts_itself_is_refused(parts: dict[str, object], sentence: str) -> None:
    whole: dict[str, object] = {"people": (Person("a"), Person("b")), "tables": (Table("1", 1, 4),), **parts}
    with pytest.raises(ValueError) as caught:
        Problem(**whole)
    assert str(caught.value).startswith(sentence)
