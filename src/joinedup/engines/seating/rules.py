"""The hard rules of table planning, and the only check of them.

The planner, the page for manual moves and the tests all call `broken`; it works on the finished plan (round,
table, topic, person) and shares no code with the search.
"""

from collections import defaultdict
from itertools import combinations

from joinedup.engines.seating.problem import (
    APART,
    COMPANION,
    FACILITATOR,
    TOGETHER,
    YOUNG_PERSON,
    Finding,
    Person,
    Plan,
    Problem,
)

Slot = tuple[int, str]


class Seating:
    """A plan, indexed for look-ups. Rows with unknown people or tables are in `unknown`."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.people = {person.id: person for person in problem.people}
        self.tables = {table.id: table for table in problem.tables}
        self.at: dict[Slot, list[Person]] = defaultdict(list)
        self.tables_of: dict[tuple[int, str], list[str]] = defaultdict(list)
        self.topics_at: dict[Slot, set[str | None]] = defaultdict(set)
        self.sittings: dict[tuple[str, str], list[Slot]] = defaultdict(list)
        self.unknown: list[tuple[int, str, str]] = []
        for number, table, topic, person in sorted(plan.assignments, key=lambda row: (*row[:2], row[3])):
            if person not in self.people or table not in self.tables or not 1 <= number <= problem.rounds:
                self.unknown.append((number, table, person))
                continue
            slot = (number, table)
            self.at[slot].append(self.people[person])
            self.tables_of[number, person].append(table)
            self.topics_at[slot].add(topic)
            if topic is not None:
                self.sittings[person, topic].append(slot)

    def topic(self, slot: Slot) -> str | None:
        """The topic of a table in a round."""
        return min((each for each in self.topics_at.get(slot, ()) if each is not None), default=None)


def leaders(problem: Problem, plan: Plan) -> dict[Slot, str]:
    """Who leads each table: {(round, table id): person id}, for tables where a facilitator sits.

    If several sit there, the one who is at the table's topic most often leads (so that those who come back to
    a topic are its leaders), then the first by id. The others are guests.
    """
    seating = Seating(problem, plan)
    led: dict[Slot, str] = {}
    for slot, seated in sorted(seating.at.items()):
        able = [person.id for person in seated if FACILITATOR in person.roles]
        topic = seating.topic(slot)
        if able:
            led[slot] = min(able, key=lambda who: (-len(seating.sittings.get((who, str(topic)), ())), who))
    return led


def broken(problem: Problem, plan: Plan) -> list[Finding]:
    """Every hard rule that the plan breaks, in a fixed order; empty if all hold.

    A rule whose subject is absent (no facilitators, no topics, no young people, a person who is not there)
    does not apply.
    """
    seating = Seating(problem, plan)
    return [
        *_seats(problem, seating),
        *_sizes(problem, seating),
        *_facilitators(problem, seating),
        *_topics(problem, seating),
        *_parties(problem, seating),
        *_rules(problem, seating),
        *_access(seating),
        *_companions(seating),
        *_repeats(problem, seating, leaders(problem, plan)),
    ]


def _seats(problem: Problem, seating: Seating) -> list[Finding]:
    found = [
        Finding(
            "seat",
            f"Round {number} seats {person} at table {table}, but no such person, table or round is known.",
            (person,),
            table,
            number,
        )
        for number, table, person in seating.unknown
    ]
    for number in range(1, problem.rounds + 1):
        for person in sorted(problem.people, key=lambda each: each.id):
            tables = seating.tables_of.get((number, person.id), [])
            if person.attends(number) and len(tables) != 1:
                have = "no seat" if not tables else f"{len(tables)} seats"
                sentence = f"Round {number}: {person.label} has {have}."
                found.append(Finding("seat", sentence, (person.id,), "", number))
            elif not person.attends(number) and tables:
                sentence = f"Round {number}: {person.label} has a seat but is not there in this round."
                found.append(Finding("seat", sentence, (person.id,), tables[0], number))
    return found


def _sizes(problem: Problem, seating: Seating) -> list[Finding]:
    found = []
    for number in range(1, problem.rounds + 1):
        if not problem.attending(number):
            continue
        for table in sorted(problem.tables, key=lambda each: each.id):
            seated = len(seating.at.get((number, table.id), ()))
            if not table.seats_min <= seated <= table.seats_max:
                sentence = (
                    f"Round {number}: table {table.id} has {seated} people; "
                    f"it takes {table.seats_min} to {table.seats_max}."
                )
                found.append(Finding("table_size", sentence, (), table.id, number))
    return found


def _facilitators(problem: Problem, seating: Seating) -> list[Finding]:
    if not any(FACILITATOR in person.roles for person in problem.people):
        return []
    return [
        Finding("facilitator", f"Round {slot[0]}: nobody leads table {slot[1]}.", (), slot[1], slot[0])
        for slot, seated in sorted(seating.at.items())
        if not any(FACILITATOR in person.roles for person in seated)
    ]


def _topics(problem: Problem, seating: Seating) -> list[Finding]:
    found = []
    for slot, topics in sorted(seating.topics_at.items()):
        if len(topics) > 1:
            sentence = f"Round {slot[0]}: table {slot[1]} has more than one topic."
            found.append(Finding("topic", sentence, (), slot[1], slot[0]))
    known = {topic.id for topic in problem.topics}
    discussed = {topic for _, topic in seating.sittings} & known
    for topic_id in sorted({topic for _, topic in seating.sittings} - known):
        found.append(Finding("topic", f"Topic {topic_id} is on a table but not in the list of topics."))
    places = problem.topic_places()
    if len(known) > places:
        if len(discussed) < places:
            sentence = f"{len(discussed)} topics are discussed; the tables and rounds have room for {places}."
            found.append(Finding("topic", sentence))
        return found
    for topic in sorted(problem.topics, key=lambda each: each.id):
        if topic.id not in discussed:
            found.append(Finding("topic", f"No table discusses “{topic.label}”."))
    return found


def _parties(problem: Problem, seating: Seating) -> list[Finding]:
    discussed = {topic for _, topic in seating.sittings}
    there = {(seating.people[person].partner, topic) for person, topic in seating.sittings}
    return [
        Finding("topic_party", f"{party} is never at the table that discusses “{topic.label}”.")
        for topic in sorted(problem.topics, key=lambda each: each.id)
        if topic.id in discussed
        for party in problem.parties_here(topic)
        if (party, topic.id) not in there
    ]


def _rules(problem: Problem, seating: Seating) -> list[Finding]:
    found = []
    for rule in sorted(problem.rules, key=lambda each: (each.kind, sorted(each.people))):
        ids = sorted(set(rule.people) & set(seating.people))
        for number in range(1, problem.rounds + 1):
            seated = [
                (who, seating.tables_of[number, who][0]) for who in ids if (number, who) in seating.tables_of
            ]
            for (one, first), (other, second) in combinations(seated, 2):
                if (first == second) == (rule.kind == TOGETHER):
                    continue
                names = f"{seating.people[one].label} and {seating.people[other].label}"
                if rule.kind == APART:
                    sentence = f"Round {number}: {names} sit at one table and should be apart."
                else:
                    sentence = f"Round {number}: {names} should sit together and do not."
                found.append(Finding(rule.kind, sentence, (one, other), first, number))
    return found


def _access(seating: Seating) -> list[Finding]:
    found = []
    for slot, seated in sorted(seating.at.items()):
        for person in seated:
            lacking = sorted(set(person.access) - set(seating.tables[slot[1]].access))
            if lacking:
                needs = " and ".join(each.replace("_", " ") for each in lacking)
                sentence = f"Round {slot[0]}: {person.label} needs {needs}, which table {slot[1]} is not."
                found.append(Finding("access", sentence, (person.id,), slot[1], slot[0]))
    return found


def _companions(seating: Seating) -> list[Finding]:
    found = []
    for slot, seated in sorted(seating.at.items()):
        for person in seated:
            if YOUNG_PERSON in person.roles and not any(accompanies(other, person) for other in seated):
                sentence = f"Round {slot[0]}: {person.label} is at table {slot[1]} without a companion from their host."
                found.append(Finding("companion", sentence, (person.id,), slot[1], slot[0]))
    return found


def accompanies(adult: Person, young: Person) -> bool:
    """Whether `adult` may be the companion of `young`: both have the same host, and the adult is not a young
    person."""
    return (
        COMPANION in adult.roles
        and YOUNG_PERSON not in adult.roles
        and bool(young.partner)
        and adult.partner == young.partner
    )


def _repeats(problem: Problem, seating: Seating, led: dict[Slot, str]) -> list[Finding]:
    found = []
    titles = {topic.id: topic.label for topic in problem.topics}
    for (who, topic), slots in sorted(seating.sittings.items()):
        if len(slots) > 1 and any(led.get(slot) != who for slot in slots):
            rounds = " and ".join(str(number) for number, _ in slots)
            sentence = (
                f"{seating.people[who].label} is at topic “{titles.get(topic, topic)}” in rounds {rounds} "
                "and does not lead it."
            )
            found.append(Finding("topic_twice", sentence, (who,), slots[-1][1], slots[-1][0]))
    return found
