"""One row as it is read: what it will create, or the cells that prevent that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from django.core.exceptions import ValidationError

from joinedup.partners.models import Partner
from joinedup.spreadsheets import cells
from joinedup.spreadsheets.guesses import SAME_BODY, Guess, RowGuesses, Unread

Value = TypeVar("Value")


class Verdict(StrEnum):
    NEW = "new"
    ADDS = "adds"
    KNOWN = "known"
    TOTAL = "total"
    PROBLEM = "problem"


@dataclass(frozen=True)
class CellProblem:
    """A cell that cannot be accepted, and why, in one sentence."""

    row: int
    column: str
    sentence: str


@dataclass(frozen=True)
class SectorToCheck:
    """An organisation whose sector the sheet does not give: the guess, or "" if there is none. `given`: what it gives
    that is none of ours."""

    row: int
    organisation: str
    sector: str
    given: str = ""


@dataclass(frozen=True)
class PartnerInRow:
    """An organisation that a row names and that is not recorded yet. `numbers`: its identifiers, by kind."""

    name: str
    sector: str
    numbers: Mapping[str, str] = field(default_factory=dict)
    is_branch: bool = False


@dataclass
class RowOutcome:
    """The outcome of one row. `plan` is what the kind needs to create it; empty unless new or adding. `kept`: the
    values that were read, by field. `called`: what the row calls an organisation, beside its name. `questions`: what
    only somebody who knows can say; `doubts`: sentences about what is taken as it stands and may be wrong."""

    row: int
    title: str
    says: str
    verdict: Verdict
    problems: list[CellProblem] = field(default_factory=list)
    plan: dict[str, Any] = field(default_factory=dict)
    sector_to_check: SectorToCheck | None = None
    guesses: list[Guess] = field(default_factory=list)
    questions: list[Guess] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    kept: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    called: list[tuple[str, Partner | PartnerInRow]] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


class RowCells:
    """The cells of one row by our field names; an unreadable cell is recorded as a problem. `read`: what the engine
    reads in them."""

    read: RowGuesses

    def __init__(
        self, number: int, texts: Sequence[str], mapping: Mapping[str, int], header: Sequence[str]
    ) -> None:
        self.number = number
        self.problems: list[CellProblem] = []
        self._at: dict[CellProblem, int] = {}
        self.doubts: list[str] = []
        self._texts, self._mapping, self._header = texts, mapping, header

    def text(self, name: str, longest: int = 5_000) -> str:
        """One line of text; empty if there is no such column or the cell is empty."""
        column = self._mapping.get(name)
        if column is None or column >= len(self._texts) or cells.is_nothing(self._texts[column]):
            return ""
        text = " ".join(self._texts[column].split())
        if len(text) > longest:
            self.refuse(name, f"The text is longer than {longest} characters.")
        return text

    def paragraphs(self, name: str) -> str:
        """Like `text`, with the line breaks of whoever wrote it."""
        return "\n".join(" ".join(line.split()) for line in self.lines(name).splitlines()).strip()

    def first(self) -> str:
        """The first cell that holds anything, in one line."""
        return next((" ".join(text.split()) for text in self._texts if text), "")

    def mapped(self) -> dict[str, str]:
        """Every field that has a column, with its cell."""
        return {
            name: self._texts[column] if column < len(self._texts) else ""
            for name, column in self._mapping.items()
        }

    def lines(self, name: str) -> str:
        """Like `text`, but keeps line breaks, which separate the items of a list."""
        column = self._mapping.get(name)
        return "" if column is None or not self.text(name) else self._texts[column]

    def check(self, name: str, reader: Callable[[str], Value], nothing: Value) -> Value:
        """The cell as read by `reader`; `nothing` if it is empty or cannot be accepted."""
        text = self.lines(name)
        if not text:
            return nothing
        try:
            return reader(text)
        except ValidationError as error:
            self.refuse(name, error.messages[0])
        except ValueError as error:
            self.refuse(name, str(error))
        return nothing

    def refuse(self, name: str, sentence: str) -> None:
        """A cell that is read twice is refused once."""
        column = self._mapping.get(name)
        heading = self._header[column] if column is not None and column < len(self._header) else ""
        problem = CellProblem(self.number, heading, sentence)
        if problem not in self.problems:
            self.problems.append(problem)
            self._at[problem] = len(self._header) if column is None else column

    def problems_in_order(self) -> list[CellProblem]:
        """In the order of the columns; what has no column comes last."""
        return sorted(self.problems, key=self._at.__getitem__)

    def line(self, title: str, says: str, verdict: Verdict, **plan: Any) -> RowOutcome:
        """The outcome of this row: a problem if any cell was refused, whatever else was found."""
        if self.problems:
            verdict, title, says, plan = Verdict.PROBLEM, title or "(no name)", "", {}
        guesses, unread = self.read.guesses, self.read.unread
        if verdict is Verdict.KNOWN:
            # Of a row that is here already only this still matters: without its tick it would make something.
            guesses = [guess for guess in guesses if guess.field == SAME_BODY]
        if verdict not in (Verdict.NEW, Verdict.ADDS):
            unread = []
        line = RowOutcome(self.number, title, says, verdict, self.problems_in_order(), plan)
        line.guesses, line.unread, line.kept = guesses, unread, self.read.stands
        line.questions, line.doubts = self.read.questions, self.doubts
        return line


def numbered(rows: Sequence[Sequence[str]], first_row: int) -> list[tuple[int, Sequence[str]]]:
    """The rows that hold anything, with the numbers they have in the file."""
    return [(n, row) for n, row in enumerate(rows, first_row) if any(row)]
