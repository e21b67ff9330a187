"""The data of table planning: people, topics, tables and rules."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

FACILITATOR, YOUNG_PERSON, COMPANION = "facilitator", "young_person", "companion"
TOGETHER, APART = "together", "apart"


@dataclass(frozen=True)
class Person:
    """Somebody who attends. `themes` are what they or their partner work on; `places` what the partner serves
    (empty is everywhere); `choices` the ids of topics that a young person chose. `rounds` count from 1, and empty means
    all of them.

    `partner` is also the host of a young person. People without a partner do not belong together; a blank
    sector is unknown, so it never counts as a meeting across sectors.
    """

    id: str
    name: str = ""
    partner: str = ""
    sector: str = ""
    themes: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    rounds: tuple[int, ...] = ()
    opted_in: bool = False
    places: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name to show."""
        return self.name or self.id

    def attends(self, number: int) -> bool:
        """Whether this person is there in round `number` (from 1)."""
        return not self.rounds or number in self.rounds


@dataclass(frozen=True)
class Topic:
    """Something to talk about; `parties` are the partners whose presence it needs, `places` what it is about (empty
    is everywhere). Which places hold or lie in another is the caller's matter: here they are equal or not."""

    id: str
    title: str = ""
    theme: str = ""
    parties: tuple[str, ...] = ()
    weight: float = 1.0
    places: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The title to show."""
        return self.title or self.id


@dataclass(frozen=True)
class Table:
    """A table with the fewest and the most people it takes, and the access needs it meets."""

    id: str
    seats_min: int
    seats_max: int
    access: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """People who sit at one table in every round (`together`), or of whom no two ever share one (`apart`)."""

    kind: str
    people: tuple[str, ...]


@dataclass(frozen=True)
class Problem:
    """One event to plan. `seconds` limits the search; `seed` fixes its random choices.

    Raises ValueError, with one plain sentence, if the input contradicts itself.
    """

    people: tuple[Person, ...]
    tables: tuple[Table, ...]
    topics: tuple[Topic, ...] = ()
    met: tuple[tuple[str, str], ...] = ()
    rules: tuple[Rule, ...] = ()
    rounds: int = 1
    seed: int = 0
    seconds: float = 5.0

    def __post_init__(self) -> None:
        if self.rounds < 1:
            raise ValueError("There must be at least one round.")
        if self.people and not self.tables:
            raise ValueError("There are people but no tables: add a table.")
        for noun, ids in (
            ("person", [each.id for each in self.people]),
            ("topic", [each.id for each in self.topics]),
            ("table", [each.id for each in self.tables]),
        ):
            twice = sorted({each for each in ids if ids.count(each) > 1}) if len(set(ids)) < len(ids) else []
            if twice:
                raise ValueError(f"The {noun} id {twice[0]!r} is given twice: each needs its own.")
        for table in self.tables:
            if not 0 <= table.seats_min <= table.seats_max:
                raise ValueError(
                    f"Table {table.id} takes {table.seats_min} to {table.seats_max} people: "
                    "the smallest number must lie between 0 and the largest."
                )
        for rule in self.rules:
            if rule.kind not in (TOGETHER, APART):
                raise ValueError(f"A rule of kind {rule.kind!r} is not known: use together or apart.")
        for topic in self.topics:
            if not topic.weight >= 0:
                raise ValueError(f"The weight of topic {topic.id} is {topic.weight}: use 0 or more.")

    def attending(self, number: int) -> list[Person]:
        """The people who are there in round `number` (from 1)."""
        return [person for person in self.people if person.attends(number)]

    def topic_places(self) -> int:
        """The most topics that can be discussed: in each round as many as there are tables, or people for
        them."""
        return sum(min(len(self.tables), len(self.attending(number))) for number in range(1, self.rounds + 1))

    def parties_here(self, topic: Topic) -> list[str]:
        """The parties of a topic that have somebody in the room in some round, sorted."""
        here = {
            person.partner
            for person in self.people
            if person.partner and any(person.attends(r) for r in range(1, self.rounds + 1))
        }
        return sorted(set(topic.parties) & here)

    def changed(self, absent: Iterable[str], arrivals: Iterable[Person]) -> "Problem":
        """The same event without the people whose ids are in `absent`, and with `arrivals`."""
        gone = set(absent)
        stay = tuple(person for person in self.people if person.id not in gone)
        return replace(self, people=(*stay, *arrivals))


Assignment = tuple[int, str, str | None, str]


def in_order(rows: Iterable[Assignment]) -> list[Assignment]:
    """By round, table and person."""
    return sorted(rows, key=lambda row: (row[0], row[1], row[3]))


@dataclass(frozen=True)
class Plan:
    """Who sits where: `assignments` are (round from 1, table id, topic id or None, person id), sorted.

    `report` holds the value of the plan (see `plan.plan`), ready for JSON.
    """

    assignments: list[Assignment]
    report: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, in a sentence fit to show. `round` counts from 1; 0 means the whole event.

    `change` is the smallest change that resolves it and `clashes_with` the conflicting rules: both are only
    set by `blockers`, which checks an event before it is planned.
    """

    rule: str
    sentence: str
    people: tuple[str, ...] = ()
    table: str = ""
    round: int = 0
    change: str = ""
    clashes_with: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For the report: plain lists and strings, empty parts left out."""
        parts = {
            "rule": self.rule,
            "sentence": self.sentence,
            "people": list(self.people),
            "table": self.table,
            "round": self.round,
            "change": self.change,
            "clashes_with": list(self.clashes_with),
        }
        return {name: part for name, part in parts.items() if part}
