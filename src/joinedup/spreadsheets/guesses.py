"""What the cells of a sheet are read as, by the rules of `engines.reading`: what was given exactly, and guesses, each
of which somebody ticks or not. Writes nothing."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from joinedup.engines.reading import read_register
from joinedup.engines.reading.register import Part, is_exact
from joinedup.late_imports import polars as pl
from joinedup.spreadsheets.around import EVERYWHERE_HERE, KnownRecords
from joinedup.spreadsheets.cells import exactly, plain_name
from joinedup.spreadsheets.columns import Field

# From here on a guess is ticked beforehand: words of the record itself say it, not only where or by whom it is done.
SURE = 0.7
# Where the engine gives a column another name than its heading has.
RESULT = {"via_sectors": "via", "amount_all": "amount"}
# Columns that the engine is not given: a row is known by its number, and a sum that does not say whether one award or
# all of them are meant stays words.
_KEPT_AS_WORDS = ("id", "amount")
SAME_BODY = "same_body"
# Two names with one number: whether they are one organisation or branches of one is asked, and never guessed.
ONE_OR_BRANCHES = "one_or_branches"
BEYOND = "reaches beyond this partnership"
# Which bodies are one is asked by itself, and what is known of them is then brought together.
_OF_ITS_DOUBLE = "places of its double"
# Rules for cells that say nothing: there is nothing to tell of.
_SAYS_NOTHING = frozenset({"said to be unknown", "basis not known", "kind not known", "no place named"})


@dataclass(frozen=True)
class Guess:
    """One reading of the same words in the same column, however many rows it touches: one tick."""

    field: str
    given: str
    read_as: tuple[str, ...]
    rule: str
    sure: float

    @property
    def key(self) -> str:
        """Stands for the guess in a form and in what is stored; says nothing of the sheet."""
        said = "\x1f".join([self.field, self.given, *self.read_as])
        return hashlib.sha256(said.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Unread:
    """Words of a cell that could not be read, and by which rule."""

    field: str
    given: str
    rule: str


@dataclass(frozen=True)
class Ticks:
    """What somebody ticked or took the tick from, by the key of the guess; else what is sure is ticked."""

    chosen: Mapping[str, bool] = field(default_factory=dict)
    least: float = SURE

    def has(self, guess: Guess) -> bool:
        return self.chosen.get(guess.key, guess.sure >= self.least)


def well_formed(ticks: Mapping[str, bool]) -> dict[str, bool]:
    """Those whose key can be one of a guess."""
    return {key: bool(ticked) for key, ticked in ticks.items() if re.fullmatch("[0-9a-f]{16}", key)}


@dataclass(frozen=True)
class SheetReading:
    """Rows as the engine read them, by row number; for each row and column of the engine what was guessed."""

    rows: dict[int, dict[str, Any]]
    parts: dict[tuple[int, str], list[Part]]


def read_sheet(
    table: str,
    fields: Sequence[Field],
    rows: Sequence[tuple[int, Mapping[str, str]]],
    known: KnownRecords,
) -> SheetReading:
    """The cells of a sheet by the rules of `engines.reading`. `rows`: number in the file, and field -> cell."""
    given = [_as_register(number, cells, fields, known) for number, cells in rows]
    if not given:
        return SheetReading({}, {})
    held = [
        {
            "id": id,
            "name": partner.name,
            "sector": partner.sector_id,
            "places": ";".join(place.pk for place in partner.serves.all()),
            "base": partner.base_id or "",
            "marking": "public",
        }
        for id, partner in known.by_id.items()
    ]
    # Nobody's row says which places the sheet is about.
    here = {"id": "here", "name": "", "places": ";".join(place.pk for place in known.here)}
    tables = {"partners": [*held, here], table: given if table != "partners" else [*held, here, *given]}
    register = read_register(
        {name: _frame(some) for name, some in tables.items()},
        known.place_frame,
        known.theme_frame,
        known.sector_frame,
        as_of=timezone.localdate(),
    )
    read = {row["id"]: row for row in getattr(register, table).iter_rows(named=True)}
    parts: dict[tuple[int, str], list[Part]] = defaultdict(list)
    for part in register.parts.filter(pl.col("table") == table).iter_rows(named=True):
        if part["id"].isdecimal():
            parts[int(part["id"]), part["column"]].append(
                Part(part["given"], part["read_as"], part["rule"], part["sure"])
            )
    return SheetReading({number: read[str(number)] for number, _ in rows}, parts)


def _as_register(
    number: int, cells: Mapping[str, str], fields: Sequence[Field], known: KnownRecords
) -> dict[str, str]:
    row = {"id": str(number)}
    for each in fields:
        text = cells.get(each.name, "")
        column = each.column or each.name
        if column in _KEPT_AS_WORDS:
            continue
        if column == "places":
            text = _places_by_code(text, known)
        elif column == "themes":
            text = ";".join(exactly(text, known.themes))
        elif column in ("partner", "co_partners"):
            text = ";".join(exactly(text, known.bodies, "held:"))
        row[column] = text
    if "age_to" not in cells and row.get("age_from", "").strip().isdecimal():
        # In a column of ages one number is that age and no other.
        row["age_to"] = row["age_from"]
    return row


def _places_by_code(text: str, known: KnownRecords) -> str:
    """The cell with the code for what has exactly a place's name, former or in full, here; the rest as it is."""
    if plain_name(text).replace("-", " ") in EVERYWHERE_HERE:
        return ";".join(place.pk for place in known.here)
    return ";".join(exactly(text, known.places))


def _frame(rows: list[dict[str, str]]) -> pl.DataFrame:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String))


@dataclass
class RowGuesses:
    """What one row was read as: the values that stand by field, the guesses behind them, and what could not be read."""

    number: int
    reading: SheetReading
    ticks: Ticks
    guesses: list[Guess] = field(default_factory=list)
    questions: list[Guess] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    stands: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def parts(self, name: str) -> list[Part]:
        """What was guessed in a column of the engine."""
        return self.reading.parts.get((self.number, RESULT.get(name, name)), [])

    def cell(self, column: str) -> Any:
        """What the engine read in a column, guesses and all."""
        return self.reading.rows[self.number][RESULT.get(column, column)]

    def offer(self, guess: Guess) -> bool:
        """Show the guess to whoever accepts the sheet; whether it is ticked."""
        if guess not in self.guesses:
            self.guesses.append(guess)
        return self.ticks.has(guess)

    def ask(self, question: Guess) -> bool | None:
        """Ask whoever accepts the sheet; what they said, None until they say."""
        if question not in self.questions:
            self.questions.append(question)
        return self.ticks.chosen.get(question.key)

    def kept(self, name: str, values: Iterable[str], parts: Iterable[Part]) -> list[str]:
        """Of these values those that were given exactly and those whose guess is ticked."""
        return self._stand(name, self._kept(name, values, parts))

    def _stand(self, name: str, values: list[str]) -> list[str]:
        if values:
            self.stands.append((name, tuple(values)))
        return values

    def _kept(self, name: str, values: Iterable[str], parts: Iterable[Part]) -> list[str]:
        guessed: dict[str, bool] = {}
        for part in parts:
            if part.read_as is None:
                if part.rule not in _SAYS_NOTHING and part.given.strip():
                    self.unread.append(Unread(name, part.given, part.rule))
            elif part.rule == _OF_ITS_DOUBLE:
                guessed |= dict.fromkeys(part.read_as.split(";"), False)
            elif not is_exact(part.rule, part.sure):
                read_as = tuple(part.read_as.split(";"))
                ticked = self.offer(Guess(name, part.given, read_as, part.rule, part.sure))
                guessed |= dict.fromkeys(read_as, ticked)
        return [value for value in values if guessed.get(value, True)]

    def many(self, name: str, column: str = "") -> list[str]:
        """The values of a column that holds several."""
        return self.kept(name, self.cell(column or name), self.parts(column or name))

    def one(self, name: str, column: str = "") -> Any:
        """The value of a column that holds one; None where it is not known, or only by a guess without its tick."""
        value = self.cell(column or name)
        parts = self.parts(column or name)
        guessed = [part.read_as for part in parts if part.read_as is not None]
        kept = self._kept(name, guessed, parts)
        if value is None or (guessed and not kept):
            return None
        if value is not False:
            self._stand(name, [_as_text(value)])
        return value

    def ages(self, name: str) -> tuple[int | None, int | None]:
        """The lowest and the highest age, under one tick."""
        low, high = (
            None if age is None else int(age) for age in (self.cell("age_from"), self.cell("age_to"))
        )
        parts = [*self.parts("age_from"), *self.parts("age_to")]
        self.unread += [Unread(name, part.given, part.rule) for part in parts if part.read_as is None]
        unsure = [part for part in parts if part.read_as is not None and not is_exact(part.rule, part.sure)]
        if unsure and (low is not None or high is not None):
            first = min(unsure, key=lambda part: part.sure)
            read_as = ("" if low is None else str(low), "" if high is None else str(high))
            if not self.offer(Guess(name, first.given, read_as, first.rule, first.sure)):
                return None, None
        if low is not None or high is not None:
            self.stands.append((name, tuple("" if age is None else str(age) for age in (low, high))))
        return low, high


def _as_text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
