"""Read a folder of CSV files as an event to plan; unreadable ones are refused in one plain sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from joinedup.engines.reading.register import NUMBER, TEXT, WORDS
from joinedup.engines.reading.register import YES as FLAG
from joinedup.engines.seating import Person, Problem, Rule, Table, Topic
from joinedup.engines.seating.problem import YOUNG_PERSON
from joinedup.offline.delimited import Refused, quoted, read_rows
from joinedup.offline.typed_columns import typed

ROLES = ("facilitator", "scribe", "guest", "young_person", "companion", "speaker")
COLUMNS: dict[str, dict[str, Any]] = {
    "people": {
        "id": TEXT, "name": TEXT, "partner": TEXT, "sector": TEXT, "themes": WORDS, "roles": WORDS, "access": WORDS,
        "rounds": WORDS, "opted_in": FLAG, "places": WORDS, "choices": WORDS,
    },
    "topics": {
        "id": TEXT, "title": TEXT, "theme": TEXT, "parties": WORDS, "weight": NUMBER, "places": WORDS,
    },
    "met": {"person_a": TEXT, "person_b": TEXT},
    "rules": {"kind": TEXT, "people": WORDS},
    "room": {"table": TEXT, "seats_min": NUMBER, "seats_max": NUMBER, "access": WORDS},
}  # fmt: skip
REQUIRED = {
    "people": ("id",),
    "topics": ("id",),
    "met": ("person_a", "person_b"),
    "rules": ("kind", "people"),
    "room": ("table", "seats_max"),
}
# Without these there is nothing to plan; the others may be missing or blank.
NEEDED = ("people", "room")

Row = dict[str, Any]


def read_event(folder: Path, *, rounds: int, seed: int, seconds: float) -> tuple[Problem, list[str]]:
    """The event in a folder, and sentences on what is left out or does not apply.

    Five files, each of which may be blank; topics.csv, met.csv and rules.csv may be missing. Raises
    `Refused`.
    """
    if not folder.is_dir():
        raise Refused(f"There is no folder “{folder}”.")
    absent = [f"{name}.csv" for name in NEEDED if not (folder / f"{name}.csv").exists()]
    if absent:
        raise Refused(f"“{folder}” lacks {' and '.join(absent)}: add it, blank if there is nothing to say.")
    notes: list[str] = []
    rows = {name: list(_rows(folder / f"{name}.csv", notes)) for name in COLUMNS}
    people = tuple(_person(row, rounds, notes) for row in rows["people"])
    known = {person.id for person in people}
    try:
        problem = Problem(
            people=people,
            tables=tuple(_table(row) for row in rows["room"]),
            topics=tuple(_topic(row) for row in rows["topics"]),
            met=tuple((str(row["person_a"]), str(row["person_b"])) for row in rows["met"]),
            rules=tuple(_rule(row, known, notes) for row in rows["rules"]),
            rounds=rounds,
            seed=seed,
            seconds=seconds,
        )
    except ValueError as error:
        raise Refused(str(error)) from error
    strangers = {who for pair in problem.met for who in pair} - known
    if strangers:
        notes.append(f"met.csv names {_some(strangers)}, not in people.csv: nothing follows from that.")
    homes = {person.partner for person in people}
    for topic in problem.topics:
        away = set(topic.parties) - homes
        if away:
            notes.append(f"Topic {topic.id}: nobody comes from {_some(away)}, so the topic goes on without.")
    titled = {topic.id for topic in problem.topics}
    for person in people:
        away = set(person.choices) - titled
        if away:
            notes.append(
                f"people.csv: {person.id} chose {_some(away)}, not in topics.csv: nothing follows from it."
            )
        if person.choices and YOUNG_PERSON not in person.roles:
            notes.append(
                f"people.csv: the choices of {person.id} are left out: only those of young people count."
            )
    return problem, notes


def _rows(path: Path, notes: list[str]) -> Iterator[Row]:
    """The rows of one file with every column, None for blank cells; no rows for a blank or missing file."""
    name = path.stem
    try:
        if not path.exists() or not path.read_bytes().strip(b"\xef\xbb\xbf \t\r\n"):
            return
    except OSError as error:
        raise Refused(f"{path.name} cannot be read: {error.strerror}.") from error
    rows = read_rows(path, REQUIRED[name])
    frame = typed(rows, COLUMNS[name])
    strange = [column for column in rows.header if column and column not in COLUMNS[name]]
    if strange:
        notes.append(f"{path.name}: nothing is known of the column {_some(strange)}; it is left out.")
    for number, row in enumerate(frame.iter_rows(named=True), 1):
        for column in REQUIRED[name]:
            if row[column] is None:
                raise Refused(f"{path.name}, row {number} below the header, has nothing in column {column}.")
        yield dict.fromkeys(COLUMNS[name]) | row


def _person(row: Row, rounds: int, notes: list[str]) -> Person:
    who = row["id"]
    roles = _words(row["roles"])
    strange = [role for role in roles if role not in ROLES]
    if strange:
        raise Refused(
            f"people.csv: the role {_some(strange)} of {quoted(who)} is not known: use {', '.join(ROLES)}."
        )
    return Person(
        id=who,
        name=row["name"] or "",
        partner=row["partner"] or "",
        sector=row["sector"] or "",
        themes=tuple(row["themes"] or ()),
        roles=roles,
        access=_words(row["access"]),
        rounds=_rounds(who, row["rounds"] or [], rounds, notes),
        opted_in=bool(row["opted_in"]),
        places=_places(row["places"]),
        choices=tuple(row["choices"] or ()),
    )


def _rounds(who: str, cells: list[str], rounds: int, notes: list[str]) -> tuple[int, ...]:
    numbers = []
    for cell in cells:
        if not (cell.isascii() and cell.isdigit() and int(cell) >= 1):
            raise Refused(
                f"people.csv: the rounds of {quoted(who)} are “{quoted(';'.join(cells))}”; write numbers like 1;3."
            )
        numbers.append(int(cell))
    beyond = [str(number) for number in numbers if number > rounds]
    if beyond:
        notes.append(f"{who} would come to round {' and '.join(beyond)}, and there are only {rounds}.")
    return tuple(sorted(set(numbers)))


def _table(row: Row) -> Table:
    low, high = row["seats_min"] or 0, row["seats_max"]
    if int(low) != low or int(high) != high:
        raise Refused(f"room.csv: the seats of table {quoted(row['table'])} are not whole numbers.")
    return Table(row["table"], int(low), int(high), _words(row["access"]))


def _topic(row: Row) -> Topic:
    weight = 1.0 if row["weight"] is None else row["weight"]
    return Topic(
        id=row["id"],
        title=row["title"] or "",
        theme=row["theme"] or "",
        parties=tuple(row["parties"] or ()),
        weight=weight,
        places=_places(row["places"]),
    )


def _places(cell: list[str] | None) -> tuple[str, ...]:
    """Codes or names, the same however they are written."""
    return tuple(sorted({" ".join(each.split()).casefold() for each in cell or ()} - {""}))


def _rule(row: Row, known: set[str], notes: list[str]) -> Rule:
    kind = row["kind"].lower()
    away = set(row["people"]) - known
    if away:
        notes.append(f"rules.csv: {_some(away)} is not in people.csv, so “{kind}” does not apply there.")
    if len(set(row["people"])) < 2:
        notes.append(f"rules.csv: “{kind}” names {_some(row['people'])} alone, so nothing follows from it.")
    return Rule(kind, tuple(row["people"]))


def _words(cell: list[str] | None) -> tuple[str, ...]:
    """Roles and needs, however they are written: “Young person” is young_person."""
    return tuple(each.lower().replace(" ", "_").replace("-", "_") for each in cell or ())


def _some(names: Any) -> str:
    """A few of the names, quoted, as a hint where to look."""
    every = [f"“{quoted(each)}”" for each in sorted(set(names))]
    return ", ".join(every[:3]) + (f" and {len(every) - 3} more" if len(every) > 3 else "")
