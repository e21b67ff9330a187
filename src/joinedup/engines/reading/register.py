"""What reading a register gives: its frames, and the guesses behind them. `docs/methods/reading.md` says what each
column means."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from joinedup.late_imports import polars as pl

WORDS, TEXT, NUMBER, DAY, YES = list[str], str, float, datetime.date, bool

COLUMNS: dict[str, dict[str, Any]] = {
    "partners": {
        "id": TEXT, "name": TEXT, "sector": TEXT, "places": WORDS, "authorities": WORDS, "exact_place": YES,
        "base": TEXT, "themes": WORDS, "themes_given": YES, "does": TEXT, "duty": YES, "confirmed": DAY,
        "marking": TEXT, "wide": YES, "same_as": TEXT,
    },
    "initiatives": {
        "id": TEXT, "name": TEXT, "what": TEXT, "partner": TEXT, "co_partners": WORDS, "places": WORDS,
        "authorities": WORDS, "exact_place": YES, "places_given": YES, "themes": WORDS, "themes_given": YES,
        "level": WORDS, "way_in": WORDS, "age_from": NUMBER, "age_to": NUMBER, "reach": NUMBER, "starts": DAY,
        "ends": DAY, "result": TEXT, "evidence": NUMBER, "result_good": YES, "approach": TEXT, "audience": WORDS,
        "confirmed": DAY, "marking": TEXT, "same_as": TEXT,
    },
    "asks": {
        "id": TEXT, "partner": TEXT, "kind": TEXT, "what": TEXT, "themes": WORDS, "themes_given": YES,
        "places": WORDS, "authorities": WORDS, "exact_place": YES, "text": TEXT, "said_on": DAY, "empty": YES,
        "amount": NUMBER, "number": NUMBER, "until": DAY, "same_as": TEXT,
    },
    "support": {
        "id": TEXT, "name": TEXT, "provider": TEXT, "kind": TEXT, "purpose": TEXT, "who_may_use": TEXT,
        "themes": WORDS, "themes_given": YES, "general": YES, "sectors": WORDS, "via": WORDS, "lead_only": YES,
        "places": WORDS, "authorities": WORDS, "everywhere": YES, "elsewhere": YES, "basis": TEXT, "opens": DAY,
        "closes": DAY, "amount_max": NUMBER, "amount": NUMBER, "awards": TEXT, "limits": WORDS, "last_checked": DAY,
    },
    "links": {"partner_a": TEXT, "partner_b": TEXT, "strength": NUMBER, "since": DAY},
    "answers": {
        "partner": TEXT, "places": WORDS, "theme": TEXT, "about": TEXT, "about_text": TEXT, "answer": TEXT,
        "scope": TEXT, "date": DAY, "until": DAY,
    },
    "contacts": {"partner": TEXT, "role": TEXT},
    "guesses": {
        "table": TEXT, "id": TEXT, "column": TEXT, "given": TEXT, "read_as": TEXT, "rule": TEXT, "sure": NUMBER,
    },
}  # fmt: skip
COLUMNS["parts"] = COLUMNS["guesses"]

# Rules that read what was given as it was given: a whole name, or a whole date in British order. No tick is needed.
EXACT = frozenset(
    {
        "theme's name", "sector's name", "authority's name", "ward's name", "name of something wider",
        "levels in words", "body's name", "id in other letters", "kind in other words", "marking in other words",
        "date written out", "ages in one cell", "yes or no in other words", "a closing date", "its date is over",
    }
)  # fmt: skip
NEARLY_ALL = 0.95  # a rule of these that is less sure than this had to choose


def is_exact(rule: str, sure: float) -> bool:
    """Whether a value was read as it was given, so that nobody need be asked."""
    return rule in EXACT and sure >= NEARLY_ALL


class Part(NamedTuple):
    """One value of a cell, and the words it was read from; several values with semicolons where one word gave them,
    None for words that could not be read."""

    given: str
    read_as: str | None
    rule: str
    sure: float = 0.0


@dataclass(frozen=True)
class Register:
    """A register as read: one frame a table with exactly the columns of `COLUMNS`, and every guess as a row.

    A guess without `read_as` is a cell that could not be read; its column is then unknown. `parts` has the columns of
    `guesses`, and a row for each value: `given` are the words that this value was read from.
    """

    partners: pl.DataFrame
    initiatives: pl.DataFrame
    asks: pl.DataFrame
    support: pl.DataFrame
    links: pl.DataFrame
    answers: pl.DataFrame
    contacts: pl.DataFrame
    guesses: pl.DataFrame
    parts: pl.DataFrame


def frame(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows as the frame of that table, in an order that does not depend on the order given."""
    made = (
        pl.DataFrame(rows, schema=COLUMNS[table], orient="row")
        if rows
        else pl.DataFrame(schema=COLUMNS[table])
    )
    keys = ["id", "partner", "partner_a", "table"]
    text = [name for name, kind in COLUMNS[table].items() if kind in (TEXT, DAY, NUMBER)]
    return made.sort(
        [key for key in keys if key in text] + [key for key in text if key not in keys], nulls_last=True
    )


class Guesses:
    """Collects what was guessed and what could not be read."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.parts: list[dict[str, Any]] = []

    def add(
        self,
        table: str,
        id: str,
        column: str,
        given: str,
        read_as: str | None,
        rule: str,
        sure: float = 0.0,
        parts: Iterable[Part] = (),
    ) -> None:
        """One row; `read_as` None for what could not be read. `parts`: the values by the words that gave them, where
        the whole of `given` did not give the whole of `read_as`."""

        def row(part: Part) -> dict[str, Any]:
            return {
                "table": table, "id": id, "column": column, "given": part.given, "read_as": part.read_as,
                "rule": part.rule, "sure": part.sure if part.read_as is not None else 0.0,
            }  # fmt: skip

        whole = Part(given, read_as, rule, sure)
        self.rows.append(row(whole))
        self.parts += [row(part) for part in parts or (whole,)]
